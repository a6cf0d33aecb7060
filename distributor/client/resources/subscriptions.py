"""Calls of the API about subscriptions."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Departure, Placements, Subscriptions
from distributor.client.transport import AsyncTransport, Transport


class SubscriptionsCalls:
    """Subscriptions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, key: UUID) -> Subscriptions:
        """The lists of a person."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/people/{calls.segment(key)}/subscriptions")), Subscriptions
        )

    def create(
        self,
        key: UUID,
        *,
        lists: Sequence[str],
        consent: Mapping[str, Any],
        publication: str = UNSET,
        cadence: str | None = UNSET,
        idempotency_key: str = "",
    ) -> Placements:
        """Put a person on lists."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/people/{calls.segment(key)}/subscriptions",
                    query={"publication": publication},
                    body={"lists": lists, "consent": consent, "cadence": cadence},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Placements,
        )

    def delete(self, key: UUID, list_id: int, *, why: str = UNSET, if_match: str = "") -> Departure:
        """Take a person off a list."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "DELETE",
                    f"/people/{calls.segment(key)}/subscriptions/{calls.segment(list_id)}",
                    query={"why": why},
                    if_match=if_match,
                )
            ),
            Departure,
        )


class AsyncSubscriptionsCalls:
    """Subscriptions, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, key: UUID) -> Subscriptions:
        """The lists of a person."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/people/{calls.segment(key)}/subscriptions")), Subscriptions
        )

    async def create(
        self,
        key: UUID,
        *,
        lists: Sequence[str],
        consent: Mapping[str, Any],
        publication: str = UNSET,
        cadence: str | None = UNSET,
        idempotency_key: str = "",
    ) -> Placements:
        """Put a person on lists."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/people/{calls.segment(key)}/subscriptions",
                    query={"publication": publication},
                    body={"lists": lists, "consent": consent, "cadence": cadence},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Placements,
        )

    async def delete(self, key: UUID, list_id: int, *, why: str = UNSET, if_match: str = "") -> Departure:
        """Take a person off a list."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "DELETE",
                    f"/people/{calls.segment(key)}/subscriptions/{calls.segment(list_id)}",
                    query={"why": why},
                    if_match=if_match,
                )
            ),
            Departure,
        )
