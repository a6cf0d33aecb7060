"""Calls of the API about imports."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Import, Report
from distributor.client.transport import AsyncTransport, Transport


class ImportsCalls:
    """Imports."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Import]:
        """Imports, the latest first."""
        return self._transport.pages(
            Call("GET", "/imports", query={"publication": publication, "limit": limit}), Import
        )

    def create(
        self,
        *,
        list_: str,
        content: bytes,
        publication: str = UNSET,
        name: str = UNSET,
        map_: Sequence[str] = UNSET,
        active: Sequence[str] = UNSET,
        left: Sequence[str] = UNSET,
        encoding: str = UNSET,
        confirmed: bool = UNSET,
        dry_run: bool = UNSET,
    ) -> Report:
        """Put the people of a table on a list, or try it."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/imports",
                    query={
                        "list": list_,
                        "publication": publication,
                        "name": name,
                        "map": map_,
                        "active": active,
                        "left": left,
                        "encoding": encoding,
                        "confirmed": confirmed,
                        "dry_run": dry_run,
                    },
                    content=content,
                    content_type="text/csv",
                )
            ),
            Report,
        )

    def problems(
        self,
        *,
        list_: str,
        content: bytes,
        publication: str = UNSET,
        name: str = UNSET,
        map_: Sequence[str] = UNSET,
        active: Sequence[str] = UNSET,
        left: Sequence[str] = UNSET,
        encoding: str = UNSET,
        confirmed: bool = UNSET,
    ) -> bytes:
        """The rows of a table whose people get no mail, whole, and why."""
        return (
            self._transport.send(
                Call(
                    "POST",
                    "/imports/problems",
                    query={
                        "list": list_,
                        "publication": publication,
                        "name": name,
                        "map": map_,
                        "active": active,
                        "left": left,
                        "encoding": encoding,
                        "confirmed": confirmed,
                    },
                    content=content,
                    content_type="text/csv",
                )
            )
        ).content

    def show(self, import_id: int) -> Import:
        """How far an import is."""
        return calls.model_of(self._transport.send(Call("GET", f"/imports/{calls.segment(import_id)}")), Import)


class AsyncImportsCalls:
    """Imports, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Import]:
        """Imports, the latest first."""
        return self._transport.pages(
            Call("GET", "/imports", query={"publication": publication, "limit": limit}), Import
        )

    async def create(
        self,
        *,
        list_: str,
        content: bytes,
        publication: str = UNSET,
        name: str = UNSET,
        map_: Sequence[str] = UNSET,
        active: Sequence[str] = UNSET,
        left: Sequence[str] = UNSET,
        encoding: str = UNSET,
        confirmed: bool = UNSET,
        dry_run: bool = UNSET,
    ) -> Report:
        """Put the people of a table on a list, or try it."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/imports",
                    query={
                        "list": list_,
                        "publication": publication,
                        "name": name,
                        "map": map_,
                        "active": active,
                        "left": left,
                        "encoding": encoding,
                        "confirmed": confirmed,
                        "dry_run": dry_run,
                    },
                    content=content,
                    content_type="text/csv",
                )
            ),
            Report,
        )

    async def problems(
        self,
        *,
        list_: str,
        content: bytes,
        publication: str = UNSET,
        name: str = UNSET,
        map_: Sequence[str] = UNSET,
        active: Sequence[str] = UNSET,
        left: Sequence[str] = UNSET,
        encoding: str = UNSET,
        confirmed: bool = UNSET,
    ) -> bytes:
        """The rows of a table whose people get no mail, whole, and why."""
        return (
            await self._transport.send(
                Call(
                    "POST",
                    "/imports/problems",
                    query={
                        "list": list_,
                        "publication": publication,
                        "name": name,
                        "map": map_,
                        "active": active,
                        "left": left,
                        "encoding": encoding,
                        "confirmed": confirmed,
                    },
                    content=content,
                    content_type="text/csv",
                )
            )
        ).content

    async def show(self, import_id: int) -> Import:
        """How far an import is."""
        return calls.model_of(await self._transport.send(Call("GET", f"/imports/{calls.segment(import_id)}")), Import)
