"""An SMTP server that takes everything, fast: commands may be pipelined (RFC 2920), answers go out in one write.

Subclasses note what comes in, and misbehave. Sources: RFC 5321, RFC 2920.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

_GREETING = b"220 sink.example ESMTP\r\n"
_HELLO = (
    b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE 33554432\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
    b"250 ENHANCEDSTATUSCODES\r\n"
)
_OK = b"250 2.0.0 Ok\r\n"
_GO_ON = b"354 End data with <CR><LF>.<CR><LF>\r\n"
_END = b"\r\n.\r\n"


@dataclass(slots=True)
class Tally:
    """What came in: how many messages, and the wall-clock times of the first and the last."""

    messages: int = 0
    first: float = 0.0
    last: float = 0.0
    open: set[Conversation] = field(default_factory=set)

    def count(self) -> None:
        self.last = time.time()
        self.first = self.first or self.last
        self.messages += 1


class Conversation(asyncio.Protocol):
    """One connection. `XCOUNT` is answered with the tally: 250 MESSAGES FIRST LAST."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.transport: asyncio.Transport | None = None
        self.sender = self.recipient = b""
        self._in = bytearray()
        self._out: list[bytes] = []
        self._in_body = False
        self._searched = 0
        self._held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.tally.open.add(self)
        self.say(_GREETING)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncio's signature
        self.tally.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self._in += data
        self.go_on()

    def go_on(self) -> None:
        """Work through what has come in, until more is needed or an answer is held back."""
        while not self._held and self._step():
            pass
        self._flush()

    def hold(self) -> None:
        """Leave what comes after this unread until `release`: the answer takes time."""
        self._held = True

    def release(self) -> None:
        self._held = False
        self.go_on()

    def say(self, answer: bytes) -> None:
        self._out.append(answer)

    def hang_up(self, *, politely: bool = False) -> None:
        """End the connection, at once or after what has been said."""
        assert self.transport is not None
        self._held = True
        if politely:
            self._flush()
            self.transport.close()
        else:
            self._out.clear()
            self.transport.abort()

    def command(self, verb: bytes, line: bytes) -> None:
        """Answer one command."""
        if verb == b"MAIL":
            self.sender = line
            self.say(_OK)
        elif verb == b"RCPT":
            self.recipient = line
            self.say(_OK)
        elif verb == b"DATA":
            self.expect_body()
        elif verb in (b"EHLO", b"HELO"):
            self.say(_HELLO if verb == b"EHLO" else _OK)
        elif verb == b"QUIT":
            self.say(b"221 2.0.0 Bye\r\n")
            self.hang_up(politely=True)
        elif verb == b"XCOUNT":
            self.say(b"250 %d %.6f %.6f\r\n" % (self.tally.messages, self.tally.first, self.tally.last))
        else:
            self.say(_OK)

    def expect_body(self) -> None:
        self.say(_GO_ON)
        self._in_body = True
        self._searched = 0

    def body_begins(self) -> None:
        """Called while a body is still incomplete."""

    def message(self, content: bytearray, end: int) -> None:  # noqa: ARG002 # for subclasses
        """Take a message: `content` up to `end`, dots not unstuffed. Answers."""
        self.tally.count()
        self.say(_OK)

    def _step(self) -> bool:
        return self._read_body() if self._in_body else self._read_command()

    def _read_command(self) -> bool:
        end = self._in.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._in[:end])
        del self._in[: end + 2]
        self.command(line[:6].split(b" ", 1)[0].upper(), line)
        return True

    def _read_body(self) -> bool:
        end = 0 if self._in.startswith(b".\r\n") else self._in.find(_END, max(0, self._searched - len(_END)))
        if end < 0:
            self._searched = len(self._in)
            if self._in:
                self.body_begins()
            return False
        self._in_body = False
        self.message(self._in, end)
        del self._in[: end + (3 if self._in.startswith(b".\r\n") else len(_END))]
        return True

    def _flush(self) -> None:
        if self._out and self.transport is not None:
            self.transport.write(b"".join(self._out))
        self._out.clear()
