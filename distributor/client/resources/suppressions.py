"""Calls of the API about suppressions."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import LiftResult, NewSuppressionResult, ReversalAnswer, Suppression
from distributor.client.transport import AsyncTransport, Transport


class SuppressionsCalls:
    """Suppressions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        reason: str | None = UNSET,
        source: str = UNSET,
        domain: str = UNSET,
        email: str = UNSET,
        limit: int = UNSET,
    ) -> Iterator[Suppression]:
        """Suppressed addresses, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/suppressions",
                query={"reason": reason, "source": source, "domain": domain, "email": email, "limit": limit},
            ),
            Suppression,
        )

    def create(self, *, email: str, detail: str = UNSET, idempotency_key: str = "") -> NewSuppressionResult:
        """Let an address get no mail any more."""
        return calls.model_of(
            self._transport.send(
                Call("POST", "/suppressions", body={"email": email, "detail": detail}, once=True, key=idempotency_key)
            ),
            NewSuppressionResult,
        )

    def lift(self, *, email: str, idempotency_key: str = "") -> LiftResult:
        """Let an address get mail again."""
        return calls.model_of(
            self._transport.send(
                Call("POST", "/suppressions/lift", body={"email": email}, once=True, key=idempotency_key)
            ),
            LiftResult,
        )

    def remove(
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
        """Let many addresses get mail again."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/suppressions/remove",
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


class AsyncSuppressionsCalls:
    """Suppressions, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        reason: str | None = UNSET,
        source: str = UNSET,
        domain: str = UNSET,
        email: str = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[Suppression]:
        """Suppressed addresses, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/suppressions",
                query={"reason": reason, "source": source, "domain": domain, "email": email, "limit": limit},
            ),
            Suppression,
        )

    async def create(self, *, email: str, detail: str = UNSET, idempotency_key: str = "") -> NewSuppressionResult:
        """Let an address get no mail any more."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", "/suppressions", body={"email": email, "detail": detail}, once=True, key=idempotency_key)
            ),
            NewSuppressionResult,
        )

    async def lift(self, *, email: str, idempotency_key: str = "") -> LiftResult:
        """Let an address get mail again."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", "/suppressions/lift", body={"email": email}, once=True, key=idempotency_key)
            ),
            LiftResult,
        )

    async def remove(
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
        """Let many addresses get mail again."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/suppressions/remove",
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
