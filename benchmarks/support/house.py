"""A house of its own for one run: a data folder, PostgreSQL and Redis, Django set up on them, and its processes.

Nothing of an installation around is used, and nothing of the run is left behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis

from distributor.cli import services
from distributor.cli.processes import Program
from distributor.embedded import postgres, redis, shared_server

ROOT = Path(__file__).resolve().parents[2]
SITE_URL = "https://letters.example"
STOP_SECONDS = 20.0
_VARIABLE_PREFIXES = (
    "DATABASE_URL",
    "REDIS_URL",
    "DISTRIBUTOR_",
)  # beginnings of the variables that an installation may have set


class Child:
    """A process group that is started, killed and started again: a program, and what it brings along."""

    def __init__(self, program: Program, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.program = program
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the process, which is also its group's. It has to be running."""
        assert self._process is not None, f"{self.program.name} does not run"
        return self._process.pid

    @property
    def log(self) -> Path:
        return self._folder / f"{self.program.name}.log"

    def start(self) -> None:
        """Start it; it writes to NAME.log in the run's folder."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def died(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """End the whole group at once, as the kernel would for want of memory."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and end what is left of it after a while."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self.kill()


def module(name: str, *arguments: object) -> tuple[str, ...]:
    """Return the command that runs a module of this checkout."""
    return (sys.executable, "-m", name, *map(str, arguments))


@contextmanager
def separate_house(parent: Path | None = None, **settings: str) -> Iterator[Path]:
    """Have PostgreSQL, Redis and Django for as long as the block lasts; yields the run's data folder.

    It is made in `parent`, or where temporary folders are. `settings` are further environment variables. Told to stop
    (Ctrl-C, SIGTERM), everything is stopped as well.
    """
    with empty_house(parent, DISTRIBUTOR_SITE_URL=SITE_URL, **settings) as folder:
        os.environ.update(DATABASE_URL=postgres.database_url(), REDIS_URL=redis.redis_url())
        with shared_server.run_shared(postgres.SERVER), shared_server.run_shared(redis.SERVER):
            _set_up_django()
            yield folder


@contextmanager
def empty_house(parent: Path | None = None, **settings: str) -> Iterator[Path]:
    """Have a data folder, and nothing else of the environment, for what starts its own servers; yields the folder."""
    folder = Path(tempfile.mkdtemp(prefix="distributor-bench-", dir=parent))
    before = dict(os.environ)
    try:
        _set_environment(folder, settings)
        signal.signal(signal.SIGTERM, _interrupt)
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _set_environment(folder: Path, settings: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith(_VARIABLE_PREFIXES)]:
        del os.environ[name]
    os.environ.update(
        DISTRIBUTOR_HOME=str(folder),
        DISTRIBUTOR_ALLOWED_NETWORKS="127.0.0.0/8",  # the relays of the benchmarks are here
        DJANGO_SETTINGS_MODULE="config.settings",
        # Children run in the data folder: they import this checkout and no other that may be installed.
        PYTHONPATH=str(ROOT),
        PYTHONSAFEPATH="1",
        PYTHONUNBUFFERED="1",
        **settings,
    )


def _set_up_django() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def worker(
    folder: Path, *, processes: int, name: str = "worker", environment: Mapping[str, str] | None = None
) -> Child:
    """Return a Celery worker with so many pool processes, by the command that `distributor up` uses."""
    command = (*services.worker(processes).command, "--hostname", f"{name}@bench")
    return Child(Program(name, command), folder, environment)


def beat(folder: Path, *, name: str = "beat", environment: Mapping[str, str] | None = None) -> Child:
    """Return Celery beat, by the command that `distributor up` uses. Each name has a schedule of its own."""
    command = (*services.beat().command, "--schedule", str(folder / f"{name}-schedule"))
    return Child(Program(name, command), folder, environment)


@contextmanager
def run_children(*children: Child) -> Iterator[Sequence[Child]]:
    """Have children running for as long as the block lasts; they are stopped in the opposite order."""
    children_to_stop: list[Child] = []
    try:
        for child in children:
            child.start()
            children_to_stop.append(child)
        yield children
    finally:
        for child in reversed(children_to_stop):
            child.stop()


def postgres_pid() -> int:
    """Return the number of the run's PostgreSQL (the postmaster, whose children the backends are)."""
    return int((postgres.database_folder() / "postmaster.pid").read_text().split("\n", 1)[0])


def broker() -> Redis:
    """Return a client of the run's Redis."""
    return Redis(unix_socket_path=str(redis.redis_socket()), socket_timeout=5)


def redis_pid() -> int:
    """Return the number of the run's Redis."""
    with broker() as client:
        return int(client.info("server")["process_id"])
