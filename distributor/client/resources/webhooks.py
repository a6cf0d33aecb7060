"""Calls of the API about webhooks."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Attempt, Endpoint, EndpointWithSecret, ReplayCount
from distributor.client.transport import AsyncTransport, Transport


class WebhooksCalls:
    """Webhooks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Endpoint]:
        """Webhook endpoints."""
        return self._transport.pages(
            Call("GET", "/webhooks", query={"publication": publication, "limit": limit}), Endpoint
        )

    def create(
        self,
        *,
        url: str,
        publication: str = UNSET,
        types: Sequence[str] = UNSET,
        name: str = UNSET,
        idempotency_key: str = "",
    ) -> EndpointWithSecret:
        """Tell an address what happens."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/webhooks",
                    body={"publication": publication, "url": url, "types": types, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            EndpointWithSecret,
        )

    def show(self, endpoint_id: int) -> Endpoint:
        """One endpoint."""
        return calls.model_of(self._transport.send(Call("GET", f"/webhooks/{calls.segment(endpoint_id)}")), Endpoint)

    def update(
        self,
        endpoint_id: int,
        *,
        url: str | None = UNSET,
        types: Sequence[str] | None = UNSET,
        name: str | None = UNSET,
        enabled: bool | None = UNSET,
        if_match: str = "",
    ) -> Endpoint:
        """Change an endpoint."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/webhooks/{calls.segment(endpoint_id)}",
                    body={"url": url, "types": types, "name": name, "enabled": enabled},
                    if_match=if_match,
                )
            ),
            Endpoint,
        )

    def delete(self, endpoint_id: int, *, if_match: str = "") -> None:
        """Forget an endpoint."""
        self._transport.send(Call("DELETE", f"/webhooks/{calls.segment(endpoint_id)}", if_match=if_match))

    def attempts(self, endpoint_id: int, *, failed: bool = UNSET, limit: int = UNSET) -> Iterator[Attempt]:
        """Calls of an endpoint, the latest first."""
        return self._transport.pages(
            Call("GET", f"/webhooks/{calls.segment(endpoint_id)}/attempts", query={"failed": failed, "limit": limit}),
            Attempt,
        )

    def replay(
        self,
        endpoint_id: int,
        *,
        message: int | None = UNSET,
        since: datetime | None = UNSET,
        until: datetime | None = UNSET,
        idempotency_key: str = "",
    ) -> ReplayCount:
        """Send messages again."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/webhooks/{calls.segment(endpoint_id)}/replay",
                    body={"message": message, "since": since, "until": until},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ReplayCount,
        )

    def rotate(self, endpoint_id: int, *, overlap_hours: int = UNSET, idempotency_key: str = "") -> EndpointWithSecret:
        """Another secret for an endpoint."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/webhooks/{calls.segment(endpoint_id)}/rotate",
                    body={"overlap_hours": overlap_hours},
                    once=True,
                    key=idempotency_key,
                )
            ),
            EndpointWithSecret,
        )

    def test(self, endpoint_id: int) -> Attempt:
        """Call an endpoint with nothing in it."""
        return calls.model_of(
            self._transport.send(Call("POST", f"/webhooks/{calls.segment(endpoint_id)}/test")), Attempt
        )


class AsyncWebhooksCalls:
    """Webhooks, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Endpoint]:
        """Webhook endpoints."""
        return self._transport.pages(
            Call("GET", "/webhooks", query={"publication": publication, "limit": limit}), Endpoint
        )

    async def create(
        self,
        *,
        url: str,
        publication: str = UNSET,
        types: Sequence[str] = UNSET,
        name: str = UNSET,
        idempotency_key: str = "",
    ) -> EndpointWithSecret:
        """Tell an address what happens."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/webhooks",
                    body={"publication": publication, "url": url, "types": types, "name": name},
                    once=True,
                    key=idempotency_key,
                )
            ),
            EndpointWithSecret,
        )

    async def show(self, endpoint_id: int) -> Endpoint:
        """One endpoint."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/webhooks/{calls.segment(endpoint_id)}")), Endpoint
        )

    async def update(
        self,
        endpoint_id: int,
        *,
        url: str | None = UNSET,
        types: Sequence[str] | None = UNSET,
        name: str | None = UNSET,
        enabled: bool | None = UNSET,
        if_match: str = "",
    ) -> Endpoint:
        """Change an endpoint."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/webhooks/{calls.segment(endpoint_id)}",
                    body={"url": url, "types": types, "name": name, "enabled": enabled},
                    if_match=if_match,
                )
            ),
            Endpoint,
        )

    async def delete(self, endpoint_id: int, *, if_match: str = "") -> None:
        """Forget an endpoint."""
        await self._transport.send(Call("DELETE", f"/webhooks/{calls.segment(endpoint_id)}", if_match=if_match))

    def attempts(self, endpoint_id: int, *, failed: bool = UNSET, limit: int = UNSET) -> AsyncIterator[Attempt]:
        """Calls of an endpoint, the latest first."""
        return self._transport.pages(
            Call("GET", f"/webhooks/{calls.segment(endpoint_id)}/attempts", query={"failed": failed, "limit": limit}),
            Attempt,
        )

    async def replay(
        self,
        endpoint_id: int,
        *,
        message: int | None = UNSET,
        since: datetime | None = UNSET,
        until: datetime | None = UNSET,
        idempotency_key: str = "",
    ) -> ReplayCount:
        """Send messages again."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/webhooks/{calls.segment(endpoint_id)}/replay",
                    body={"message": message, "since": since, "until": until},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ReplayCount,
        )

    async def rotate(
        self, endpoint_id: int, *, overlap_hours: int = UNSET, idempotency_key: str = ""
    ) -> EndpointWithSecret:
        """Another secret for an endpoint."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/webhooks/{calls.segment(endpoint_id)}/rotate",
                    body={"overlap_hours": overlap_hours},
                    once=True,
                    key=idempotency_key,
                )
            ),
            EndpointWithSecret,
        )

    async def test(self, endpoint_id: int) -> Attempt:
        """Call an endpoint with nothing in it."""
        return calls.model_of(
            await self._transport.send(Call("POST", f"/webhooks/{calls.segment(endpoint_id)}/test")), Attempt
        )
