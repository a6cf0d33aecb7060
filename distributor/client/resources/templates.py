"""Calls of the API about templates."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Template, Templates, TemplateState, TemplateStateDetails
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

    def save(self, slug: str, *, name: str, source: str, base: int | None = UNSET, if_match: str = "") -> Template:
        """Store a template."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PUT",
                    f"/publications/{calls.segment(slug)}/template",
                    query={"name": name},
                    body={"source": source, "base": base},
                    if_match=if_match,
                )
            ),
            Template,
        )

    def check(
        self, slug: str, *, name: str, source: str, base: int | None = UNSET, idempotency_key: str = ""
    ) -> Template:
        """Try a template."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/check",
                    query={"name": name},
                    body={"source": source, "base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Template,
        )

    def reset(self, slug: str, *, name: str, base: int | None = UNSET, idempotency_key: str = "") -> Template:
        """Go back to ours."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/ours",
                    query={"name": name},
                    body={"base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Template,
        )

    def versions(self, slug: str, *, name: str, limit: int = UNSET) -> Iterator[TemplateState]:
        """Its versions, the latest first."""
        return self._transport.pages(
            Call("GET", f"/publications/{calls.segment(slug)}/template/versions", query={"name": name, "limit": limit}),
            TemplateState,
        )

    def version(self, slug: str, number: int, *, name: str) -> TemplateStateDetails:
        """One version, and what it changed."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "GET",
                    f"/publications/{calls.segment(slug)}/template/versions/{calls.segment(number)}",
                    query={"name": name},
                )
            ),
            TemplateStateDetails,
        )

    def restore(
        self, slug: str, number: int, *, name: str, base: int | None = UNSET, idempotency_key: str = ""
    ) -> Template:
        """Let it say again what it said."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/versions/{calls.segment(number)}/restore",
                    query={"name": name},
                    body={"base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
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

    async def save(
        self, slug: str, *, name: str, source: str, base: int | None = UNSET, if_match: str = ""
    ) -> Template:
        """Store a template."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PUT",
                    f"/publications/{calls.segment(slug)}/template",
                    query={"name": name},
                    body={"source": source, "base": base},
                    if_match=if_match,
                )
            ),
            Template,
        )

    async def check(
        self, slug: str, *, name: str, source: str, base: int | None = UNSET, idempotency_key: str = ""
    ) -> Template:
        """Try a template."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/check",
                    query={"name": name},
                    body={"source": source, "base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Template,
        )

    async def reset(self, slug: str, *, name: str, base: int | None = UNSET, idempotency_key: str = "") -> Template:
        """Go back to ours."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/ours",
                    query={"name": name},
                    body={"base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Template,
        )

    def versions(self, slug: str, *, name: str, limit: int = UNSET) -> AsyncIterator[TemplateState]:
        """Its versions, the latest first."""
        return self._transport.pages(
            Call("GET", f"/publications/{calls.segment(slug)}/template/versions", query={"name": name, "limit": limit}),
            TemplateState,
        )

    async def version(self, slug: str, number: int, *, name: str) -> TemplateStateDetails:
        """One version, and what it changed."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "GET",
                    f"/publications/{calls.segment(slug)}/template/versions/{calls.segment(number)}",
                    query={"name": name},
                )
            ),
            TemplateStateDetails,
        )

    async def restore(
        self, slug: str, number: int, *, name: str, base: int | None = UNSET, idempotency_key: str = ""
    ) -> Template:
        """Let it say again what it said."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/publications/{calls.segment(slug)}/template/versions/{calls.segment(number)}/restore",
                    query={"name": name},
                    body={"base": base},
                    once=True,
                    key=idempotency_key,
                )
            ),
            Template,
        )

    async def list(self, slug: str) -> Templates:
        """A publication's templates."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/templates")), Templates
        )
