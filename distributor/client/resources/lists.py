"""Calls of the API about lists."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import List
from distributor.client.transport import AsyncTransport, Transport


class ListsCalls:
    """Lists."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[List]:
        """All lists."""
        return self._transport.pages(Call("GET", "/lists", query={"publication": publication, "limit": limit}), List)

    def create(self, *, slug: str, publication: str = UNSET, name: str = UNSET, idempotency_key: str = "") -> List:
        """Make a list."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/lists",
                    body={"publication": publication, "slug": slug, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            List,
        )

    def show(self, list_id: int) -> List:
        """One list."""
        return calls.model_of(self._transport.send(Call("GET", f"/lists/{calls.segment(list_id)}")), List)

    def update(
        self,
        list_id: int,
        *,
        name: str | None = UNSET,
        is_public: bool | None = UNSET,
        welcome: str | None = UNSET,
        archived: bool | None = UNSET,
        if_match: str = "",
    ) -> List:
        """Change, archive or restore a list."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/lists/{calls.segment(list_id)}",
                    body={"name": name, "is_public": is_public, "welcome": welcome, "archived": archived},
                    if_match=if_match,
                )
            ),
            List,
        )

    def export(
        self, list_id: int, *, format_: str = UNSET, state: str = UNSET, segment: str = UNSET, raw: bool = UNSET
    ) -> bytes:
        """Everyone on a list, as one file."""
        return (
            self._transport.send(
                Call(
                    "GET",
                    f"/lists/{calls.segment(list_id)}/people",
                    query={"format": format_, "state": state, "segment": segment, "raw": raw},
                )
            )
        ).content


class AsyncListsCalls:
    """Lists, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[List]:
        """All lists."""
        return self._transport.pages(Call("GET", "/lists", query={"publication": publication, "limit": limit}), List)

    async def create(
        self, *, slug: str, publication: str = UNSET, name: str = UNSET, idempotency_key: str = ""
    ) -> List:
        """Make a list."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/lists",
                    body={"publication": publication, "slug": slug, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            List,
        )

    async def show(self, list_id: int) -> List:
        """One list."""
        return calls.model_of(await self._transport.send(Call("GET", f"/lists/{calls.segment(list_id)}")), List)

    async def update(
        self,
        list_id: int,
        *,
        name: str | None = UNSET,
        is_public: bool | None = UNSET,
        welcome: str | None = UNSET,
        archived: bool | None = UNSET,
        if_match: str = "",
    ) -> List:
        """Change, archive or restore a list."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/lists/{calls.segment(list_id)}",
                    body={"name": name, "is_public": is_public, "welcome": welcome, "archived": archived},
                    if_match=if_match,
                )
            ),
            List,
        )

    async def export(
        self, list_id: int, *, format_: str = UNSET, state: str = UNSET, segment: str = UNSET, raw: bool = UNSET
    ) -> bytes:
        """Everyone on a list, as one file."""
        return (
            await self._transport.send(
                Call(
                    "GET",
                    f"/lists/{calls.segment(list_id)}/people",
                    query={"format": format_, "state": state, "segment": segment, "raw": raw},
                )
            )
        ).content
