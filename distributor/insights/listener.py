"""A small mail server for what comes back: the relay or MX hands bounces over by LMTP (RFC 2033) or SMTP (RFC 5321).

A message is answered with 250 only once it is committed; while the database is away it is 451, and the other side
keeps it. Only addresses of ours are accepted, one a message: bounces have one, and each gets an answer of its own.

Whoever connects can take a known amount of memory: there are so many connections, and of a message no more is kept
than is looked at. aiosmtpd by itself keeps 25 MB as one object a line, and a line without end as a whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections, connection

from distributor.audience import signed_tokens
from distributor.channels.mail.returns.address import BOUNCES, COMPLAINTS, UNSUBSCRIBE, tokens_in
from distributor.channels.mail.returns.message_parts import SIZE
from distributor.domain.errors import ServiceAway
from distributor.insights.returned_mails import take_in_mails, understand

logger = logging.getLogger(__name__)

SIZE_LIMIT = 25_000_000  # bytes: some servers return the whole letter
KEPT = 2 * SIZE  # bytes of a message: what is read of it, with room for its line breaks
CONNECTIONS = 20  # at a time: as many as Postfix opens to one place
_BUFFER = 64 * 1024  # bytes of a connection that wait to be read; many notices have longer lines than RFC 5321 allows
_NULL_RETURN_PATH = b"Return-Path: <>\r\n"
_TIMEOUT = 300  # seconds without a command (RFC 5321 §4.5.3.2.7)
# RFC 5321 §4.5.1 asks for a postmaster, RFC 2142 for abuse: reports are sent to both.
_PLAIN = (BOUNCES, UNSUBSCRIBE, COMPLAINTS, "postmaster", "abuse")


class BoundedSMTP(SMTP):
    """aiosmtpd's server, of which each connection takes a bounded part of our memory."""

    line_length_limit = _BUFFER
    event_handler: Handler
    _is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a conversation, or end it where there are too many."""
        if self.event_handler.connections >= CONNECTIONS:
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"421 4.3.2 Too many connections at once, try again later\r\n")
            transport.close()
            return
        self._is_open = True
        self.event_handler.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_open:
            self._is_open = False
            self.event_handler.connections -= 1
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._is_open:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._is_open else None

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 # aiosmtpd calls it by this name, and its own does the same
        """Take a message: its beginning is kept, the rest is read to its end."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._message()
        if content is None:
            await self.push("552 5.3.4 The message is too large")
            self._writer.close()
            return
        self.envelope.content = self.envelope.original_content = content
        status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)

    async def _message(self) -> bytes | None:
        """Read a message to its end and return its beginning, None for one that is too large."""
        content, size, begins_line = bytearray(), 0, True
        while size <= SIZE_LIMIT:
            try:
                piece, ends_line = await self._reader.readuntil(b"\r\n"), True
            except asyncio.LimitOverrunError as overrun:
                piece, ends_line = await self._reader.read(overrun.consumed), False
            if begins_line and piece == b".\r\n":
                return bytes(content)
            if begins_line and piece.startswith(b"."):
                piece = piece[1:]  # RFC 5321 §4.5.2
            begins_line = ends_line
            size += len(piece)
            content += piece[: KEPT - len(content)]
        return None


class BoundedLMTP(BoundedSMTP, LMTP):
    """The same for LMTP."""


class Handler:
    """Answers for aiosmtpd, which calls these by their names."""

    def __init__(self, domain: str) -> None:
        self._domain = domain.lower()
        self.connections = 0
        # Django's connections belong to threads; one is enough for what comes back.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="returns")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient a message, please"
        local, _, domain = address.lower().rpartition("@")
        if domain != self._domain:
            return "550 5.7.1 This server takes mail for its own addresses only"
        tokens = tokens_in(address)
        if local not in _PLAIN and not any(signed_tokens.recipient_tokens().read(token) for _, token in tokens):
            return "550 5.1.1 There is no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        if not envelope.mail_from:
            content = _NULL_RETURN_PATH + content  # who takes a mail in writes it down (RFC 5321 §4.4)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _take, content, list(envelope.rcpt_tos))

    async def handle_exception(self, error: Exception) -> str:
        logger.warning("A conversation broke: %s", type(error).__name__)
        return "451 4.3.0 Something broke here, try again later"

    def close(self) -> None:
        """End the thread; what it is storing is finished first."""
        self._thread.submit(_disconnect).result()
        self._thread.shutdown()


def _disconnect() -> None:
    connection.close()  # the calling thread's own


def _take(content: bytes, recipients: list[str]) -> str:
    """Take in one message and return the answer."""
    try:
        close_old_connections()
        reading = understand(content, recipients=recipients)
        take_in_mails([reading])
    except DatabaseError as error:
        logger.warning("The database is away, the relay has to keep a message: %s", type(error).__name__)
        return "451 4.3.0 The database is away, try again later"
    logger.info("A %s: %d event(s)", reading.kind.value, len(reading.events))
    if not reading.understood:
        return "550 5.6.0 This address is for delivery reports and complaints, and this is none"
    return "250 2.0.0 OK"


async def serve(*, host: str, port: int, lmtp: bool, domain: str, ready: Callable[[int], None]) -> None:
    """Listen until cancelled; `ready` is told the port. Raises ServiceAway where the port can't be had."""
    handler = Handler(domain)
    kind = BoundedLMTP if lmtp else BoundedSMTP
    options: dict[str, Any] = {
        "data_size_limit": SIZE_LIMIT,
        "enable_SMTPUTF8": True,
        "hostname": domain,
        "ident": "Distributor",
        "timeout": _TIMEOUT,
    }
    try:
        server = await asyncio.get_running_loop().create_server(lambda: kind(handler, **options), host, port)
    except OSError as error:
        raise ServiceAway(f"Port {port} at {host} can’t be listened on: {error.strerror or error}.") from error
    try:
        ready(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()
    finally:
        handler.close()
