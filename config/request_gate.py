"""What a request passes before Django reads it: is its body small enough, and is there room for it?

Django's ASGI handler stores a body whole before anything looks at it, and gives each request a thread of its own. So
a body without end would fill the disk, whatever its address, and a crowd would fill the memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connections
from django.http import HttpRequest, parse_cookie
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from config.refusals import API, AWAY, FULL, SLOW, STRANGER, TOKENLESS, Message, Refusal, Refused, Send, too_large
from distributor.request_bodies import SMALL, BodyLimit, limit_of

logger = logging.getLogger(__name__)

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_SECONDS: Final = 60.0  # in which the next part of a body has to be here
LINGER_SECONDS: Final = 5.0  # for which a refused body is read on, so that its sender gets to read the answer
ALIVE: Final = "/healthz"  # touches nothing, and has to answer however many others wait


class RequestGate:
    """An ASGI application before another one. `room` is how many requests may wait for an answer at once."""

    def __init__(self, application: Application, *, room: int) -> None:
        self._application = application
        self._room = room
        self._inside = 0
        self._is_full = False
        self._looks = asyncio.Semaphore(2)  # at sessions: each takes a connection for as long as it lasts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        passage = _Passage(self, scope, receive, send, _limit_of(scope["path"]))
        try:
            await self._application(scope, passage.receive, passage.send)
        finally:
            passage.leave()

    def enter(self) -> None:
        """Count a request as waiting for its answer. Raises Refused where there is no room for it."""
        if self._inside >= self._room:
            if not self._is_full:  # a line a crowd, not a line a person
                logger.warning("%s requests wait for an answer: further ones are refused for now", self._inside)
            self._is_full = True
            raise Refused(FULL)
        self._inside += 1

    def leave(self) -> None:
        """Count a request as answered."""
        self._inside -= 1
        self._is_full = self._is_full and self._inside > self._room // 2

    async def let_editors_in(self, scope: Scope) -> None:
        """Raise Refused for who is not logged in as an editor, and shows no token of one."""
        try:
            async with self._looks:
                is_editor = await asyncio.to_thread(
                    _is_editor, _header(scope, b"cookie"), _header(scope, b"authorization")
                )
        except DatabaseError:
            raise Refused(AWAY) from None
        if not is_editor:
            raise Refused(TOKENLESS if scope["path"].startswith(API) else STRANGER)


@dataclass(slots=True)
class _Passage:
    """One request on its way through the gate."""

    gate: RequestGate
    scope: Scope
    source: Receive
    sink: Send
    limit: BodyLimit
    size: int = 0
    complete: bool = False
    inside: bool = False
    large: bool = False

    async def receive(self) -> Message:
        """Pass on what comes. Of what is refused Django hears that the client is gone, and does nothing."""
        if self.complete:
            return await self.source()
        try:
            return await self._part()
        except Refused as error:
            await self._refuse(error.refusal.at(self.scope["path"]))
            return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass an answer on. Who only has to read it needs no room any more."""
        if message["type"] == "http.response.start":
            self.leave()
        await self.sink(message)

    def leave(self) -> None:
        """Make room for somebody else."""
        if self.inside:
            self.inside = False
            self.gate.leave()

    async def _part(self) -> Message:
        """Return the next part of the body. Raises Refused, before it is stored, where it is not to be taken."""
        await self._judge(_declared_length(self.scope))
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await self.source()
        except TimeoutError:
            raise Refused(SLOW) from None
        if message["type"] == "http.request":
            self.size += len(message.get("body", b""))
            await self._judge(self.size)
            self.complete = not message.get("more_body", False)
            if self.complete and self.scope["path"] != ALIVE:
                self.gate.enter()
                self.inside = True
        return message

    async def _judge(self, size: int) -> None:
        if size > self.limit.size:
            raise Refused(too_large(self.limit))
        if size > SMALL.size and not self.large:
            self.large = True
            if self.limit.editors_only:
                await self.gate.let_editors_in(self.scope)

    async def _refuse(self, refusal: Refusal) -> None:
        """Answer, and read on for a while: a connection that is closed on unread bytes takes the answer with it."""
        if refusal.sentence != FULL.sentence:  # of which the gate tells once
            logger.warning("Refused with %s: %s", int(refusal.status), self.scope["path"])
        await refusal.begin(self.sink, close=not self.complete)
        if not self.complete:
            await _read_on(self.source)
        await self.sink({"type": "http.response.body", "body": b""})


async def _read_on(source: Receive) -> None:
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while (await source()).get("more_body", False):
                pass
    except TimeoutError:
        pass  # it had its time


def _limit_of(path: str) -> BodyLimit:
    try:
        return limit_of(resolve(path).func)
    except Resolver404:
        return SMALL


def _header(scope: Scope, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")


def _declared_length(scope: Scope) -> int:
    length = _header(scope, b"content-length")
    return int(length[:20]) if length.isascii() and length.isdigit() else 0


def _is_editor(cookies: str, authorization: str) -> bool:
    """Whether the session in these cookies, or this token, is an editor's: before Django makes a request of it."""
    request = HttpRequest()
    request.session = SessionStore(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME))
    scheme, _, token = authorization.partition(" ")
    # Loaded when it is needed: Django is not set up yet when this module is.
    principal_of = import_string("distributor.people.api_tokens.principal_of")
    try:
        if scheme.lower() == "bearer" and principal_of(token.strip()) is not None:
            return True
        user = get_user(request)
        return user.is_active and bool(getattr(user, "is_staff", False))
    finally:
        connections.close_all()
