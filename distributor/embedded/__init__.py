"""PostgreSQL and Redis from wheels, for a laptop or a trial.

When `DATABASE_URL` or `REDIS_URL` is not set, `run()` starts the embedded server under the data folder, names it
in the environment (so that child processes find it) and stops it at the end. Several commands may use one data folder
at the same time: the servers stop with the last of them. What a killed command left running is found and used again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from distributor import private_folder
from distributor.domain.errors import ServiceAway
from distributor.embedded import postgres, redis, shared_server
from distributor.embedded.postgres import database_folder, database_url
from distributor.embedded.redis import redis_socket, redis_url
from distributor.embedded.shared_server import Server

__all__ = ["Reviver", "database_folder", "database_url", "redis_socket", "redis_url", "run", "stop_all"]


LOOK_SECONDS = 1.0
LONGEST_PAUSE = 30.0  # between two tries to start one that does not start

_SERVERS = {"DATABASE_URL": postgres.SERVER, "REDIS_URL": redis.SERVER}
_in_use: list[Server] = []


@contextmanager
def run() -> Iterator[None]:
    """Start what the environment does not name, for as long as the block lasts.

    Raises ServiceAway with what to install or to look at when a server can't be started.
    """
    private_folder.close()
    with ExitStack() as stack:
        for name, start in (("DATABASE_URL", postgres.run), ("REDIS_URL", redis.run)):
            if not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
                os.environ[name] = stack.enter_context(start())
                stack.callback(os.environ.pop, name, None)
                _in_use.append(_SERVERS[name])
                stack.callback(_in_use.remove, _SERVERS[name])
        yield


class Reviver:
    """Starts the servers that this process runs again when they die: to be asked often. `say` gets sentences."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._look_at = 0.0
        self._failures = 0

    def tend(self) -> None:
        """Look after the servers once a second; one that does not start is tried again after growing pauses."""
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        for server in _in_use:
            try:
                if shared_server.revive(server):
                    self._say(f"{server.label} had died, and was started again.")
                self._failures = 0
            except ServiceAway as error:
                self._failures += 1
                pause = min(LONGEST_PAUSE, 2.0**self._failures)
                self._look_at = now + pause
                self._say(f"{server.label} has died. {error} It is tried again in {pause:g} s.")


def stop_all() -> None:
    """Stop the servers of this data folder, whoever uses them: before the folder is wiped."""
    for server in _SERVERS.values():
        shared_server.stop(server)
