"""Calls of the API about variants."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import ApprovalDifference, DispatchVariant, Override
from distributor.client.transport import AsyncTransport, Transport


class VariantsCalls:
    """Variants."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(self, dispatch_id: int) -> DispatchVariant:
        """What a dispatch says."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant")), DispatchVariant
        )

    def update(
        self,
        dispatch_id: int,
        *,
        text: str | None = UNSET,
        picture: str | None = UNSET,
        picture_alt: str | None = UNSET,
        link: str | None = UNSET,
        if_match: str = "",
    ) -> DispatchVariant:
        """Your own text, picture or link for a dispatch."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/dispatches/{calls.segment(dispatch_id)}/variant",
                    body={"text": text, "picture": picture, "picture_alt": picture_alt, "link": link},
                    if_match=if_match,
                )
            ),
            DispatchVariant,
        )

    def reset(self, dispatch_id: int, *, part: str = UNSET, if_match: str = "") -> DispatchVariant:
        """Back to what the template makes."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "DELETE",
                    f"/dispatches/{calls.segment(dispatch_id)}/variant",
                    query={"part": part},
                    if_match=if_match,
                )
            ),
            DispatchVariant,
        )

    def difference(self, dispatch_id: int) -> ApprovalDifference:
        """What approving again would change."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant/difference")),
            ApprovalDifference,
        )

    def history(self, dispatch_id: int, *, limit: int = UNSET) -> Iterator[Override]:
        """Who wrote what for a dispatch, the latest first."""
        return self._transport.pages(
            Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant/edits", query={"limit": limit}), Override
        )


class AsyncVariantsCalls:
    """Variants, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(self, dispatch_id: int) -> DispatchVariant:
        """What a dispatch says."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant")),
            DispatchVariant,
        )

    async def update(
        self,
        dispatch_id: int,
        *,
        text: str | None = UNSET,
        picture: str | None = UNSET,
        picture_alt: str | None = UNSET,
        link: str | None = UNSET,
        if_match: str = "",
    ) -> DispatchVariant:
        """Your own text, picture or link for a dispatch."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/dispatches/{calls.segment(dispatch_id)}/variant",
                    body={"text": text, "picture": picture, "picture_alt": picture_alt, "link": link},
                    if_match=if_match,
                )
            ),
            DispatchVariant,
        )

    async def reset(self, dispatch_id: int, *, part: str = UNSET, if_match: str = "") -> DispatchVariant:
        """Back to what the template makes."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "DELETE",
                    f"/dispatches/{calls.segment(dispatch_id)}/variant",
                    query={"part": part},
                    if_match=if_match,
                )
            ),
            DispatchVariant,
        )

    async def difference(self, dispatch_id: int) -> ApprovalDifference:
        """What approving again would change."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant/difference")),
            ApprovalDifference,
        )

    def history(self, dispatch_id: int, *, limit: int = UNSET) -> AsyncIterator[Override]:
        """Who wrote what for a dispatch, the latest first."""
        return self._transport.pages(
            Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/variant/edits", query={"limit": limit}), Override
        )
