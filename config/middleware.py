"""What stands around every view: addresses that can't be, and headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from distributor.client_limits import client_of
from distributor.people import sessions
from distributor.people.languages import language_of
from distributor.policies import policy

HSTS_SECONDS: Final = 365 * 24 * 3600
PROBES: Final = ("/healthz", "/readyz", "/metrics")
DESK: Final = "/desk/"
LOCAL: Final = ("127.0.0.1", "localhost")


def https_only(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Where the site's address is https, send who came by http there, and have browsers never come by it again.

    uvicorn says what a proxy that it trusts says of the client. What anybody says in its place only keeps themselves
    from being sent on. Without any word there may be a proxy that says nothing: its clients would go in circles.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.SITE_URL.startswith("https://"):
            return answer(request)
        if _is_plain(request):
            address = f"{settings.SITE_URL}{request.get_full_path()}"
            only_reads = request.method in ("GET", "HEAD")
            status = HTTPStatus.MOVED_PERMANENTLY if only_reads else HTTPStatus.PERMANENT_REDIRECT
            response = HttpResponse(status=status, headers={"Location": address})
        else:
            response = answer(request)
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
        return response

    return middleware


def _is_plain(request: HttpRequest) -> bool:
    """Whether a request came by http for all that is known, and from outside: probes ask by a name of this machine."""
    if request.is_secure() or request.path in PROBES or request.get_host().partition(":")[0] in LOCAL:
        return False
    proxy_scheme = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    if proxy_scheme:
        return proxy_scheme == "http"
    client = client_of(request)
    return bool(client) and ip_address(client).is_global


def without_nul(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 404 to an address with a NUL: nothing of ours has one, and PostgreSQL takes none in a text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        return answer(request)

    return middleware


def desk_language(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the desk's requests in the language of who asks. All else is in English, or in its letter's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            return answer(request)
        language = language_of(request, request.user)
        with translation.override(language):
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


def session_use(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Have each session of the desk tell when it was last in use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(DESK):
            sessions.note_use(request)
        return answer(request)

    return middleware


def content_security_policy(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add the Content-Security-Policy of our own pages where a view has not set one of its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", policy())
        return response

    return middleware
