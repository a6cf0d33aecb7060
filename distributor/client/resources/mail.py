"""Calls of the API about mail."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Mail
from distributor.client.transport import AsyncTransport, Transport


class MailCalls:
    """Mail."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(
        self,
        *,
        to: str,
        name: str = UNSET,
        publication: str = UNSET,
        id_: str = UNSET,
        template: str = UNSET,
        subject: str = UNSET,
        markdown: str = UNSET,
        html: str = UNSET,
        text: str = UNSET,
        values: Mapping[
            str,
            bool
            | int
            | float
            | str
            | Sequence[bool | int | float | str | None]
            | Mapping[str, bool | int | float | str | None]
            | Sequence[Mapping[str, bool | int | float | str | None]]
            | None,
        ] = UNSET,
        idempotency_key: str = "",
    ) -> Mail:
        """Send a transactional mail to one person."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/mail",
                    body={
                        "to": to,
                        "name": name,
                        "publication": publication,
                        "id": id_,
                        "template": template,
                        "subject": subject,
                        "markdown": markdown,
                        "html": html,
                        "text": text,
                        "values": values,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            Mail,
        )

    def show(self, key: UUID) -> Mail:
        """What became of a mail."""
        return calls.model_of(self._transport.send(Call("GET", f"/mail/{calls.segment(key)}")), Mail)


class AsyncMailCalls:
    """Mail, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def send(
        self,
        *,
        to: str,
        name: str = UNSET,
        publication: str = UNSET,
        id_: str = UNSET,
        template: str = UNSET,
        subject: str = UNSET,
        markdown: str = UNSET,
        html: str = UNSET,
        text: str = UNSET,
        values: Mapping[
            str,
            bool
            | int
            | float
            | str
            | Sequence[bool | int | float | str | None]
            | Mapping[str, bool | int | float | str | None]
            | Sequence[Mapping[str, bool | int | float | str | None]]
            | None,
        ] = UNSET,
        idempotency_key: str = "",
    ) -> Mail:
        """Send a transactional mail to one person."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/mail",
                    body={
                        "to": to,
                        "name": name,
                        "publication": publication,
                        "id": id_,
                        "template": template,
                        "subject": subject,
                        "markdown": markdown,
                        "html": html,
                        "text": text,
                        "values": values,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            Mail,
        )

    async def show(self, key: UUID) -> Mail:
        """What became of a mail."""
        return calls.model_of(await self._transport.send(Call("GET", f"/mail/{calls.segment(key)}")), Mail)
