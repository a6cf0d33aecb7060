"""Calls of the API about media."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Media
from distributor.client.transport import AsyncTransport, Transport


class MediaCalls:
    """Media."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Media]:
        """Stored pictures, the newest first."""
        return self._transport.pages(Call("GET", "/media", query={"publication": publication, "limit": limit}), Media)

    def create(
        self, *, content: bytes, content_type: str, publication: str = UNSET, idempotency_key: str = ""
    ) -> Media:
        """Store a picture."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/media",
                    query={"publication": publication},
                    content=content,
                    content_type=content_type,
                    once=True,
                    key=idempotency_key,
                )
            ),
            Media,
        )

    def show(self, media_id: int) -> Media:
        """One stored picture."""
        return calls.model_of(self._transport.send(Call("GET", f"/media/{calls.segment(media_id)}")), Media)


class AsyncMediaCalls:
    """Media, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Media]:
        """Stored pictures, the newest first."""
        return self._transport.pages(Call("GET", "/media", query={"publication": publication, "limit": limit}), Media)

    async def create(
        self, *, content: bytes, content_type: str, publication: str = UNSET, idempotency_key: str = ""
    ) -> Media:
        """Store a picture."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/media",
                    query={"publication": publication},
                    content=content,
                    content_type=content_type,
                    once=True,
                    key=idempotency_key,
                )
            ),
            Media,
        )

    async def show(self, media_id: int) -> Media:
        """One stored picture."""
        return calls.model_of(await self._transport.send(Call("GET", f"/media/{calls.segment(media_id)}")), Media)
