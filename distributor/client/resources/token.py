"""Calls of the API about token."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import RotatedToken, Token
from distributor.client.transport import AsyncTransport, Transport


class TokenCalls:
    """Token."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(self) -> Token:
        """What this token may do."""
        return calls.model_of(self._transport.send(Call("GET", "/token")), Token)

    def rotate(self, *, overlap_hours: int = UNSET, idempotency_key: str = "") -> RotatedToken:
        """Another secret for this token."""
        return calls.model_of(
            self._transport.send(
                Call("POST", "/token/rotate", body={"overlap_hours": overlap_hours}, once=True, key=idempotency_key)
            ),
            RotatedToken,
        )


class AsyncTokenCalls:
    """Token, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(self) -> Token:
        """What this token may do."""
        return calls.model_of(await self._transport.send(Call("GET", "/token")), Token)

    async def rotate(self, *, overlap_hours: int = UNSET, idempotency_key: str = "") -> RotatedToken:
        """Another secret for this token."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", "/token/rotate", body={"overlap_hours": overlap_hours}, once=True, key=idempotency_key)
            ),
            RotatedToken,
        )
