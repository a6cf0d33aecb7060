"""One ready message, again and again, over pipelined connections: no rendering, no ledger, nobody to remember.

    python -m benchmarks.support.replay --port 2525 --file mail.eml --connections 20 --seconds 4

The body of one message and the envelope of the next go out in one write (RFC 2920), as in the product; what is left out
is everything but the sending. Prints one JSON object: messages, seconds, cpu_seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

SENDER = "letters@lantern.example"
WARM_UP_SHARE = 0.2  # of the time, before counting starts


@dataclass(slots=True)
class Count:
    """Messages that were accepted, and whether there is still time for another one."""

    messages: int = 0
    going_on: bool = True
    problem: str = ""
    open: set[asyncio.Future[None]] = field(default_factory=set)


class Repeater(asyncio.Protocol):
    """One connection that always has one body under way, and the next envelope behind it.

    The answers of a turn are: the body's, MAIL's, RCPT's, and DATA's 354. So every 354 but the first one says that a
    message was accepted, and nothing else needs to be looked at but whether an answer is a refusal.
    """

    def __init__(self, envelope: bytes, body: bytes, count: Count, end: asyncio.Future[None]) -> None:
        self._envelope = envelope
        self._next = body + envelope
        self._count = count
        self._end = end
        self._open_line = b"\n"  # of a line that has not ended, after the break before it
        self._begun = self._greeted = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._count.going_on:
            self._count.problem = f"the sink closed the connection ({exc})"
        if not self._end.done():
            self._end.set_result(None)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        answers = self._open_line + data
        if answers[-1] != 10:  # the last line goes on in what comes next
            end = answers.rindex(b"\n")
            answers, self._open_line = answers[:end], answers[end:]
        else:
            self._open_line = b"\n"
        if b"\n4" in answers or b"\n5" in answers:
            self._count.problem = f"the sink said {answers.decode(errors='replace').strip()}"
            self._transport.abort()
        elif b"\n354" in answers:
            self._count.messages += self._begun
            self._begun = True
            self._transport.write(self._next) if self._count.going_on else self._transport.abort()
        elif not self._begun:
            self._begin(answers)

    def _begin(self, answers: bytes) -> None:
        assert self._transport is not None
        if b"\n220 " in answers:
            self._transport.write(b"EHLO bench.example\r\n")
        elif b"\n250 " in answers and not self._greeted:
            self._greeted = True
            self._transport.write(self._envelope)


async def replay(port: int, message: bytes, connections: int, seconds: float) -> dict[str, float]:
    """Send for so long and return the figures. `message` has its dots stuffed. Raises SystemExit."""
    envelope = f"MAIL FROM:<{SENDER}> SIZE={len(message)}\r\nRCPT TO:<reader@gmail.example>\r\nDATA\r\n".encode()
    loop, count = asyncio.get_running_loop(), Count()
    for _ in range(connections):
        end = loop.create_future()
        count.open.add(end)
        protocol = partial(Repeater, envelope, message + b".\r\n", count, end)
        await loop.create_connection(protocol, "127.0.0.1", port)
    await asyncio.sleep(seconds * WARM_UP_SHARE)
    before, began, cpu = count.messages, time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds * (1 - WARM_UP_SHARE))
    message_count, took, cpu = count.messages - before, time.perf_counter() - began, time.process_time() - cpu
    count.going_on = False
    await asyncio.wait(count.open, timeout=10)
    if count.problem:
        raise SystemExit(f"The replay failed: {count.problem}.")
    return {"messages": message_count, "seconds": took, "cpu_seconds": cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="the message, lines ended by CRLF, dots stuffed")
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    figures = asyncio.run(replay(arguments.port, arguments.file.read_bytes(), arguments.connections, arguments.seconds))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
