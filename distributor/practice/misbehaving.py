"""What can be made to go wrong, and how a connection is really dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from distributor.practice.store import Store

TOO_MANY = "429"
BROKEN = "500"
SLOW = "slow"
DROP_BEFORE = "drop-before"
DROP_AFTER = "drop-after-accept"
EXPIRED = "expired-token"

# For people: what each fault does.
FAULTS = {
    TOO_MANY: "answers that there were too many requests",
    BROKEN: "answers that it is broken, and takes nothing",
    SLOW: "takes its time before it answers",
    DROP_BEFORE: "drops the connection and takes nothing",
    DROP_AFTER: "takes it, then drops the connection without an answer",
    EXPIRED: "says that the account’s token has expired",
}
CHANNELS = ("mail", "twitter", "facebook", "kakao")

_connections: dict[tuple[str, int], asyncio.Transport] = {}


class DroppableProtocol(H11Protocol):
    """uvicorn's HTTP, remembering each connection so that a handler can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        if self.client:
            _connections[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _connections.pop(self.client, None)
        super().connection_lost(exc)


async def drop(request: Request) -> Response:
    """Cut the connection without a byte of answer. What it returns goes nowhere."""
    if request.client:
        transport = _connections.get((request.client.host, request.client.port))
        if transport is not None:
            transport.abort()
    while not await request.is_disconnected():  # uvicorn hears of it in the loop's next round
        await asyncio.sleep(0)
    return Response(status_code=500)


async def guarded(
    request: Request,
    store: Store,
    channel: str,
    *,
    refuse: Callable[[str], Response],
    accept: Callable[[], Response],
) -> Response:
    """Answer a request that would change something, or misbehave as told.

    `refuse(fault)` makes the network's own answer for 429, 500 and expired-token; `accept()` judges the request and
    stores what it accepts.
    """
    fault = store.take_fault(channel)
    name = fault.name if fault else ""
    if fault and name == SLOW:
        answer = accept()
        await asyncio.sleep(fault.seconds)
        return answer
    if name == DROP_BEFORE:
        return await drop(request)
    if name == DROP_AFTER:
        accept()
        return await drop(request)
    if name in (TOO_MANY, BROKEN, EXPIRED):
        return refuse(name)
    return accept()


def describe(store: Store) -> list[dict[str, Any]]:
    """Return the faults that are still to come, as JSON types."""
    return [
        {"channel": fault.channel, "fault": fault.name, "left": fault.left, "seconds": fault.seconds}
        for fault in store.faults()
    ]
