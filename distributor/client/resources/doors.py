"""Calls of the API about doors."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Arrival, Door, DoorWithKeys
from distributor.client.transport import AsyncTransport, Transport


class DoorsCalls:
    """Doors."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Door]:
        """Intake doors."""
        return self._transport.pages(Call("GET", "/doors", query={"publication": publication, "limit": limit}), Door)

    def create(
        self,
        *,
        kind: str,
        name: str | None = UNSET,
        mapping: Mapping[str, str] | None = UNSET,
        header: str | None = UNSET,
        senders: Sequence[str] | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        publication: str = UNSET,
        idempotency_key: str = "",
    ) -> DoorWithKeys:
        """Open a door."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/doors",
                    body={
                        "name": name,
                        "mapping": mapping,
                        "header": header,
                        "senders": senders,
                        "rules": rules,
                        "publication": publication,
                        "kind": kind,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            DoorWithKeys,
        )

    def show(self, door_id: int) -> Door:
        """One door."""
        return calls.model_of(self._transport.send(Call("GET", f"/doors/{calls.segment(door_id)}")), Door)

    def update(
        self,
        door_id: int,
        *,
        name: str | None = UNSET,
        mapping: Mapping[str, str] | None = UNSET,
        header: str | None = UNSET,
        senders: Sequence[str] | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        is_open: bool | None = UNSET,
        if_match: str = "",
    ) -> Door:
        """Change, open or close a door."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/doors/{calls.segment(door_id)}",
                    body={
                        "name": name,
                        "mapping": mapping,
                        "header": header,
                        "senders": senders,
                        "rules": rules,
                        "is_open": is_open,
                    },
                    if_match=if_match,
                )
            ),
            Door,
        )

    def delete(self, door_id: int, *, if_match: str = "") -> None:
        """Take a door away."""
        self._transport.send(Call("DELETE", f"/doors/{calls.segment(door_id)}", if_match=if_match))

    def arrivals(self, door_id: int, *, state: str | None = UNSET, limit: int = UNSET) -> Iterator[Arrival]:
        """What came to a door, the latest first."""
        return self._transport.pages(
            Call("GET", f"/doors/{calls.segment(door_id)}/arrivals", query={"state": state, "limit": limit}), Arrival
        )

    def answer(
        self,
        door_id: int,
        arrival_id: int,
        *,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        idempotency_key: str = "",
    ) -> Arrival:
        """Say which letter an arrival is."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/doors/{calls.segment(door_id)}/arrivals/{calls.segment(arrival_id)}/answer",
                    body={"corrects": corrects, "is_new": is_new},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Arrival,
        )

    def rekey(self, door_id: int, *, idempotency_key: str = "") -> DoorWithKeys:
        """Another address and secret for a door."""
        return calls.model_of(
            self._transport.send(Call("POST", f"/doors/{calls.segment(door_id)}/keys", once=True, key=idempotency_key)),
            DoorWithKeys,
        )


class AsyncDoorsCalls:
    """Doors, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Door]:
        """Intake doors."""
        return self._transport.pages(Call("GET", "/doors", query={"publication": publication, "limit": limit}), Door)

    async def create(
        self,
        *,
        kind: str,
        name: str | None = UNSET,
        mapping: Mapping[str, str] | None = UNSET,
        header: str | None = UNSET,
        senders: Sequence[str] | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        publication: str = UNSET,
        idempotency_key: str = "",
    ) -> DoorWithKeys:
        """Open a door."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/doors",
                    body={
                        "name": name,
                        "mapping": mapping,
                        "header": header,
                        "senders": senders,
                        "rules": rules,
                        "publication": publication,
                        "kind": kind,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            DoorWithKeys,
        )

    async def show(self, door_id: int) -> Door:
        """One door."""
        return calls.model_of(await self._transport.send(Call("GET", f"/doors/{calls.segment(door_id)}")), Door)

    async def update(
        self,
        door_id: int,
        *,
        name: str | None = UNSET,
        mapping: Mapping[str, str] | None = UNSET,
        header: str | None = UNSET,
        senders: Sequence[str] | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        is_open: bool | None = UNSET,
        if_match: str = "",
    ) -> Door:
        """Change, open or close a door."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/doors/{calls.segment(door_id)}",
                    body={
                        "name": name,
                        "mapping": mapping,
                        "header": header,
                        "senders": senders,
                        "rules": rules,
                        "is_open": is_open,
                    },
                    if_match=if_match,
                )
            ),
            Door,
        )

    async def delete(self, door_id: int, *, if_match: str = "") -> None:
        """Take a door away."""
        await self._transport.send(Call("DELETE", f"/doors/{calls.segment(door_id)}", if_match=if_match))

    def arrivals(self, door_id: int, *, state: str | None = UNSET, limit: int = UNSET) -> AsyncIterator[Arrival]:
        """What came to a door, the latest first."""
        return self._transport.pages(
            Call("GET", f"/doors/{calls.segment(door_id)}/arrivals", query={"state": state, "limit": limit}), Arrival
        )

    async def answer(
        self,
        door_id: int,
        arrival_id: int,
        *,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        idempotency_key: str = "",
    ) -> Arrival:
        """Say which letter an arrival is."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/doors/{calls.segment(door_id)}/arrivals/{calls.segment(arrival_id)}/answer",
                    body={"corrects": corrects, "is_new": is_new},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Arrival,
        )

    async def rekey(self, door_id: int, *, idempotency_key: str = "") -> DoorWithKeys:
        """Another address and secret for a door."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/doors/{calls.segment(door_id)}/keys", once=True, key=idempotency_key)
            ),
            DoorWithKeys,
        )
