"""Calls of the API about publications."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Publication
from distributor.client.transport import AsyncTransport, Transport


class PublicationsCalls:
    """Publications."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int = UNSET) -> Iterator[Publication]:
        """All publications."""
        return self._transport.pages(Call("GET", "/publications", query={"limit": limit}), Publication)

    def create(
        self, *, name: str, slug: str = UNSET, settings: Mapping[str, str] = UNSET, idempotency_key: str = ""
    ) -> Publication:
        """Make a publication."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/publications",
                    body={"name": name, "slug": slug, "settings": settings},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Publication,
        )

    def show(self, slug: str) -> Publication:
        """One publication."""
        return calls.model_of(self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}")), Publication)

    def update(self, slug: str, *, settings: Mapping[str, str], if_match: str = "") -> Publication:
        """Change a publication's settings."""
        return calls.model_of(
            self._transport.send(
                Call("PATCH", f"/publications/{calls.segment(slug)}", body={"settings": settings}, if_match=if_match)
            ),
            Publication,
        )


class AsyncPublicationsCalls:
    """Publications, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, limit: int = UNSET) -> AsyncIterator[Publication]:
        """All publications."""
        return self._transport.pages(Call("GET", "/publications", query={"limit": limit}), Publication)

    async def create(
        self, *, name: str, slug: str = UNSET, settings: Mapping[str, str] = UNSET, idempotency_key: str = ""
    ) -> Publication:
        """Make a publication."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/publications",
                    body={"name": name, "slug": slug, "settings": settings},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Publication,
        )

    async def show(self, slug: str) -> Publication:
        """One publication."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}")), Publication
        )

    async def update(self, slug: str, *, settings: Mapping[str, str], if_match: str = "") -> Publication:
        """Change a publication's settings."""
        return calls.model_of(
            await self._transport.send(
                Call("PATCH", f"/publications/{calls.segment(slug)}", body={"settings": settings}, if_match=if_match)
            ),
            Publication,
        )
