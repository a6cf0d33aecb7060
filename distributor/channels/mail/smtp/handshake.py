"""How a connection to a relay begins: connect, encrypt, log in.

Sources: RFC 5321 §4.1.1.1 (EHLO), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from distributor.channels.addresses import checked_addresses
from distributor.channels.base import AWAY
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import HungUp, Reply, Stopped, read_reply, reason
from distributor.channels.mail.smtp.login import log_in
from distributor.channels.mail.smtp.timeouts import Timeouts
from distributor.channels.mail.smtp.wire import Babble, Extensions, Replies
from distributor.channels.responses import excerpt
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Deferred, Reconnect


@dataclass(frozen=True, slots=True)
class ReadyConnection:
    """A connection that is ready for mail, and what its server offers."""

    transport: asyncio.Transport
    extensions: Extensions


class Encrypt(Protocol):
    """Returns the TLS context for a relay."""

    def __call__(self) -> ssl.SSLContext: ...


class Dialogue(asyncio.Protocol):
    """One command, one reply: how every conversation begins. Lost connections and babble are raised by `ask`."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.replies = Replies()
        self._reply_queue: deque[tuple[int, bytes]] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._reply_queue.extend(self.replies.feed(data))
        if self.replies.babble:
            self._error = Babble()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._error = self._error or exc or HungUp()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def ask(self, line: str | None, seconds: float) -> tuple[int, bytes]:
        """Send a command (None to hear the greeting) and return its reply. Raises OSError or Babble."""
        if line is not None:
            self.transport.write(line.encode("utf-8") + b"\r\n")
        async with asyncio.timeout(seconds):
            while not self._reply_queue:
                if self._error is not None:
                    raise self._error
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
        return self._reply_queue.popleft()

    @property
    def heard_all(self) -> bool:
        """Whether nothing has come beyond the replies that were asked for."""
        return not self._reply_queue and self.replies.empty


async def open_connection(relay: Relay, timeouts: Timeouts, context: Encrypt) -> ReadyConnection:
    """Connect, encrypt and log in. Raises Stopped with what that means for everyone."""
    try:
        dialogue = await _connect(relay, timeouts, context)
    except AddressRefused as error:
        raise Stopped(Reconnect(str(error))) from None
    except OSError as error:
        raise Stopped(Deferred(f"{relay.label} can’t be reached: {reason(error)}", code=AWAY)) from None
    try:
        return await _introduce(dialogue, relay, timeouts, context)
    except (OSError, Babble) as error:
        dialogue.transport.abort()
        raise Stopped(Deferred(f"{relay.label} did not let us in: {reason(error)}", code=AWAY)) from None
    except BaseException:
        dialogue.transport.abort()
        raise


async def _connect(relay: Relay, timeouts: Timeouts, context: Encrypt) -> Dialogue:
    """Connect to the first of the relay's addresses that answers. Raises OSError, and AddressRefused."""
    tls_context = context() if relay.encryption == "implicit" else None
    failure = OSError("it has no address")
    async with asyncio.timeout(timeouts.connect):
        for address in await _addresses(relay):
            try:
                _, dialogue = await asyncio.get_running_loop().create_connection(
                    Dialogue, address, relay.port, ssl=tls_context, server_hostname=relay.host if tls_context else None
                )
            except OSError as error:
                failure = error
            else:
                return dialogue
    raise failure


async def _addresses(relay: Relay) -> Sequence[str]:
    """Resolve a relay's name, once: what is checked here is what is connected to."""
    entries = await asyncio.get_running_loop().getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    return checked_addresses(relay.host, addresses) if relay.guarded else addresses


async def _introduce(dialogue: Dialogue, relay: Relay, timeouts: Timeouts, context: Encrypt) -> ReadyConnection:
    greeting_reply = read_reply(*await dialogue.ask(None, timeouts.greeting))
    if greeting_reply.code != 220:
        raise _not_let_in(relay, greeting_reply)
    extensions = await _hello(dialogue, relay, timeouts)
    if relay.encryption in ("required", "optional"):
        if extensions.starttls:
            await _start_tls(dialogue, relay, timeouts, context())
            extensions = await _hello(dialogue, relay, timeouts)  # RFC 3207 §4.2: what was said before is forgotten
        elif relay.encryption == "required":
            raise Stopped(
                Reconnect(
                    f"{relay.label} offers no encryption (STARTTLS): use smtps:// if it has a port for that, or "
                    "starttls=optional in its address."
                )
            )
    if relay.user:
        await _log_in(dialogue, relay, timeouts, extensions)
    return ReadyConnection(dialogue.transport, extensions)


async def _hello(dialogue: Dialogue, relay: Relay, timeouts: Timeouts) -> Extensions:
    """Say EHLO, or HELO to a server that does not know it (RFC 5321 §3.2), and return what is offered."""
    code, text = await dialogue.ask(f"EHLO {_own_name()}", timeouts.command)
    if 200 <= code < 300:
        return Extensions.of(text)
    if code >= 500:
        code, text = await dialogue.ask(f"HELO {_own_name()}", timeouts.command)
        if 200 <= code < 300:
            return Extensions()
    raise _not_let_in(relay, read_reply(code, text))


async def _start_tls(dialogue: Dialogue, relay: Relay, timeouts: Timeouts, context: ssl.SSLContext) -> None:
    reply = read_reply(*await dialogue.ask("STARTTLS", timeouts.command))
    if not reply.good:
        raise _not_let_in(relay, reply)
    if not dialogue.heard_all:
        raise Babble  # somebody put words before the encryption, to be taken for the server's own (CVE-2011-0411)
    async with asyncio.timeout(timeouts.connect):
        tls_transport = await asyncio.get_running_loop().start_tls(
            dialogue.transport, dialogue, context, server_hostname=relay.host
        )
    if tls_transport is None:
        raise HungUp
    dialogue.transport = tls_transport


async def _log_in(dialogue: Dialogue, relay: Relay, timeouts: Timeouts, extensions: Extensions) -> None:
    if dialogue.transport.get_extra_info("sslcontext") is None and not relay.is_local:
        raise Stopped(Reconnect(f"{relay.label} offers no encryption, so the password was not sent to it."))
    reply = await log_in(relay, extensions, lambda line: dialogue.ask(line, timeouts.command))
    if not reply.good and reply.code < 500:
        raise _not_let_in(relay, reply)
    if reply.code >= 500 and reply.code != 503:  # 503: it knows us already
        raise Stopped(Reconnect(f"{relay.label} does not accept the user name and password.", code=str(reply.code)))


def _not_let_in(relay: Relay, reply: Reply) -> Stopped:
    words = excerpt(reply.text, (relay.password,))
    return Stopped(Deferred(f"{relay.label} did not let us in: {words}", code=AWAY))


def _own_name() -> str:
    """Return our name for EHLO, without asking DNS: a full one, or an address literal (RFC 5321 §4.1.3)."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
