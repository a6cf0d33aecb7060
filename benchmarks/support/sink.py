"""A sink for mail: Debian's `smtp-sink` where it is wanted and there, else one of our own, which counts.

python -m benchmarks.support.sink --port 2525 [--keep FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.house import Child, module, run_children
from benchmarks.support.smtp_server import Conversation, Tally
from benchmarks.support.waits import free_port, greets, wait_for
from distributor.cli.processes import Program

BACKLOG = 1_000


@dataclass(frozen=True, slots=True)
class SinkTally:
    """What a sink of our own says: messages, and the wall-clock times of the first and last of them."""

    messages: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink. Only our own one can be asked (`counts`)."""

    port: int
    child: Child
    counts: bool

    def ask(self) -> SinkTally:
        """Return what has come in."""
        return ask(self.port)


def ask(port: int) -> SinkTally:
    """Return what a sink of our own on this port has counted. Raises OSError where it does not answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, connection.makefile("rwb") as lines:
        lines.readline()
        lines.write(b"XCOUNT\r\nQUIT\r\n")
        lines.flush()
        _, messages, first, last = lines.readline().split()
    return SinkTally(int(messages), float(first), float(last))


@contextmanager
def running_sink(folder: Path, *, debian: bool = True, keep: Path | None = None, name: str = "sink") -> Iterator[Sink]:
    """Have a sink for as long as the block lasts: `smtp-sink` where `debian` and it is installed, else our own.

    Our own one keeps the first message as it came over the wire in the file `keep`.
    """
    port, program = free_port(), shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    own = not debian or program is None
    if own:
        keep_options = () if keep is None else ("--keep", keep)
        command = module("benchmarks.support.sink", "--port", port, *keep_options)
    else:
        command = (str(program), "-u", "nobody", "-m", "1000", f"127.0.0.1:{port}", str(BACKLOG))
    child = Child(Program(name, command), folder)
    with run_children(child):
        wait_for(lambda: greets(port), seconds=15, description=f"the sink answers, see {child.log}")
        yield Sink(port, child, own)


class _KeepFirst(Conversation):
    """Keeps the first message, as it came over the wire."""

    def __init__(self, tally: Tally, file: Path) -> None:
        super().__init__(tally)
        self._file = file

    def message(self, content: bytearray, end: int) -> None:
        if not self.tally.messages:
            self._file.write_bytes(bytes(content[:end]) + b"\r\n")
        super().message(content, end)


async def _serve(port: int, keep: Path | None) -> None:
    tally = Tally()
    server = await asyncio.get_running_loop().create_server(
        lambda: Conversation(tally) if keep is None else _KeepFirst(tally, keep), "127.0.0.1", port, backlog=BACKLOG
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--keep", type=Path, help="where the first message is written")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.keep))


if __name__ == "__main__":
    main()
