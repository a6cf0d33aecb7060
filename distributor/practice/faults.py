"""What can be made to go wrong, and how a connection is really dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from distributor.practice.refusals import answer_of
from distributor.practice.store import Store

TOO_MANY = "429"
SERVER_ERROR = "500"
SLOW = "slow"
DROP_BEFORE = "drop-before"
DROP_AFTER = "drop-after-accept"
EXPIRY = "expired-token"

# For people: what each fault does.
FAULTS = {
    TOO_MANY: "answers that there were too many requests",
    SERVER_ERROR: "answers that it is broken, and takes nothing",
    SLOW: "takes its time before it answers",
    DROP_BEFORE: "drops the connection and takes nothing",
    DROP_AFTER: "takes it, then drops the connection without an answer",
    EXPIRY: "says that the account’s token has expired",
}


@dataclass
class Chances:
    """Faults that come by themselves: for each channel, which share of requests meets which fault."""

    shares: dict[str, dict[str, float]]
    random: Random
    seconds: float = 1.0  # of a slow answer

    def draw(self, channel: str) -> str:
        """Return the fault of a channel's next request, "" for none."""
        point = self.random.random()
        for name, share in self.shares.get(channel, {}).items():
            point -= share
            if point < 0:
                return name
        return ""


chances = Chances({}, Random(0))  # noqa: S311 # of one practice world, which is one process


def set_chances(shares: Mapping[str, Mapping[str, float]], *, seed: int = 0, seconds: float = 1.0) -> None:
    """Let faults come by themselves from now on, the same ones for the same seed and order of requests."""
    chances.shares = {channel: dict(faults) for channel, faults in shares.items()}
    chances.random = Random(seed)  # noqa: S311
    chances.seconds = seconds


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


async def answer_or_fail(
    request: Request,
    store: Store,
    channel: str,
    *,
    refuse: Callable[[str], Response],
    accept: Callable[[], Response],
) -> Response:
    """Answer a request that would change something, or misbehave as told.

    `refuse(fault)` makes the network's own answer for 429, 500 and expired-token; `accept()` judges the request and
    stores what it accepts, or raises Refused.
    """
    fault = store.take_fault(channel)
    name = fault.name if fault else chances.draw(channel)
    if name == SLOW:
        answer = answer_of(accept)
        await asyncio.sleep(fault.seconds if fault else chances.seconds)
        return answer
    if name == DROP_BEFORE:
        return await drop(request)
    if name == DROP_AFTER:
        answer_of(accept)
        return await drop(request)
    if name in (TOO_MANY, SERVER_ERROR, EXPIRY):
        return refuse(name)
    return answer_of(accept)


def describe(store: Store) -> list[dict[str, Any]]:
    """Return the faults that are still to come, as JSON types."""
    return [
        {"channel": fault.channel, "fault": fault.name, "left": fault.left, "seconds": fault.seconds}
        for fault in store.faults()
    ]
