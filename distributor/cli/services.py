"""What `up` and `demo` run: the programs of the whole house, their ports, and their environment."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

from distributor import paths, private_folder
from distributor.cli.processes import Program, Stop, Supervisor
from distributor.domain.errors import BadInput, BadSettings, ServiceAway

HOST = "127.0.0.1"
PORT = 8000
PRACTICE_PORT = 8025  # the same every time where it is free, so that links of earlier posts still lead there
START_SECONDS = 30.0
WORKER_STOP_SECONDS = 15.0  # a group of mails or a post that is under way is finished first


def practice(port: int) -> Program:
    """Return the practice world; a port of its own keeps its addresses the same when it is started again."""
    return Program("practice", (sys.executable, "-m", "distributor.practice", "--http-port", str(port)))


def web(host: str, port: int) -> Program:
    options = ("--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "3")
    command = (
        sys.executable,
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--host",
        host,
        "--port",
        str(port),
        *options,
    )
    return Program("web", command)


def worker(concurrency: int) -> Program:
    # No gossip and no mingling: workers here don't need each other, and start a second earlier.
    options = ("--concurrency", str(concurrency), "--without-gossip", "--without-mingle")
    return Program(
        "worker", (sys.executable, "-m", "celery", "--quiet", "-A", "tasks", "worker", *options), WORKER_STOP_SECONDS
    )


def beat() -> Program:
    # Its pid file would outlive a kill and hinder the next start; the lock of `up` is what keeps it single.
    options = ("--schedule", str(paths.home() / "beat-schedule"), "--pidfile=")
    return Program("beat", (sys.executable, "-m", "celery", "--quiet", "-A", "tasks", "beat", *options))


def supervisor(say: Callable[[str], None]) -> Supervisor:
    """Return a supervisor for programs of this data folder."""
    return Supervisor(paths.home(), paths.home() / "logs", say, _environment())


def _environment() -> dict[str, str]:
    """Return what the children need beside our environment: they run in the data folder.

    Celery and uvicorn put the working directory on Python's path, where a stray `tasks.py` would shadow ours.
    """
    from config.environment import VARIABLES

    names = [f"{variable.name}_FILE" for variable in VARIABLES if variable.secret]
    files = {name: str(Path(os.environ[name]).resolve()) for name in names if os.environ.get(name)}
    return {"DISTRIBUTOR_HOME": str(paths.home()), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1", **files}


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = HOST, *, preference: int = 0) -> int:
    """Return `preference` where it is free and no other house of this user is about to take it, else any free port.

    It is ours for as long as this process lives: a web server listens seconds later, and two houses that are started at
    once would choose the same.
    """
    if preference and is_free(host, preference) and _claim(preference):
        return preference
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


_claims: list[int] = []  # lock files, by their descriptors, of ports that this process chose


def _claim(port: int) -> bool:
    path = Path(tempfile.gettempdir(), f"distributor-port-{port}-of-{os.getuid()}.lock")
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return True  # somebody else's file: then nobody is asked
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _claims.append(lock)
    return True


def practice_url() -> str:
    """Return where the practice world's pages are, or "" while it does not run."""
    try:
        return str(json.loads(paths.practice_description().read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return ""


def wait_until(ready: Callable[[], bool], name: str, children: Supervisor, stop: Stop) -> None:
    """Wait for a child. Raises ServiceAway where it is not ready in time, KeyboardInterrupt once told to stop."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        stop.check()
        children.tend()
        if time.monotonic() > deadline:
            raise ServiceAway(f"{name} did not start in {START_SECONDS:.0f} s: its log is {children.log(name)}.")
        time.sleep(0.05)


def is_alive(host: str, port: int) -> bool:
    """Whether our web server answers there."""
    address = f"[{host}]" if ":" in host else host
    # By a name that the settings always allow, wherever it listens.
    request = urllib.request.Request(f"http://{address}:{port}/healthz", headers={"Host": HOST})
    with contextlib.suppress(OSError, HTTPException), urllib.request.urlopen(request, timeout=1) as response:  # noqa: S310
        return bool(response.status == HTTPStatus.OK)
    return False


@contextmanager
def alone(path: Path, sentence: str) -> Iterator[None]:
    """Hold a lock file for as long as the block lasts. Raises BadInput with `sentence` where another one holds it."""
    try:
        private_folder.make(path.parent)
        lock = path.open("a+")
    except OSError as error:
        raise BadSettings(
            f"The data folder {path.parent} can't be written: set DISTRIBUTOR_HOME to a folder that can."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(sentence) from None
        yield


def is_held(path: Path) -> bool:
    """Whether someone holds this lock file right now."""
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
