"""The mail catcher: an SMTP server that accepts what a relay would, and keeps it.

Addresses whose local part begins with one of these words, alone or before a digit or a sign, are refused as mailboxes
are: `bounce1@…` is unknown, `later@…` is busy, `full@…` is full, `policy@…` does not want this mail.
"""

from __future__ import annotations

import asyncio
import re

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from distributor.practice import cast, misbehaving
from distributor.practice.store import Store

CHANNEL = "mail"
SIZE_LIMIT = 10_000_000
ACCEPTED = "250 2.0.0 OK: queued"
_REFUSED = {
    "bounce": "550 5.1.1 <{}>: Recipient address rejected: User unknown",
    "later": "450 4.2.1 <{}>: The mailbox is busy, try again later",
    "full": "452 4.2.2 <{}>: The mailbox is full",
    "policy": "550 5.7.1 <{}>: Message refused by policy",
}
_LOCAL_PART = re.compile(rf"({'|'.join(_REFUSED)})([\d+._-].*)?$", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Catcher:
    """aiosmtpd's handler: one method a step of the conversation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_MAIL(  # noqa: N802 # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._store.take_fault(
            CHANNEL, (misbehaving.TOO_MANY, misbehaving.BROKEN, misbehaving.EXPIRED, misbehaving.SLOW)
        )
        if fault and fault.name == misbehaving.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault and fault.name == misbehaving.TOO_MANY:
            return "451 4.7.1 Too many messages, slow down"
        elif fault and fault.name == misbehaving.EXPIRED:
            return "530 5.7.0 Authentication required"
        elif fault:
            return "421 4.3.2 The system is not accepting messages"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = _LOCAL_PART.match(address.rpartition("@")[0])
        if refused:
            return _REFUSED[refused.group(1).lower()].format(address)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 # aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        fault = self._store.take_fault(CHANNEL, (misbehaving.DROP_BEFORE, misbehaving.DROP_AFTER))
        if fault is None or fault.name == misbehaving.DROP_AFTER:
            self._keep(envelope)
        if fault is not None and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return ACCEPTED

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = _MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        for recipient in envelope.rcpt_tos:
            self._store.add_mail(
                sender=envelope.mail_from or "",
                recipient=recipient,
                message_id=found.group(1).decode("ascii", "replace") if found else "",
                content=content,
            )


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    """Let in who knows the practice password."""
    known = (login.login, login.password) == (cast.MAIL_USER.encode(), cast.MAIL_PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def protocol(store: Store, loop: asyncio.AbstractEventLoop) -> SMTP:
    """Return the server's side of one new connection."""
    return SMTP(
        Catcher(store),
        hostname="mail.practice.invalid",
        ident="Practice world",
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        authenticator=authenticate,
        auth_require_tls=False,  # it only ever listens on this machine
        auth_exclude_mechanism=["LOGIN"],
        loop=loop,
        # A dispatch sends thousands of messages on one connection; aiosmtpd's limit of calls would end it.
        command_call_limit={"*": 10_000_000},
    )
