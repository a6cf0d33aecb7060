"""Everything that can go wrong while a campaign is under way, done on purpose. Kills only what the run has started."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import redis.exceptions

from benchmarks.support import house, ledger
from benchmarks.support.house import Child, module
from benchmarks.support.mischief import FAULTS
from benchmarks.support.waits import free_port, greets, wait_for
from distributor.cli.processes import Program
from distributor.domain.errors import ServiceAway
from distributor.embedded import postgres
from distributor.embedded import redis as embedded_redis
from distributor.embedded.shared_server import Server

AWAY_SECONDS = 1.0  # at most: how long a killed server stays away
RESTART_SECONDS = 60.0
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Relay:
    """The relay with the record: it can be killed, started again on the same port, and told to misbehave."""

    def __init__(self, folder: Path) -> None:
        self.port, self._control = free_port(), free_port()
        self.record = folder / "record"
        options = ("--port", self.port, "--control", self._control, "--record", self.record, "--grant", 0)
        self.child = Child(Program("relay", module("benchmarks.support.mischief", *options)), folder)
        self._message_count, self._read = 0, 0

    def start(self) -> None:
        """Start it, or start it again; it takes nothing until it is told to."""
        self.child.start()
        wait_for(lambda: greets(self.port), seconds=15, description=f"the relay answers, see {self.child.log}")

    def tell(self, line: str) -> str:
        """Say one line on the control port and return the answer. Raises OSError while the relay is away."""
        with socket.create_connection(("127.0.0.1", self._control), timeout=10) as connection:
            connection.sendall(f"{line}\n".encode())
            return connection.makefile().readline().strip()

    def message_count(self) -> int:
        """Return how many messages have been taken so far."""
        with suppress(FileNotFoundError), self.record.open("rb") as file:
            file.seek(self._read)
            lines = file.read()
            self._read += len(lines)
            self._message_count += lines.count(b"\nA ") + lines.startswith(b"A ")
        return self._message_count


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to disturb: worker groups, beat and relay, beside the run's PostgreSQL and Redis."""

    workers: Sequence[Child]
    beat: Child
    relay: Relay
    chance: random.Random

    def kill_worker(self) -> None:
        """A whole group: Celery's main process and its pool."""
        victim = self.chance.choice(self.workers)
        victim.kill()
        victim.start()

    def kill_pool_process(self) -> None:
        """One process of a pool, as the kernel does for want of memory."""
        victim = self.chance.choice(self.workers)
        with suppress(psutil.NoSuchProcess):
            pool = psutil.Process(victim.pid).children()
            if pool:
                self.chance.choice(pool).kill()
                return
        self.kill_worker()  # it is just starting and has no pool yet

    def kill_beat(self) -> None:
        self.beat.kill()
        self.beat.start()

    def kill_redis(self) -> None:
        with suppress(redis.exceptions.RedisError):
            os.kill(house.redis_pid(), signal.SIGKILL)
        self._come_back(embedded_redis.SERVER)

    def kill_postgres(self) -> None:
        """The postmaster: its backends find out and end, and the next start recovers from the log."""
        os.kill(house.postgres_pid(), signal.SIGKILL)
        self._come_back(postgres.SERVER)

    def kill_backend(self) -> None:
        """One backend: PostgreSQL then ends all others and recovers by itself."""
        with suppress(psycopg.OperationalError), ledger.connect() as database:
            pids = [int(str(pid)) for (pid,) in database.execute(_BACKENDS).fetchall()]
            with suppress(ProcessLookupError, IndexError):
                os.kill(self.chance.choice(pids), signal.SIGKILL)
        wait_for(postgres.SERVER.answers, seconds=RESTART_SECONDS, description="PostgreSQL recovers")

    def kill_relay(self) -> None:
        self.relay.child.kill()
        time.sleep(self.chance.random() * AWAY_SECONDS)
        self.relay.start()

    def empty_redis(self) -> None:
        with suppress(redis.exceptions.RedisError), house.broker() as client:
            client.flushall()

    def misbehave(self, fault: str) -> None:
        """Let the relay do one thing wrong."""
        self.relay.tell(f"fault {fault} {self.chance.uniform(0.5, 3.0):.1f}")

    def _come_back(self, server: Server) -> None:
        """Start a killed server again after a moment, on the same folder, socket and port."""
        wait_for(lambda: not server.answers(), seconds=10, description=f"{server.name} is gone")
        time.sleep(self.chance.random() * AWAY_SECONDS)
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                return server.start()
            except ServiceAway:  # the backends of the killed one are not all gone yet
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


KILLS: dict[str, Callable[[Scene], None]] = {
    "worker": Scene.kill_worker,
    "pool-process": Scene.kill_pool_process,
    "beat": Scene.kill_beat,
    "redis": Scene.kill_redis,
    "postgres": Scene.kill_postgres,
    "backend": Scene.kill_backend,
    "relay": Scene.kill_relay,
}
FLUSH = "flush-redis"
OTHER_DISTURBANCES = (FLUSH, *FAULTS)


def disturb(scene: Scene, kind: str) -> None:
    """Do one of KILLS or OTHERS."""
    if kind in KILLS:
        KILLS[kind](scene)
    elif kind == FLUSH:
        scene.empty_redis()
    else:
        scene.misbehave(kind)
