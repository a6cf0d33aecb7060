"""Answers that say no, as RFC 9457 has them: one sentence for a person, and a type for a program."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from distributor.api.faults import faults_of
from distributor.api.idempotency import KeyReused
from distributor.domain import errors

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/api/v1/problems#"  # where each type is explained
RETRY_SECONDS: Final = 2
_UNREADABLE: Final = "The body can't be read: send one JSON object, with “Content-Type: application/json”."

# Each type: its status, its title, and what a caller does about it. The page of problems is made of this table.
PROBLEMS: Final[dict[str, tuple[HTTPStatus, str, str]]] = {
    "malformed": (HTTPStatus.BAD_REQUEST, "The request can't be read", "Send what the operation documents."),
    "no-token": (
        HTTPStatus.UNAUTHORIZED,
        "No token that lets you in",
        "Send “Authorization: Bearer TOKEN” with a token that has neither expired nor been revoked.",
    ),
    "not-permitted": (
        HTTPStatus.FORBIDDEN,
        "Not permitted",
        "Use a token with the scope, the publication and the role that the operation asks for.",
    ),
    "not-found": (HTTPStatus.NOT_FOUND, "Not found", "Look the id up: it is none, or belongs to another publication."),
    "wrong-method": (HTTPStatus.METHOD_NOT_ALLOWED, "Not that method", "Use a method that “Allow” names."),
    "conflict": (
        HTTPStatus.CONFLICT,
        "The state does not allow it",
        "Read the resource again, and do what its state allows.",
    ),
    "unclear-letter": (
        HTTPStatus.CONFLICT,
        "It may be a letter that is there already",
        "Send it again with “corrects” and one of “candidates”, or with “is_new”: true.",
    ),
    "confirmation-needed": (
        HTTPStatus.CONFLICT,
        "A person has to agree",
        "Show “detail” to a person, and send the same again with “confirmed”: true once they agree.",
    ),
    "changed": (
        HTTPStatus.PRECONDITION_FAILED,
        "It has changed since you read it",
        "Read it again, put your change into what it says now, and send that with the new ETag.",
    ),
    "too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large", "Send less at once."),
    "bad-input": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "It can't be used as it is",
        "Do what “detail” says; “errors” names each field. Nothing was stored.",
    ),
    "ambiguous-time": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A time that may be one of several",
        "Send one of “moments”.",
    ),
    "key-reused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "An idempotency key that was used before",
        "Take a new key for each deed, and the same one only to send the same request again.",
    ),
    "too-many-requests": (
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests",
        "Wait as long as “Retry-After” says.",
    ),
    "internal": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A mistake of ours",
        "Try again with the same idempotency key; where it stays, the server's log has the cause.",
    ),
    "away": (HTTPStatus.SERVICE_UNAVAILABLE, "Something is away", "Try again as “Retry-After” says."),
}


class ProblemError(Exception):
    """A request is refused with one of the types of `PROBLEMS`; `members` are further ones of its object."""

    def __init__(self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def response(self) -> HttpResponse:
        """Return the answer."""
        return problem(self.kind, self.detail, headers=self.headers, **self.members)


def problem(kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> HttpResponse:
    """Return an answer of one of the types of `PROBLEMS`; `detail` is a sentence without secrets."""
    status, title, _ = PROBLEMS[kind]
    content = {"type": f"{TYPES}{kind}", "title": title, "status": int(status), "detail": detail, **members}
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def of_error(error: Exception) -> HttpResponse | None:
    """Return the answer to an error that was meant; None for one that nobody foresaw."""
    for kinds, answer in _ANSWERS:
        if isinstance(error, kinds):
            return answer(error)
    return None


def answer(error: Exception) -> HttpResponse:
    """Return the answer to any error. One that nobody foresaw is logged, and not told."""
    response = of_error(error)
    if response is not None:
        return response
    logger.error("The API failed", exc_info=error)
    return problem("internal", "Something went wrong on our side, and nothing was done: it is in the log.")


def handle_in(api: NinjaAPI) -> None:
    """Have an API answer every error by this table."""

    def handle(_request: HttpRequest, error: Any) -> HttpResponse:
        return answer(error)

    # Ninja has handlers of its own for the first three, which are nearer than the one for all.
    for kind in (ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, handle)


def _validation(error: Any) -> HttpResponse:
    faults = faults_of(error.errors)
    detail = f"{faults[0].name or 'The body'}: {faults[0].detail}" if faults else "The request can't be read."
    return problem("bad-input", detail, errors=[fault.to_json() for fault in faults])


def _http_error(error: Any) -> HttpResponse:
    by_status = {int(status): kind for kind, (status, _, _) in reversed(PROBLEMS.items())}
    message = _UNREADABLE if error.status_code == HTTPStatus.BAD_REQUEST else f"{error.message}".rstrip(".") + "."
    return problem(by_status.get(error.status_code, "malformed"), message)


def _plain(kind: str) -> Callable[[Any], HttpResponse]:
    return lambda error: problem(kind, str(error))


def _sentence(kind: str, detail: str, **headers: str) -> Callable[[Any], HttpResponse]:
    return lambda _error: problem(
        kind, detail, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


_AWAY = {"Retry_After": str(RETRY_SECONDS)}
# In this order: the first that fits answers.
_Kinds: TypeAlias = type[Exception] | tuple[type[Exception], ...]
_ANSWERS: Final[tuple[tuple[_Kinds, Callable[[Any], HttpResponse | None]], ...]] = (
    (ProblemError, lambda error: error.response()),
    (ValidationError, _validation),
    (HttpError, _http_error),
    (Http404, _sentence("not-found", "There is nothing of that id here.")),
    (PermissionDenied, _sentence("not-permitted", "That is not for you.")),
    (RequestDataTooBig, _sentence("too-large", "That is too large to be sent at once.")),
    (SuspiciousOperation, _sentence("malformed", "The request can't be read.")),
    (
        errors.UnclearLetter,
        lambda error: problem("unclear-letter", str(error), candidates=list(error.candidates)),
    ),
    (errors.ConfirmationNeeded, _plain("confirmation-needed")),
    (
        errors.AmbiguousTime,
        lambda error: problem("ambiguous-time", str(error), moments=[moment.isoformat() for moment in error.moments]),
    ),
    (KeyReused, _plain("key-reused")),
    ((errors.StateError, errors.TemplateConflict), _plain("conflict")),
    (
        errors.TemplateError,
        lambda error: problem("bad-input", str(error), template=error.template, line=error.line),
    ),
    (errors.NotPermitted, _plain("not-permitted")),
    (errors.ServiceAway, lambda error: problem("away", str(error), headers={"Retry-After": str(RETRY_SECONDS)})),
    (errors.DistributorError, _plain("bad-input")),
    (
        (OperationalError, InterfaceError),
        _sentence("away", "The database does not answer: try again in a moment.", **_AWAY),
    ),
    (DatabaseError, lambda _error: None),  # ours: it is logged, and not told
)
