"""Calls of the API about preferences."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from uuid import UUID

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Preferences
from distributor.client.transport import AsyncTransport, Transport


class PreferencesCalls:
    """Preferences."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(self, key: UUID) -> Preferences:
        """How often a person gets letters."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/people/{calls.segment(key)}/preferences")), Preferences
        )

    def update(self, key: UUID, *, cadence: str, publication: str = UNSET, if_match: str = "") -> Preferences:
        """Let a person have a publication's letters each by itself, daily or weekly."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/people/{calls.segment(key)}/preferences",
                    body={"publication": publication, "cadence": cadence},
                    if_match=if_match,
                )
            ),
            Preferences,
        )


class AsyncPreferencesCalls:
    """Preferences, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(self, key: UUID) -> Preferences:
        """How often a person gets letters."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/people/{calls.segment(key)}/preferences")), Preferences
        )

    async def update(self, key: UUID, *, cadence: str, publication: str = UNSET, if_match: str = "") -> Preferences:
        """Let a person have a publication's letters each by itself, daily or weekly."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/people/{calls.segment(key)}/preferences",
                    body={"publication": publication, "cadence": cadence},
                    if_match=if_match,
                )
            ),
            Preferences,
        )
