"""A relay that keeps a record of what it took, and that can be told to misbehave.

    python -m benchmarks.support.mischief --port 2525 --control 2526 --record FILE

Every message that it takes is a line of the record before it is answered, written at once and appended (O_APPEND), so
that the record outlives a kill and several relays may share it: `A MESSAGE-ID RECIPIENT`. Where it ends a connection on
purpose, the last message of that connection gets a second line, `L …`: its answer may not have arrived.

It always refuses some recipients for good and others the first time, by the number in their address. Everything else
it is told over the control port, a line each: `fault NAME [SECONDS]`, `grant MESSAGES`, `rate MESSAGES_PER_S`, `open`,
and `refuse SECONDS REPLY`: everyone is refused for so long.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.support.smtp_server import Conversation, Tally

BACKLOG = 1_000
# The protocol's steps at which it can hang up; `dot`: after the message, before its answer; `answered`: after that.
STEPS = ("banner", "ehlo", "mail", "rcpt", "data", "body", "dot", "answered")
QUEUE_FULL, GOODBYE = "queue-full", "goodbye"
FAULTS = (*(f"drop-{step}" for step in STEPS), QUEUE_FULL, GOODBYE)
_NUMBER = re.compile(rb"<reader(\d+)@")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NO_MAIL = b"503 5.5.1 Error: need MAIL command\r\n"


def is_gone(number: int) -> bool:
    """Whether the recipient of this number is always refused for good."""
    return number % 97 == 13


def is_shy(number: int) -> bool:
    """Whether the recipient of this number is refused the first time."""
    return number % 89 == 7


@dataclass(slots=True)
class Mischief:
    """What a relay does wrong, and how fast it is. It takes `grant` further messages, `rate` a second."""

    record: int  # an open file
    grant: float = float("inf")
    rate: float = float("inf")
    due: set[str] = field(default_factory=set)
    full_until: float = 0.0
    refuses_until: float = 0.0
    refusal: bytes = b""
    shy_numbers: set[int] = field(default_factory=set)
    free_at: float = 0.0
    conversations: list[RecordingConversation] = field(default_factory=list)
    moments: random.Random = field(default_factory=lambda: random.Random(1))

    def write(self, kind: bytes, message_id: bytes, recipient: bytes) -> None:
        os.write(self.record, b"%s %s %s\n" % (kind, message_id, recipient))

    def take(self, fault: str) -> bool:
        """Whether this fault is due; it happens once."""
        if fault not in self.due:
            return False
        self.due.remove(fault)
        self.write(b"F", fault.encode(), b"-")
        return True

    def obey(self, words: list[str], connections: int) -> str:
        """Do what a line on the control port says; return the answer."""
        match words:
            case ["fault", name, *seconds] if name in FAULTS:
                if name == QUEUE_FULL:
                    self.write(b"F", name.encode(), b"-")
                    self.full_until = time.monotonic() + float(seconds[0] if seconds else 2.0)
                else:
                    self.due.add(name)
                if name in ("drop-banner", "drop-ehlo"):
                    self.due.add("drop-answered")  # connections are kept: without this, nobody would begin one
            case ["grant", number]:
                self.grant = float(number)
                self.serve_conversations()
            case ["refuse", seconds, *reply]:
                self.refusal = " ".join(reply).encode() + b"\r\n"
                self.refuses_until = time.monotonic() + float(seconds)
            case ["rate", number]:
                self.rate = float(number)
            case ["open"]:
                return str(connections)
            case _:
                return "unknown"
        return "done"

    def serve_conversations(self) -> None:
        conversations, self.conversations = self.conversations, []
        for conversation in conversations:
            conversation.accept_in_turn()


class RecordingConversation(Conversation):
    """One connection of such a relay."""

    def __init__(self, tally: Tally, mischief: Mischief) -> None:
        super().__init__(tally)
        self._mischief = mischief
        self._has_sender = False
        self._recipient = b""
        self._message_id = b""
        self._last = (b"", b"")  # the last message that was taken
        self._is_recorded = False
        self._gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._mischief.take("drop-banner"):
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
            return
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone = True
        super().connection_lost(exc)

    def command(self, verb: bytes, line: bytes) -> None:
        if verb in (b"EHLO", b"MAIL", b"RCPT", b"DATA") and self._drops(verb.decode().lower()):
            return
        if verb == b"MAIL":
            self._mail(line)
        elif verb == b"RCPT":
            self._rcpt(line)
        elif verb == b"DATA" and not self._recipient:
            self.say(b"554 5.5.1 Error: no valid recipients\r\n" if self._has_sender else _NO_MAIL)
        else:
            if verb == b"RSET":
                self._has_sender, self._recipient = False, b""
            super().command(verb, line)

    def _mail(self, line: bytes) -> None:
        self._has_sender, self._recipient = False, b""
        if self._mischief.take(GOODBYE):
            self._note_lost()
            self.say(b"421 4.3.2 Service shutting down\r\n")
            self.hang_up(politely=True)
        elif time.monotonic() < self._mischief.full_until:
            self.say(b"452 4.3.1 Insufficient system storage\r\n")
        else:
            self._has_sender = True
            super().command(b"MAIL", line)

    def _rcpt(self, line: bytes) -> None:
        match = _NUMBER.search(line)
        number = int(match[1]) if match else 0
        if not self._has_sender:
            self.say(_NO_MAIL)
        elif time.monotonic() < self._mischief.refuses_until:
            self.say(self._mischief.refusal)
        elif is_gone(number):
            self.say(b"550 5.1.1 No such user here\r\n")
        elif is_shy(number) and number not in self._mischief.shy_numbers:
            self._mischief.shy_numbers.add(number)
            self.say(b"450 4.2.0 Greylisted, try again\r\n")
        else:
            self._recipient = line[line.find(b"<") + 1 : line.find(b">")]
            super().command(b"RCPT", line)

    def body_begins(self) -> None:
        self._drops("body")

    def message(self, content: bytearray, end: int) -> None:
        if self._drops("body"):  # a small body comes whole: then as if its end had not come yet
            return
        match = _MESSAGE_ID.search(content, 0, end)
        self._message_id = match[1] if match else b"-"
        self._is_recorded = False
        if self._mischief.moments.random() < 0.5:  # a server may have it long before it says so, or only then
            self._note_taken()
        self.hold()
        self.accept_in_turn()

    def accept_in_turn(self) -> None:
        """Answer the message once it is granted, at the relay's rate."""
        mischief = self._mischief
        if self._gone:
            return
        if mischief.grant < 1:
            mischief.conversations.append(self)
            return
        mischief.grant -= 1
        now = time.monotonic()
        mischief.free_at = max(now, mischief.free_at) + 1 / mischief.rate
        asyncio.get_running_loop().call_later(mischief.free_at - now, self._accept)

    def _accept(self) -> None:
        if self._gone:
            return
        self._note_taken()
        self.tally.count()
        self._has_sender, self._recipient = False, b""
        if self._drops("dot"):
            return
        self.say(b"250 2.0.0 Ok: queued\r\n")
        if self._mischief.take("drop-answered"):
            self._note_lost()
            self.hang_up(politely=True)
            return
        self.release()

    def _note_taken(self) -> None:
        if not self._is_recorded:
            self._is_recorded = True
            self._last = (self._message_id, self._recipient)
            self._mischief.write(b"A", *self._last)

    def _drops(self, step: str) -> bool:
        if not self._mischief.take(f"drop-{step}"):
            return False
        self._note_lost()
        self.hang_up()
        return True

    def _note_lost(self) -> None:
        if self._last[0]:
            self._mischief.write(b"L", *self._last)


async def _serve(port: int, control: int, record: Path, grant: float) -> None:
    file = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    tally, mischief = Tally(), Mischief(file, grant)

    async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = (await reader.readline()).decode().split()
        writer.write(f"{mischief.obey(words, len(tally.open))}\n".encode())
        await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    await asyncio.start_server(obey, "127.0.0.1", control)
    server = await loop.create_server(
        lambda: RecordingConversation(tally, mischief), "127.0.0.1", port, backlog=BACKLOG
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--grant", type=float, default=float("inf"), help="messages that it takes to begin with")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.control, arguments.record, arguments.grant))


if __name__ == "__main__":
    main()
