"""Calls of the API about people."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Erasure, History, Person, PlacedPerson
from distributor.client.transport import AsyncTransport, Transport


class PeopleCalls:
    """People."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        email: str = UNSET,
        text: str = UNSET,
        attribute: Sequence[str] = UNSET,
        tag: str = UNSET,
        list_: str = UNSET,
        publication: str = UNSET,
        state: str | None = UNSET,
        limit: int = UNSET,
    ) -> Iterator[Person]:
        """Look people up."""
        return self._transport.pages(
            Call(
                "GET",
                "/people",
                query={
                    "email": email,
                    "text": text,
                    "attribute": attribute,
                    "tag": tag,
                    "list": list_,
                    "publication": publication,
                    "state": state,
                    "limit": limit,
                },
            ),
            Person,
        )

    def create(
        self,
        *,
        email: str,
        publication: str = UNSET,
        name: str | None = UNSET,
        language: str | None = UNSET,
        time_zone: str | None = UNSET,
        attributes: Mapping[str, bool | int | float | str | None] = UNSET,
        tags: Sequence[str] | None = UNSET,
        lists: Sequence[str] = UNSET,
        consent: Mapping[str, Any] | None = UNSET,
        cadence: str | None = UNSET,
        idempotency_key: str = "",
    ) -> PlacedPerson:
        """Make or change a person, and put them on lists."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/people",
                    query={"publication": publication},
                    body={
                        "name": name,
                        "language": language,
                        "time_zone": time_zone,
                        "attributes": attributes,
                        "tags": tags,
                        "email": email,
                        "lists": lists,
                        "consent": consent,
                        "cadence": cadence,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            PlacedPerson,
        )

    def upsert(self, *, lines: Iterable[Any], publication: str = UNSET) -> builtins.list[Any]:
        """Make or change many people."""
        return calls.rows_of(
            self._transport.send(Call("POST", "/people/bulk", query={"publication": publication}, lines=lines))
        )

    def unsubscribe(self, *, lines: Iterable[Any], publication: str = UNSET) -> builtins.list[Any]:
        """Take many people off lists."""
        return calls.rows_of(
            self._transport.send(
                Call("POST", "/people/bulk-unsubscribe", query={"publication": publication}, lines=lines)
            )
        )

    def erase(self, *, email: str, confirmed: bool = UNSET, idempotency_key: str = "") -> Erasure:
        """Erase whoever has an address."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/people/erase",
                    body={"email": email, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Erasure,
        )

    def search(
        self,
        *,
        email: str = UNSET,
        text: str = UNSET,
        attribute: Sequence[str] = UNSET,
        tag: str = UNSET,
        list_: str = UNSET,
        publication: str = UNSET,
        state: str | None = UNSET,
        limit: int = UNSET,
    ) -> Iterator[Person]:
        """Look people up, by a body."""
        return self._transport.pages(
            Call(
                "POST",
                "/people/search",
                body={
                    "email": email,
                    "text": text,
                    "attribute": attribute,
                    "tag": tag,
                    "list": list_,
                    "publication": publication,
                    "state": state,
                    "limit": limit,
                },
            ),
            Person,
        )

    def show(self, key: UUID) -> Person:
        """One person."""
        return calls.model_of(self._transport.send(Call("GET", f"/people/{calls.segment(key)}")), Person)

    def update(
        self,
        key: UUID,
        *,
        name: str | None = UNSET,
        language: str | None = UNSET,
        time_zone: str | None = UNSET,
        attributes: Mapping[str, bool | int | float | str | None] = UNSET,
        tags: Sequence[str] | None = UNSET,
        if_match: str = "",
    ) -> Person:
        """Change a person."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/people/{calls.segment(key)}",
                    body={
                        "name": name,
                        "language": language,
                        "time_zone": time_zone,
                        "attributes": attributes,
                        "tags": tags,
                    },
                    if_match=if_match,
                )
            ),
            Person,
        )

    def delete(self, key: UUID, *, confirmed: bool = UNSET, if_match: str = "") -> Erasure:
        """Erase a person."""
        return calls.model_of(
            self._transport.send(
                Call("DELETE", f"/people/{calls.segment(key)}", query={"confirmed": confirmed}, if_match=if_match)
            ),
            Erasure,
        )

    def export(self, key: UUID) -> Any:
        """Everything that is stored about a person."""
        return (self._transport.send(Call("GET", f"/people/{calls.segment(key)}/export"))).json()

    def history(self, key: UUID, *, most: int = UNSET) -> History:
        """What happened with a person's mail."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/people/{calls.segment(key)}/history", query={"most": most})), History
        )


class AsyncPeopleCalls:
    """People, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        email: str = UNSET,
        text: str = UNSET,
        attribute: Sequence[str] = UNSET,
        tag: str = UNSET,
        list_: str = UNSET,
        publication: str = UNSET,
        state: str | None = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[Person]:
        """Look people up."""
        return self._transport.pages(
            Call(
                "GET",
                "/people",
                query={
                    "email": email,
                    "text": text,
                    "attribute": attribute,
                    "tag": tag,
                    "list": list_,
                    "publication": publication,
                    "state": state,
                    "limit": limit,
                },
            ),
            Person,
        )

    async def create(
        self,
        *,
        email: str,
        publication: str = UNSET,
        name: str | None = UNSET,
        language: str | None = UNSET,
        time_zone: str | None = UNSET,
        attributes: Mapping[str, bool | int | float | str | None] = UNSET,
        tags: Sequence[str] | None = UNSET,
        lists: Sequence[str] = UNSET,
        consent: Mapping[str, Any] | None = UNSET,
        cadence: str | None = UNSET,
        idempotency_key: str = "",
    ) -> PlacedPerson:
        """Make or change a person, and put them on lists."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/people",
                    query={"publication": publication},
                    body={
                        "name": name,
                        "language": language,
                        "time_zone": time_zone,
                        "attributes": attributes,
                        "tags": tags,
                        "email": email,
                        "lists": lists,
                        "consent": consent,
                        "cadence": cadence,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            PlacedPerson,
        )

    async def upsert(self, *, lines: Iterable[Any], publication: str = UNSET) -> builtins.list[Any]:
        """Make or change many people."""
        return calls.rows_of(
            await self._transport.send(Call("POST", "/people/bulk", query={"publication": publication}, lines=lines))
        )

    async def unsubscribe(self, *, lines: Iterable[Any], publication: str = UNSET) -> builtins.list[Any]:
        """Take many people off lists."""
        return calls.rows_of(
            await self._transport.send(
                Call("POST", "/people/bulk-unsubscribe", query={"publication": publication}, lines=lines)
            )
        )

    async def erase(self, *, email: str, confirmed: bool = UNSET, idempotency_key: str = "") -> Erasure:
        """Erase whoever has an address."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/people/erase",
                    body={"email": email, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Erasure,
        )

    def search(
        self,
        *,
        email: str = UNSET,
        text: str = UNSET,
        attribute: Sequence[str] = UNSET,
        tag: str = UNSET,
        list_: str = UNSET,
        publication: str = UNSET,
        state: str | None = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[Person]:
        """Look people up, by a body."""
        return self._transport.pages(
            Call(
                "POST",
                "/people/search",
                body={
                    "email": email,
                    "text": text,
                    "attribute": attribute,
                    "tag": tag,
                    "list": list_,
                    "publication": publication,
                    "state": state,
                    "limit": limit,
                },
            ),
            Person,
        )

    async def show(self, key: UUID) -> Person:
        """One person."""
        return calls.model_of(await self._transport.send(Call("GET", f"/people/{calls.segment(key)}")), Person)

    async def update(
        self,
        key: UUID,
        *,
        name: str | None = UNSET,
        language: str | None = UNSET,
        time_zone: str | None = UNSET,
        attributes: Mapping[str, bool | int | float | str | None] = UNSET,
        tags: Sequence[str] | None = UNSET,
        if_match: str = "",
    ) -> Person:
        """Change a person."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/people/{calls.segment(key)}",
                    body={
                        "name": name,
                        "language": language,
                        "time_zone": time_zone,
                        "attributes": attributes,
                        "tags": tags,
                    },
                    if_match=if_match,
                )
            ),
            Person,
        )

    async def delete(self, key: UUID, *, confirmed: bool = UNSET, if_match: str = "") -> Erasure:
        """Erase a person."""
        return calls.model_of(
            await self._transport.send(
                Call("DELETE", f"/people/{calls.segment(key)}", query={"confirmed": confirmed}, if_match=if_match)
            ),
            Erasure,
        )

    async def export(self, key: UUID) -> Any:
        """Everything that is stored about a person."""
        return (await self._transport.send(Call("GET", f"/people/{calls.segment(key)}/export"))).json()

    async def history(self, key: UUID, *, most: int = UNSET) -> History:
        """What happened with a person's mail."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/people/{calls.segment(key)}/history", query={"most": most})),
            History,
        )
