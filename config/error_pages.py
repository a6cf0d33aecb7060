"""The pages of errors: what went wrong and what to do, in the language of who sees them.

None of them asks the database: it may be what is broken.
"""

from __future__ import annotations

import logging
import secrets
import sys
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request

logger = logging.getLogger(__name__)

DESK: Final = "/desk/"
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else over the telephone
_LENGTH: Final = 8


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 with what went wrong; to an operator whose settings lack a host, with what to set."""
    is_strange_host = isinstance(exception, DisallowedHost)
    return _page(request, HTTPStatus.BAD_REQUEST, "400.html", is_strange_host=is_strange_host)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 to who is logged in and may not see this."""
    del exception  # what it says is for programs
    return _page(request, HTTPStatus.FORBIDDEN, "403.html")


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that does not come from a page of ours."""
    logger.info("A form was refused: %s", reason)
    return _page(request, HTTPStatus.FORBIDDEN, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, with the way back to the desk or to the letters."""
    del exception  # it names our addresses
    return _page(request, HTTPStatus.NOT_FOUND, "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a short reference, which the line in the log has beside the traceback."""
    reference = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    logger.error(
        "Something went wrong at %s (reference %s)",
        request.path,
        reference,
        exc_info=sys.exc_info(),
        extra={"reference": reference, "status_code": int(HTTPStatus.INTERNAL_SERVER_ERROR)},
    )
    response = _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "500.html", reference=reference)
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - else Django writes it once more
    return response


def _page(request: HttpRequest, status: HTTPStatus, template: str, **context: Any) -> HttpResponse:
    # Requests of the desk have their language by now, unless something broke before that.
    is_desk = request.path.startswith(DESK)
    language = get_language() if is_desk else None
    with translation.override(language or get_language_from_request(request)):
        response = render(request, template, {"is_desk": is_desk, **context}, status=status)
        response.headers["Content-Language"] = get_language() or "en"
    patch_vary_headers(response, ("Accept-Language",))
    return response
