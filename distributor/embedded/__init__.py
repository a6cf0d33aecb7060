"""PostgreSQL and Redis from wheels, for a laptop or a trial.

When `DATABASE_URL` or `REDIS_URL` is not set, `run()` starts the embedded server under the data folder, names it
in the environment (so that child processes find it) and stops it at the end. Several commands may use one data folder
at the same time: the servers stop with the last of them. What a killed command left running is found and used again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from distributor.embedded import postgres, redis, shared_server
from distributor.embedded.postgres import database_folder, database_url
from distributor.embedded.redis import redis_socket, redis_url

__all__ = ["database_folder", "database_url", "redis_socket", "redis_url", "run", "stop_all"]


@contextmanager
def run() -> Iterator[None]:
    """Start what the environment does not name, for as long as the block lasts.

    Raises ServiceAway with what to install or to look at when a server can't be started.
    """
    with ExitStack() as stack:
        for name, start in (("DATABASE_URL", postgres.run), ("REDIS_URL", redis.run)):
            if not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
                os.environ[name] = stack.enter_context(start())
                stack.callback(os.environ.pop, name, None)
        yield


def stop_all() -> None:
    """Stop the servers of this data folder, whoever uses them: before the folder is wiped."""
    for server in (postgres.SERVER, redis.SERVER):
        shared_server.stop(server)
