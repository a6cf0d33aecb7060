"""Calls of the API about channel settings."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins
from collections.abc import Mapping

from distributor.client import calls
from distributor.client.calls import Call
from distributor.client.models import ChannelSettings
from distributor.client.transport import AsyncTransport, Transport


class ChannelSettingsCalls:
    """Channel settings."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, slug: str) -> builtins.list[ChannelSettings]:
        """What a publication chose for its channels."""
        return calls.models_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/channels")), ChannelSettings
        )

    def show(self, slug: str, channel: str) -> ChannelSettings:
        """What it chose for one channel."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/channels/{calls.segment(channel)}")),
            ChannelSettings,
        )

    def update(self, slug: str, channel: str, *, settings: Mapping[str, str], if_match: str = "") -> ChannelSettings:
        """Choose for one channel."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/publications/{calls.segment(slug)}/channels/{calls.segment(channel)}",
                    body={"settings": settings},
                    if_match=if_match,
                )
            ),
            ChannelSettings,
        )


class AsyncChannelSettingsCalls:
    """Channel settings, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, slug: str) -> builtins.list[ChannelSettings]:
        """What a publication chose for its channels."""
        return calls.models_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/channels")), ChannelSettings
        )

    async def show(self, slug: str, channel: str) -> ChannelSettings:
        """What it chose for one channel."""
        return calls.model_of(
            await self._transport.send(
                Call("GET", f"/publications/{calls.segment(slug)}/channels/{calls.segment(channel)}")
            ),
            ChannelSettings,
        )

    async def update(
        self, slug: str, channel: str, *, settings: Mapping[str, str], if_match: str = ""
    ) -> ChannelSettings:
        """Choose for one channel."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/publications/{calls.segment(slug)}/channels/{calls.segment(channel)}",
                    body={"settings": settings},
                    if_match=if_match,
                )
            ),
            ChannelSettings,
        )
