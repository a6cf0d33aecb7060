"""A small mail server for what comes back: the relay or MX hands bounces over by LMTP (RFC 2033) or SMTP (RFC 5321).

A message is answered with 250 only once it is committed; while the database is away it is 451, and the other side
keeps it. Only addresses of ours are accepted, one a message: bounces have one, and each gets an answer of its own.
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
from distributor.domain.errors import ServiceAway
from distributor.insights.returned_mails import take_in_mails, understand

logger = logging.getLogger(__name__)

SIZE_LIMIT = 25_000_000  # bytes: some servers return the whole letter
_LINE_LIMIT = 100_000  # many notices have longer lines than RFC 5321 allows, and their senders give up on a refusal
_NULL_RETURN_PATH = b"Return-Path: <>\r\n"
_TIMEOUT = 300  # seconds without a command (RFC 5321 §4.5.3.2.7)
# RFC 5321 §4.5.1 asks for a postmaster, RFC 2142 for abuse: reports are sent to both.
_PLAIN = (BOUNCES, UNSUBSCRIBE, COMPLAINTS, "postmaster", "abuse")


class Handler:
    """Answers for aiosmtpd, which calls these by their names."""

    def __init__(self, domain: str) -> None:
        self._domain = domain.lower()
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
    kind = type("Listener", (LMTP if lmtp else SMTP,), {"line_length_limit": _LINE_LIMIT})
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
