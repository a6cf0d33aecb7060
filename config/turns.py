"""A turn at the database: so many requests work at once as there are connections for the web.

Django gives each request a thread, and so a connection, of its own: PostgreSQL would run out of them, also for workers.
"""

from __future__ import annotations

import asyncio

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.refusals import FULL
from config.request_gate import ALIVE

TURN_SECONDS = 10.0  # for which a request waits for its turn


class TurnHandler(ASGIHandler):
    """Django, with `count` requests at work. Not a middleware: among those that are not async it would not be, either.

    A turn begins when the body is here and ends when the page is made: who sends or reads slowly holds none.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self._turns = asyncio.Semaphore(count)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request in its turn, or with 503 where that does not come in time."""
        if request.path == ALIVE:
            return await super().run_get_response(request)
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            return FULL.response()
        try:
            return await super().run_get_response(request)
        finally:
            await asyncio.shield(self._end_turn())

    async def _end_turn(self) -> None:
        try:
            # In the thread of the view, so after it, also where its client is gone and nobody waits for it any more.
            await sync_to_async(connections.close_all)()
        finally:
            self._turns.release()
