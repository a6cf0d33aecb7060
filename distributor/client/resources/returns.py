"""Calls of the API about returns."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import DecidedEvents, Event, EventFacts, Reversal, ReversalAnswer
from distributor.client.transport import AsyncTransport, Transport


class ReturnsCalls:
    """Returns."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        kind: str | None = UNSET,
        source: str = UNSET,
        dispatch: int | None = UNSET,
        since: datetime | None = UNSET,
        undecided: bool = UNSET,
        limit: int = UNSET,
    ) -> Iterator[Event]:
        """What came back, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/returns",
                query={
                    "kind": kind,
                    "source": source,
                    "dispatch": dispatch,
                    "since": since,
                    "undecided": undecided,
                    "limit": limit,
                },
            ),
            Event,
        )

    def decide(
        self, *, ids: Sequence[int], decision: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> DecidedEvents:
        """Act on events that are not proven, or ignore them."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/returns/decide",
                    body={"ids": ids, "decision": decision, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            DecidedEvents,
        )

    def undo(
        self,
        *,
        since: datetime | None = UNSET,
        until: datetime | None = UNSET,
        source: str = UNSET,
        reason: str = UNSET,
        domain: str = UNSET,
        dispatch: int | None = UNSET,
        complaints: bool | None = UNSET,
        dry_run: bool = UNSET,
        confirmed: bool = UNSET,
        idempotency_key: str = "",
    ) -> ReversalAnswer:
        """Undo what events did."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/returns/undo",
                    body={
                        "since": since,
                        "until": until,
                        "source": source,
                        "reason": reason,
                        "domain": domain,
                        "dispatch": dispatch,
                        "complaints": complaints,
                        "dry_run": dry_run,
                        "confirmed": confirmed,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            ReversalAnswer,
        )

    def undone(self, *, limit: int = UNSET) -> Iterator[Reversal]:
        """What was undone, the latest first."""
        return self._transport.pages(Call("GET", "/returns/undone", query={"limit": limit}), Reversal)

    def show(self, event_id: int) -> EventFacts:
        """An event that is not proven, with its mail."""
        return calls.model_of(self._transport.send(Call("GET", f"/returns/{calls.segment(event_id)}")), EventFacts)


class AsyncReturnsCalls:
    """Returns, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        kind: str | None = UNSET,
        source: str = UNSET,
        dispatch: int | None = UNSET,
        since: datetime | None = UNSET,
        undecided: bool = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[Event]:
        """What came back, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/returns",
                query={
                    "kind": kind,
                    "source": source,
                    "dispatch": dispatch,
                    "since": since,
                    "undecided": undecided,
                    "limit": limit,
                },
            ),
            Event,
        )

    async def decide(
        self, *, ids: Sequence[int], decision: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> DecidedEvents:
        """Act on events that are not proven, or ignore them."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/returns/decide",
                    body={"ids": ids, "decision": decision, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            DecidedEvents,
        )

    async def undo(
        self,
        *,
        since: datetime | None = UNSET,
        until: datetime | None = UNSET,
        source: str = UNSET,
        reason: str = UNSET,
        domain: str = UNSET,
        dispatch: int | None = UNSET,
        complaints: bool | None = UNSET,
        dry_run: bool = UNSET,
        confirmed: bool = UNSET,
        idempotency_key: str = "",
    ) -> ReversalAnswer:
        """Undo what events did."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/returns/undo",
                    body={
                        "since": since,
                        "until": until,
                        "source": source,
                        "reason": reason,
                        "domain": domain,
                        "dispatch": dispatch,
                        "complaints": complaints,
                        "dry_run": dry_run,
                        "confirmed": confirmed,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            ReversalAnswer,
        )

    def undone(self, *, limit: int = UNSET) -> AsyncIterator[Reversal]:
        """What was undone, the latest first."""
        return self._transport.pages(Call("GET", "/returns/undone", query={"limit": limit}), Reversal)

    async def show(self, event_id: int) -> EventFacts:
        """An event that is not proven, with its mail."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/returns/{calls.segment(event_id)}")), EventFacts
        )
