"""The mail catcher: an SMTP server that accepts what a relay would, and keeps it.

Addresses whose local part begins with one of these words, alone or before a digit or a sign, are refused as mailboxes
are: `bounce1@…` is unknown, `later@…` is busy, `full@…` is full, `policy@…` does not want this mail.

It is a protocol of its own because aiosmtpd, which reads line by line, took 150 letters of 60 kB a second here, and
this one is not what a sender waits for. RFC 5321, 1870 (SIZE), 2034 (codes), 2920 (PIPELINING), 4954 (AUTH), 6531
(SMTPUTF8).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable

from distributor.practice import faults, identities
from distributor.practice.store import Store

CHANNEL = "mail"
NAME = "mail.practice.invalid"
SIZE_LIMIT = 10_000_000
LINE_LIMIT = 4096  # of a command; RFC 5321 asks for 512, extensions for more
RECIPIENTS_LIMIT = 100
_EXTENSIONS = (
    f"SIZE {SIZE_LIMIT}",
    "8BITMIME",
    "SMTPUTF8",
    "PIPELINING",
    "ENHANCEDSTATUSCODES",
    "AUTH PLAIN",
)
_REFUSALS = {
    "bounce": "550 5.1.1 <{}>: Recipient address rejected: User unknown",
    "later": "450 4.2.1 <{}>: The mailbox is busy, try again later",
    "full": "452 4.2.2 <{}>: The mailbox is full",
    "policy": "550 5.7.1 <{}>: Message refused by policy",
}
_LOCAL_PART = re.compile(rf"({'|'.join(_REFUSALS)})([\d+._-].*)?$", re.IGNORECASE)
_MAIL = re.compile(r"FROM:\s*<([^<>]*)>(.*)$", re.IGNORECASE)
_RCPT = re.compile(r"TO:\s*<([^<>@\s]+@[^<>@\s]+)>(.*)$", re.IGNORECASE)
_SIZE = re.compile(r"\bSIZE=(\d+)", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Mailbox(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._buffer = bytearray()
        self._searched = 0  # how much of the buffer holds no end of data
        self._paused = False
        self._read: Callable[[], bool] = self._read_command
        self._greeted = False
        self._forget()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say(f"220 {NAME} ESMTP Practice world")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._paused and not self._transport.is_closing() and self._read():
            pass

    def _say(self, *lines: str) -> None:
        code = lines[0][:3]
        texts = [lines[0][4:], *lines[1:]]
        answer = "".join(f"{code}{' ' if text is texts[-1] else '-'}{text}\r\n" for text in texts)
        self._transport.write(answer.encode("utf-8"))

    def _forget(self) -> None:
        self._sender: str | None = None
        self._recipients: list[str] = []

    # Commands

    def _read_command(self) -> bool:
        """Carry out one command; False when there is no whole one yet."""
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > LINE_LIMIT:
                self._say("500 5.5.2 Line too long")
                self._transport.close()
            return False
        line = self._buffer[:end].decode("utf-8", "replace")
        del self._buffer[: end + 2]
        verb, _, arguments = line.partition(" ")
        commands: dict[str, Callable[[str], None]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: self._say("250 2.0.0 OK"),
            "QUIT": self._quit,
        }
        command = commands.get(verb.upper())
        if command is None:
            self._say("500 5.5.1 Command unrecognised")
        else:
            command(arguments.strip())
        return True

    def _ehlo(self, _name: str) -> None:
        self._greeted = True
        self._forget()
        self._say(f"250 {NAME}", *_EXTENSIONS)

    def _helo(self, _name: str) -> None:
        self._greeted = True
        self._forget()
        self._say(f"250 {NAME}")

    def _auth(self, arguments: str) -> None:
        mechanism, _, response = arguments.partition(" ")
        if mechanism.upper() != "PLAIN":
            self._say("504 5.5.4 Mechanism not known")
        elif response:
            self._check_login(response)
        else:
            self._say("334 ")
            self._read = self._read_login

    def _read_login(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        response = self._buffer[:end].decode("ascii", "replace")
        del self._buffer[: end + 2]
        self._read = self._read_command
        self._check_login(response)
        return True

    def _check_login(self, response: str) -> None:
        try:
            _, user, password = base64.b64decode(response, validate=True).decode().split("\0")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            self._say("501 5.5.2 Can't read this")
            return
        if (user, password) == (identities.MAIL_USER, identities.MAIL_PASSWORD):
            self._say("235 2.7.0 Welcome")
        else:
            self._say("535 5.7.8 Authentication credentials invalid")

    def _mail(self, arguments: str) -> None:
        match = _MAIL.match(arguments)
        size = _SIZE.search(match.group(2)) if match else None
        if not self._greeted or self._sender is not None:
            self._say("503 5.5.1 Bad sequence of commands")
        elif match is None:
            self._say("501 5.5.4 Syntax: MAIL FROM:<address>")
        elif size and int(size.group(1)) > SIZE_LIMIT:
            self._say("552 5.3.4 Message too big")
        else:
            self._begin(match.group(1))

    def _begin(self, sender: str) -> None:
        fault = self._store.take_fault(CHANNEL, (faults.TOO_MANY, faults.SERVER_ERROR, faults.EXPIRY, faults.SLOW))
        name = fault.name if fault else ""
        if name == faults.TOO_MANY:
            self._say("451 4.7.1 Too many messages, slow down")
        elif name == faults.EXPIRY:
            self._say("530 5.7.0 Authentication required")
        elif name == faults.SERVER_ERROR:
            self._say("421 4.3.2 The system is not accepting messages")
            self._transport.close()
        else:
            self._sender = sender
            if fault:
                self._paused = True
                asyncio.get_running_loop().call_later(fault.seconds, self._resume)
            else:
                self._say("250 2.1.0 OK")

    def _resume(self) -> None:
        self._paused = False
        if not self._transport.is_closing():
            self._say("250 2.1.0 OK")
            self._go_on()

    def _rcpt(self, arguments: str) -> None:
        match = _RCPT.match(arguments)
        if self._sender is None:
            self._say("503 5.5.1 Need MAIL first")
        elif match is None:
            self._say("501 5.1.3 Bad recipient address syntax")
        elif len(self._recipients) >= RECIPIENTS_LIMIT:
            self._say("452 4.5.3 Too many recipients")
        else:
            address = match.group(1)
            refusal = _LOCAL_PART.match(address.rpartition("@")[0])
            if refusal:
                self._say(_REFUSALS[refusal.group(1).lower()].format(address))
            else:
                self._recipients.append(address)
                self._say("250 2.1.5 OK")

    def _data(self, _arguments: str) -> None:
        if not self._recipients:
            self._say("503 5.5.1 Need RCPT first")
            return
        self._say("354 End data with <CR><LF>.<CR><LF>")
        self._read = self._read_content
        self._searched = 0

    def _rset(self, _arguments: str) -> None:
        self._forget()
        self._say("250 2.0.0 OK")

    def _quit(self, _arguments: str) -> None:
        self._say("221 2.0.0 Bye")
        self._transport.close()

    # Content

    def _read_content(self) -> bool:
        """Take the message once its last line is there."""
        if self._buffer.startswith(b".\r\n"):
            content, after = b"", 3
        else:
            end = self._buffer.find(b"\r\n.\r\n", max(self._searched - 4, 0))
            if end < 0:
                self._searched = len(self._buffer)
                if self._searched > 2 * SIZE_LIMIT:
                    self._transport.abort()
                return False
            content, after = bytes(self._buffer[: end + 2]), end + 5
        del self._buffer[:after]
        self._read = self._read_command
        self._take(content.removeprefix(b".").replace(b"\r\n.", b"\r\n"))  # the dots that were stuffed
        self._forget()
        return True

    def _take(self, content: bytes) -> None:
        if len(content) > SIZE_LIMIT:
            self._say("552 5.3.4 Message too big")
            return
        fault = self._store.take_fault(CHANNEL, (faults.DROP_BEFORE, faults.DROP_AFTER))
        if fault is None or fault.name == faults.DROP_AFTER:
            self._keep(content)
        if fault is None:
            self._say("250 2.0.0 OK: queued")
        else:
            self._transport.abort()

    def _keep(self, content: bytes) -> None:
        match = _MESSAGE_ID.search(content[: content.find(b"\r\n\r\n")])
        for recipient in self._recipients:
            self._store.add_mail(
                sender=self._sender or "",
                recipient=recipient,
                message_id=match.group(1).decode("ascii", "replace") if match else "",
                content=content,
            )
