"""Calls of the API about held bursts."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import DecidedBurst, HeldBursts
from distributor.client.transport import AsyncTransport, Transport


class HeldBurstsCalls:
    """Held bursts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> HeldBursts:
        """Bursts of refusals that wait for a decision."""
        return calls.model_of(self._transport.send(Call("GET", "/held-bursts")), HeldBursts)

    def decide(
        self, burst_id: int, *, decision: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> DecidedBurst:
        """Suppress everyone whom a burst holds, or nobody."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/held-bursts/{calls.segment(burst_id)}/decide",
                    body={"decision": decision, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            DecidedBurst,
        )


class AsyncHeldBurstsCalls:
    """Held bursts, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self) -> HeldBursts:
        """Bursts of refusals that wait for a decision."""
        return calls.model_of(await self._transport.send(Call("GET", "/held-bursts")), HeldBursts)

    async def decide(
        self, burst_id: int, *, decision: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> DecidedBurst:
        """Suppress everyone whom a burst holds, or nobody."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/held-bursts/{calls.segment(burst_id)}/decide",
                    body={"decision": decision, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            DecidedBurst,
        )
