"""A TCP proxy that is far away: every chunk arrives later, and no slower than it came.

    python -m benchmarks.support.delay_proxy --port 2600 --to 2525 --delay-ms 50

Half of the delay is added in each direction, also to connecting and closing. Bandwidth is not limited, and chunks stay
in order, so a burst of pipelined commands arrives as the burst that it was.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Callable

BACKLOG = 1_000


class Later:
    """Does things one after the other, each a fixed time after it was asked for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._queue: deque[tuple[float, Callable[[], None]]] = deque()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def do(self, call: Callable[[], None]) -> None:
        self._queue.append((self._loop.time() + self._seconds, call))
        if self._timer is None:
            self._timer = self._loop.call_at(self._queue[0][0], self._work)

    def _work(self) -> None:
        now = self._loop.time()
        while self._queue and self._queue[0][0] <= now:
            self._queue.popleft()[1]()
        self._timer = self._loop.call_at(self._queue[0][0], self._work) if self._queue else None


class End(asyncio.Protocol):
    """One side of a proxied connection: what it gets goes to the other side later."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self._transport: asyncio.Transport | None = None
        self._early: list[bytes] = []  # what arrived before the other side was connected
        self._closing = False
        self.peer: End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._closing:
            transport.abort()
            return
        self._transport = transport
        if self._early:
            transport.write(b"".join(self._early))

    def data_received(self, data: bytes) -> None:
        peer = self.peer
        assert peer is not None
        self._later.do(lambda: peer.write(data))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.peer is not None:
            self._later.do(self.peer.close if exc is None else self.peer.abort)

    def write(self, data: bytes) -> None:
        if self._transport is None:
            self._early.append(data)
        elif not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.abort()


def _pair(port: int, seconds: float) -> End:
    """Return the near end of a connection whose far end connects to `port`, half the delay later."""
    loop = asyncio.get_running_loop()
    near, far = End(Later(seconds)), End(Later(seconds))
    near.peer, far.peer = far, near

    async def connect() -> None:
        await asyncio.sleep(seconds)
        try:
            await loop.create_connection(lambda: far, "127.0.0.1", port)
        except OSError:
            near.abort()

    task = loop.create_task(connect())
    _connect_tasks.add(task)
    task.add_done_callback(_connect_tasks.discard)
    return near


_connect_tasks: set[asyncio.Task[None]] = set()  # asyncio itself only keeps weak references


async def serve(port: int, to: int, delay_ms: float) -> None:
    """Proxy until cancelled."""
    seconds = delay_ms / 2_000
    server = await asyncio.get_running_loop().create_server(
        lambda: _pair(to, seconds), "127.0.0.1", port, backlog=BACKLOG
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", type=int, required=True, help="the port behind the delay")
    parser.add_argument("--delay-ms", type=float, default=50.0, help="there and back")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.to, arguments.delay_ms))


if __name__ == "__main__":
    main()
