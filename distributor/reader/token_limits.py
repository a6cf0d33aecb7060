"""How often the links in mails are answered: `/u/`, `/c/` and `/o/`.

A token that is not ours is counted by who asks, since it is guessed. One that is ours is never counted so: mail
providers post one-click unsubscriptions, and fetch pictures, for all of their users from a few addresses. It is counted
by itself, so that no one link keeps the database busy; the first posts of each have taken its reader off by then.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from distributor.client_limits import ClientLimit, client_of

GUESSES: Final = ClientLimit("guess", count=30, seconds=60)
USES: Final = ClientLimit("token", count=60, seconds=60)


def uses_up(request: HttpRequest) -> int:
    """Count one use of a link that is ours; return for how many seconds it is used up, 0 where it is not.

    Posts count apart, so that no scanner which looks at a link again and again keeps its reader from leaving.
    """
    return USES.add(f"{'post' if request.method == 'POST' else 'get'} {request.path.rstrip('/')}")


def not_ours(request: HttpRequest, problem: str) -> HttpResponse:
    """Answer to a token that is not ours with the problem, and with 429 to who tries one after the other."""
    if wait := GUESSES.add(client_of(request)):
        return too_often(request, wait)
    return render(request, "reader/not_a_link.html", {"problem": problem}, status=HTTPStatus.NOT_FOUND)


def too_often(request: HttpRequest, wait: int) -> HttpResponse:
    """Answer that a link is asked for too often."""
    context = {"problem": f"It is asked for too often: wait {wait} seconds, then open it again."}
    response = render(request, "reader/not_a_link.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(wait)
    return response
