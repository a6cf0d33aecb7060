"""Calls of the API about segments."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import CheckedRule, Person, Segment
from distributor.client.transport import AsyncTransport, Transport


class SegmentsCalls:
    """Segments."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Segment]:
        """All segments, with counts."""
        return self._transport.pages(
            Call("GET", "/segments", query={"publication": publication, "limit": limit}), Segment
        )

    def create(
        self,
        *,
        slug: str,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        publication: str = UNSET,
        name: str = UNSET,
        idempotency_key: str = "",
    ) -> Segment:
        """Make a segment."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/segments",
                    body={"where": where, "rule": rule, "publication": publication, "slug": slug, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Segment,
        )

    def check(
        self,
        *,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        publication: str = UNSET,
        lists: Sequence[str] = UNSET,
    ) -> CheckedRule:
        """Try a rule, and count."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/segments/check",
                    body={"where": where, "rule": rule, "publication": publication, "lists": lists},
                )
            ),
            CheckedRule,
        )

    def show(self, segment_id: int) -> Segment:
        """One segment."""
        return calls.model_of(self._transport.send(Call("GET", f"/segments/{calls.segment(segment_id)}")), Segment)

    def update(
        self,
        segment_id: int,
        *,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        name: str = UNSET,
        if_match: str = "",
    ) -> Segment:
        """Change a segment."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/segments/{calls.segment(segment_id)}",
                    body={"where": where, "rule": rule, "name": name},
                    if_match=if_match,
                )
            ),
            Segment,
        )

    def delete(self, segment_id: int, *, if_match: str = "") -> None:
        """Forget a segment; the people stay."""
        self._transport.send(Call("DELETE", f"/segments/{calls.segment(segment_id)}", if_match=if_match))

    def people(self, segment_id: int, *, limit: int = UNSET) -> Iterator[Person]:
        """Who is in a segment."""
        return self._transport.pages(
            Call("GET", f"/segments/{calls.segment(segment_id)}/people", query={"limit": limit}), Person
        )


class AsyncSegmentsCalls:
    """Segments, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Segment]:
        """All segments, with counts."""
        return self._transport.pages(
            Call("GET", "/segments", query={"publication": publication, "limit": limit}), Segment
        )

    async def create(
        self,
        *,
        slug: str,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        publication: str = UNSET,
        name: str = UNSET,
        idempotency_key: str = "",
    ) -> Segment:
        """Make a segment."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/segments",
                    body={"where": where, "rule": rule, "publication": publication, "slug": slug, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Segment,
        )

    async def check(
        self,
        *,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        publication: str = UNSET,
        lists: Sequence[str] = UNSET,
    ) -> CheckedRule:
        """Try a rule, and count."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/segments/check",
                    body={"where": where, "rule": rule, "publication": publication, "lists": lists},
                )
            ),
            CheckedRule,
        )

    async def show(self, segment_id: int) -> Segment:
        """One segment."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/segments/{calls.segment(segment_id)}")), Segment
        )

    async def update(
        self,
        segment_id: int,
        *,
        where: str = UNSET,
        rule: Mapping[str, Mapping[str, Any]] | None = UNSET,
        name: str = UNSET,
        if_match: str = "",
    ) -> Segment:
        """Change a segment."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/segments/{calls.segment(segment_id)}",
                    body={"where": where, "rule": rule, "name": name},
                    if_match=if_match,
                )
            ),
            Segment,
        )

    async def delete(self, segment_id: int, *, if_match: str = "") -> None:
        """Forget a segment; the people stay."""
        await self._transport.send(Call("DELETE", f"/segments/{calls.segment(segment_id)}", if_match=if_match))

    def people(self, segment_id: int, *, limit: int = UNSET) -> AsyncIterator[Person]:
        """Who is in a segment."""
        return self._transport.pages(
            Call("GET", f"/segments/{calls.segment(segment_id)}/people", query={"limit": limit}), Person
        )
