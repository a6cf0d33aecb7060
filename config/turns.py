"""A turn at the database: so many requests work at once as there are connections for the web.

Django gives each request a thread, and so a connection, of its own: PostgreSQL would run out of them, also for workers,
and making one costs more than most requests ask of it. So there are that many seats, each a thread with its connection.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.refusals import FULL
from config.request_gate import ALIVE

logger = logging.getLogger(__name__)

TURN_SECONDS = 10.0  # for which a request waits for its turn
IDLE_SECONDS = 60.0  # after which a connection that nobody asks anything is given back
AGE_SECONDS = 600  # after which a connection is made anew, as behind a balancer whose servers change


class Seat:
    """A thread that keeps its connection from one request to the next. It does one thing after the other."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="seat", initializer=_keep_connections)
        self._departure: asyncio.TimerHandle | None = None

    def take(self) -> ThreadSensitiveContext:
        """Return the context in which views run in this thread."""
        if self._departure is not None:
            self._departure.cancel()
        return ThreadSensitiveContext(executor=self.thread)

    def leave(self) -> asyncio.Future[Any]:
        """Return what is done once the view is, also one whose client is gone and that nobody waits for any more."""
        loop = asyncio.get_running_loop()
        self._departure = loop.call_later(IDLE_SECONDS, self.thread.submit, connections.close_all)
        return loop.run_in_executor(self.thread, close_old_connections)


class TurnHandler(ASGIHandler):
    """Django, with `count` requests at work. Not a middleware: among those that are not async it would not be, either.

    A turn begins when the body is here and ends when the page is made: who sends or reads slowly holds none.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        # The seat that was left last is taken first: what few requests need, few connections serve.
        self._seats = asyncio.LifoQueue[Seat]()
        for _ in range(count):
            self._seats.put_nowait(Seat())

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request in its turn, or with 503 where that does not come in time."""
        if request.path == ALIVE:
            return await super().run_get_response(request)
        try:
            async with asyncio.timeout(TURN_SECONDS):
                seat = await self._seats.get()
        except TimeoutError:
            return FULL.at(request.path).response()
        try:
            async with seat.take():
                return await super().run_get_response(request)
        finally:
            seat.leave().add_done_callback(lambda end: self._free(seat, end))

    def _free(self, seat: Seat, end: asyncio.Future[Any]) -> None:
        if not end.cancelled() and (error := end.exception()):
            logger.error("A connection could not be closed", exc_info=error)
        self._seats.put_nowait(seat)


def _keep_connections() -> None:
    """Keep the connections of this thread: elsewhere one ends with what it was made for."""
    for connection in connections.all():
        connection.settings_dict = {
            **connection.settings_dict,
            "CONN_MAX_AGE": AGE_SECONDS,
            "CONN_HEALTH_CHECKS": True,
        }
