"""The API, put together: the explicit list of what it offers, and the pages about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from inspect import getclosurevars, isfunction
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from distributor.api import problems
from distributor.api.description import make_api
from distributor.api.operations import TRAITS
from distributor.api.v1 import (
    accounts,
    audit,
    channel_settings,
    digests,
    dispatch_actions,
    dispatch_queue,
    dispatches,
    feeds,
    imports,
    intake_doors,
    intake_questions,
    letter_versions,
    letters,
    letters_in_bulk,
    lists,
    mail,
    media,
    people,
    people_in_bulk,
    person_records,
    publications,
    reports,
    returns,
    segments,
    subscriptions,
    suppressions,
    templates,
    tokens,
    variants,
    webhook_endpoints,
)
from distributor.policies import policy
from distributor.request_bodies import SMALL, body_limit

ROUTERS = (
    tokens.router,
    publications.router,
    audit.router,
    dispatches.router,
    dispatch_actions.router,
    dispatch_queue.router,
    lists.router,
    mail.router,
    people_in_bulk.router,
    person_records.router,
    people.router,
    subscriptions.router,
    imports.router,
    segments.router,
    suppressions.router,
    returns.router,
    letters_in_bulk.router,
    letters.router,
    letter_versions.router,
    variants.router,
    media.router,
    templates.router,
    accounts.router,
    digests.router,
    channel_settings.router,
    reports.router,
    feeds.router,
    intake_doors.router,
    intake_questions.router,
    webhook_endpoints.router,
)

api = make_api(urls_namespace="api-v1")
for _router in ROUTERS:
    api.add_router("", _router)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page to read and to try."""
    response = render(request, "api/docs.html")
    # Swagger UI sets styles on its elements and draws its icons from data.
    response.headers["Content-Security-Policy"] = policy({"style-src": "'unsafe-inline'", "img-src": "data:"})
    return response


@require_safe
def explained_problems(request: HttpRequest) -> HttpResponse:
    """What each type of refusal means, and what to do about it."""
    return render(request, "api/problems.html", {"problems": problems.PROBLEMS})


@csrf_exempt
def unknown_address(_request: HttpRequest, **_: Any) -> HttpResponse:
    """Say 404 as the API says it."""
    return problems.problem("not-found", "There is no such address in this API: see /api/v1/docs.")


def _route(pattern: URLPattern) -> URLPattern:
    """Return a route of ninja with the largest body that any of its operations takes, and our words for 405."""
    largest = max((TRAITS[name].body_limit for name in _operation_ids(pattern)), default=SMALL, key=attrgetter("size"))
    # The description's own view has no operation, and minds no method.
    view = pattern.callback if _operation_ids(pattern) else require_safe(pattern.callback)
    view = body_limit(largest.size, editors_only=largest.editors_only)(_with_problems(view))
    return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)


def _operation_ids(pattern: URLPattern) -> list[str]:
    """Return which operations a route of ninja leads to: its view is a closure over them."""
    if not isfunction(pattern.callback):
        return []  # the description's own
    operations = getattr(getclosurevars(pattern.callback).nonlocals.get("self"), "operations", ())
    return [entry.operation_id for entry in operations]


def _with_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = view(request, **arguments)
        if isinstance(response, HttpResponseNotAllowed):
            detail = f"{request.method} does nothing here: use {response.headers['Allow']}."
            headers = {"Allow": response.headers["Allow"]}
            return problems.problem("wrong-method", detail, headers=headers)
        if response.status_code == HTTPStatus.NO_CONTENT:
            response.headers.pop("Content-Type", None)
        return response

    return answer


# Ninja names a path once for each of its methods, with the same view behind all. The first that fits answers.
_ROUTES = {str(row.pattern): _route(row) for row in api.urls[0] if isinstance(row, URLPattern)}
app_name = "api-v1"
urlpatterns = [
    path("", csrf_exempt(RedirectView.as_view(url="/api/v1/docs"))),
    path("docs", docs, name="docs"),
    path("problems", explained_problems, name="problems"),
    *_ROUTES.values(),
    re_path(r"^.*$", unknown_address),
]
