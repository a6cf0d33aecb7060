"""Running `distributor` as a person does: a process of its own, in a data folder of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from tests.database import be_quick_from_the_start
from tests.integration import forked
from tests.integration.command_server import CommandServer
from tests.integration.processes import HOME
from tests.patience import PATIENCE

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "letter-page.html"
DATABASE = "postgres"  # the folder of the embedded database in a data folder
OURS = ("DISTRIBUTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_")  # what settings are made of
COMMAND = (sys.executable, "-P", "-m", "distributor.cli")


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    said: str

    @property
    def json(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


def run(*arguments: str | Path, env: Mapping[str, str], given: bytes = b"", cwd: Path | None = None) -> Ran:
    """Run `distributor` with these arguments, in this environment alone, and wait until it has ended."""
    return _run(forked.run, arguments, env, given, cwd or Path.cwd())


def _run(
    run_program: Callable[..., int], arguments: Sequence[str | Path], env: Mapping[str, str], given: bytes, cwd: Path
) -> Ran:
    with tempfile.TemporaryDirectory() as folder:
        streams = forked.Streams(*(Path(folder, name) for name in ("in", "out", "err")))
        streams.stdin.write_bytes(given)
        words = ("distributor", *map(str, arguments))
        code = run_program(forked.Program(words, env, streams, cwd), timeout=PATIENCE)
        return Ran(code, streams.stdout.read_text(), streams.stderr.read_text())


@dataclass(frozen=True)
class House:
    """A data folder and the commands that are run in it; `server` has the product loaded for them."""

    home: Path
    server: CommandServer | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment with nothing of ours in it but the data folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith((*OURS, "COLUMNS"))}
        return {**kept, "DISTRIBUTOR_HOME": str(self.home), **more}

    def run(self, *arguments: str | Path, given: str | bytes = "", **environment: str) -> Ran:
        data = given if isinstance(given, bytes) else given.encode()
        if self.server and not any(name.startswith((*OURS, *forked.AT_START)) for name in environment):
            return _run(self.server.run, arguments, self.environment(**environment), data, self.home)
        if forked.can_fork(environment):
            return run(*arguments, given=data, env=self.environment(**environment), cwd=self.home)
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=data,
            capture_output=True,
            cwd=self.home,
            env=self.environment(**environment),
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def fine(self, *arguments: str | Path, given: str | bytes = "") -> Any:
        """Run a command with --json that has to work, and return its answer."""
        ran = self.run(*arguments, "--json", given=given)
        assert ran.code == 0, ran.said
        return ran.json

    def refused(self, *arguments: str | Path, given: str | bytes = "", **environment: str) -> str:
        """Run a command that has to be refused with exit code 2 and one sentence, the same in JSON; return that."""
        ran = self.run(*arguments, "--json", given=given, **environment)
        assert ran.code == 2, (ran.code, ran.out, ran.said)
        assert ran.said.count("\n") == 1, ran.said
        assert ran.json["error"] == ran.said.strip()
        assert "Traceback" not in ran.said
        return ran.said.strip()


@contextmanager
def house(*, tables: bool = True) -> Iterator[House]:
    """A new data folder whose embedded servers stay up between the commands; without `tables` the first makes them."""
    made = House(Path(tempfile.mkdtemp(prefix="distributor-house-")))
    if tables:
        # With its owner: where we are root, the server runs as somebody else.
        subprocess.run(["cp", "-a", _house_with_tables() / DATABASE, made.home / DATABASE], check=True)
    code = "import sys; from distributor import embedded\nwith embedded.run(): print(flush=True); sys.stdin.read()"
    keeper = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=made.environment()
    )
    try:
        assert keeper.stdout
        assert keeper.stdout.readline()
        with closing(CommandServer(made.home, made.environment())) as server:
            yield replace(made, server=server)
    finally:
        keeper.communicate(timeout=PATIENCE)
        shutil.rmtree(made.home, ignore_errors=True)


def _house_with_tables() -> Path:
    """Return a data folder with a database that a command has made its tables in: one for all processes of a run."""
    # The processes of pytest-xdist have theirs in that of the one that started them.
    home = HOME.parent if os.environ.get("PYTEST_XDIST_WORKER") else HOME
    folder = home / "house-with-tables"
    with (home / "house-with-tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = House(folder.with_suffix(".new"))
            new.home.mkdir()
            new.fine("publications", "list")
            be_quick_from_the_start(new.home / DATABASE)
            new.home.rename(folder)
    return folder


def processes(home: Path) -> list[psutil.Process]:
    """Return all living processes that work in this data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            about = [*process.cmdline(), *process.environ().values()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(home) in one for one in about):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found
