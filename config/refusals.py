"""Plain answers to what is not let in: a status, one sentence, and when it is worth while to come again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from django.http import HttpResponse

from distributor.request_bodies import BodyLimit

Message: TypeAlias = Mapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

RETRY_SECONDS: Final = 2
API: Final = "/api/v1/"
# The types of problem that `distributor.api.problems` explains, which can't be loaded here: Django is not set up yet.
_KINDS: Final = {
    HTTPStatus.SERVICE_UNAVAILABLE: "away",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTPStatus.UNAUTHORIZED: "no-token",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead of a page; `retry_after` are seconds, 0 where coming again changes nothing."""

    status: HTTPStatus
    sentence: str
    retry_after: int = 0

    kind: str = ""  # of problem, where it is the API that refuses

    def at(self, path: str) -> Refusal:
        """Return it as programs read it (RFC 9457) where the address is one of the API."""
        return replace(self, kind=_KINDS.get(self.status, "malformed")) if path.startswith(API) else self

    @property
    def body(self) -> bytes:
        if not self.kind:
            return f"{self.sentence}\n".encode()
        members = {
            "type": f"{API}problems#{self.kind}",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.sentence,
        }
        return json.dumps(members, ensure_ascii=False).encode()

    @property
    def headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/problem+json" if self.kind else "text/plain; charset=utf-8",
            "Content-Length": str(len(self.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Bearer realm="distributor"'
        return {**headers, "Retry-After": str(self.retry_after)} if self.retry_after else headers

    def response(self) -> HttpResponse:
        """Return it as Django's answer."""
        return HttpResponse(self.body, status=self.status, headers=self.headers)

    async def begin(self, send: Send, *, close: bool) -> None:
        """Send it over ASGI, all but the mark of its end; `close` says that the connection serves nobody else."""
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        if close:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": int(self.status), "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})


class Refused(Exception):
    """A request is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


FULL: Final = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many people are here at once: try again in a moment.", RETRY_SECONDS
)
AWAY: Final = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer: try again in a moment.", RETRY_SECONDS
)
SLOW: Final = Refusal(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time: send it again.")
STRANGER: Final = Refusal(HTTPStatus.FORBIDDEN, "You are not logged in: log in to the desk, then send the file again.")

TOKENLESS: Final = Refusal(
    HTTPStatus.UNAUTHORIZED, "Send “Authorization: Bearer TOKEN”, with a token that lets you in."
)


def too_large(limit: BodyLimit) -> Refusal:
    """Return the refusal of a body that is larger than its address takes."""
    sentence = f"That is too large: at most {limit.words} can be sent to this address."
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
