"""One server, many commands: the first one starts it, the last one stops it, whatever died in between.

Who uses a server is said by a shared `flock` on a file: the kernel takes it back from a process that is killed, so
there is no list of users that could be wrong.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributor import paths, private_folder
from distributor.domain.errors import BadSettings

SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux, 104 on macOS and the BSDs


@dataclass(frozen=True, slots=True)
class Server:
    """One kind of embedded server of the current data folder.

    `answers` looks whether it can be used now, `start` returns once it answers (raises ServiceAway), `stop` returns
    once it is gone. `label` is its name for people; `runs` says whether it has a process, which may be busy starting.
    """

    name: str
    label: str
    answers: Callable[[], bool]
    start: Callable[[], None]
    stop: Callable[[], None]
    runs: Callable[[], bool]


@contextmanager
def run_shared(server: Server) -> Iterator[None]:
    """Have the server running for as long as the block lasts."""
    _make_home()
    with (paths.home() / f"{server.name}.users").open("a+") as users:
        with _alone(server):
            fcntl.flock(users, fcntl.LOCK_SH)  # says "in use" for as long as the block lasts
            if not server.answers():
                server.start()
        try:
            yield
        finally:
            with _alone(server):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # another command still uses it and will stop it
                else:
                    server.stop()


def revive(server: Server) -> bool:
    """Start the server again where it has died, though it is in use; return whether it had. Raises ServiceAway."""
    with _alone(server):
        if server.runs() or server.answers():
            return False
        server.start()
        return True


def stop(server: Server) -> None:
    """Stop the server whoever uses it."""
    if paths.home().is_dir():
        with _alone(server):
            if server.answers():
                server.stop()


@contextmanager
def _alone(server: Server) -> Iterator[None]:
    """One command at a time looks whether the server is there and starts or stops it."""
    with (paths.home() / f"{server.name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_home() -> None:
    folder = paths.home()
    try:
        private_folder.make(folder)
    except OSError as error:
        raise BadSettings(
            f"The data folder {folder} can't be made: set DISTRIBUTOR_HOME to a folder that can be written."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSettings(f"The data folder {folder} can't be written: set DISTRIBUTOR_HOME to one that can.")


def stand_in(path: Path) -> Path:
    """Return `path`, or a short one in the temporary folder where a socket's path may not be that long."""
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"distributor-{os.geteuid()}-{name}"
