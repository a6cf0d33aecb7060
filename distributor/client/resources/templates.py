"""Calls of the API about templates."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from distributor.client import calls
from distributor.client.calls import Call
from distributor.client.models import Template, Templates
from distributor.client.transport import AsyncTransport, Transport


class TemplatesCalls:
    """Templates."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(self, slug: str, *, name: str) -> Template:
        """One template."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/template", query={"name": name})),
            Template,
        )

    def list(self, slug: str) -> Templates:
        """A publication's templates."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/templates")), Templates
        )


class AsyncTemplatesCalls:
    """Templates, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(self, slug: str, *, name: str) -> Template:
        """One template."""
        return calls.model_of(
            await self._transport.send(
                Call("GET", f"/publications/{calls.segment(slug)}/template", query={"name": name})
            ),
            Template,
        )

    async def list(self, slug: str) -> Templates:
        """A publication's templates."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/templates")), Templates
        )
