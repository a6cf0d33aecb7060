"""Calls of the API about digests."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import DigestRun, DigestSettings
from distributor.client.transport import AsyncTransport, Transport


class DigestsCalls:
    """Digests."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(self, slug: str) -> DigestSettings:
        """When digests go out."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/digests")), DigestSettings
        )

    def switch(
        self, slug: str, *, on: bool, hour: int = UNSET, weekday: str = UNSET, if_match: str = ""
    ) -> DigestSettings:
        """Switch digests on or off."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PUT",
                    f"/publications/{calls.segment(slug)}/digests",
                    body={"on": on, "hour": hour, "weekday": weekday},
                    if_match=if_match,
                )
            ),
            DigestSettings,
        )

    def runs(self, slug: str, *, limit: int = UNSET) -> Iterator[DigestRun]:
        """Its runs, the latest first."""
        return self._transport.pages(
            Call("GET", f"/publications/{calls.segment(slug)}/digests/runs", query={"limit": limit}), DigestRun
        )


class AsyncDigestsCalls:
    """Digests, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(self, slug: str) -> DigestSettings:
        """When digests go out."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/digests")), DigestSettings
        )

    async def switch(
        self, slug: str, *, on: bool, hour: int = UNSET, weekday: str = UNSET, if_match: str = ""
    ) -> DigestSettings:
        """Switch digests on or off."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PUT",
                    f"/publications/{calls.segment(slug)}/digests",
                    body={"on": on, "hour": hour, "weekday": weekday},
                    if_match=if_match,
                )
            ),
            DigestSettings,
        )

    def runs(self, slug: str, *, limit: int = UNSET) -> AsyncIterator[DigestRun]:
        """Its runs, the latest first."""
        return self._transport.pages(
            Call("GET", f"/publications/{calls.segment(slug)}/digests/runs", query={"limit": limit}), DigestRun
        )
