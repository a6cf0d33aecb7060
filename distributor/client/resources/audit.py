"""Calls of the API about audit."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client.calls import UNSET, Call
from distributor.client.models import Entry
from distributor.client.transport import AsyncTransport, Transport


class AuditCalls:
    """Audit."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self, *, publication: str = UNSET, actor: str = UNSET, action: str = UNSET, limit: int = UNSET
    ) -> Iterator[Entry]:
        """Who did what, the latest first."""
        return self._transport.pages(
            Call("GET", "/audit", query={"publication": publication, "actor": actor, "action": action, "limit": limit}),
            Entry,
        )


class AsyncAuditCalls:
    """Audit, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self, *, publication: str = UNSET, actor: str = UNSET, action: str = UNSET, limit: int = UNSET
    ) -> AsyncIterator[Entry]:
        """Who did what, the latest first."""
        return self._transport.pages(
            Call("GET", "/audit", query={"publication": publication, "actor": actor, "action": action, "limit": limit}),
            Entry,
        )
