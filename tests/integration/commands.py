"""Running `distributor` as a person does: a process of its own, in a data folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.integration import forked
from tests.patience import PATIENCE

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "letter-page.html"
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
    with tempfile.TemporaryDirectory() as folder:
        streams = forked.Streams(*(Path(folder, name) for name in ("in", "out", "err")))
        streams.stdin.write_bytes(given)
        words = ("distributor", *map(str, arguments))
        code = forked.run(forked.Program(words, env, streams, cwd or Path.cwd()), timeout=PATIENCE)
        return Ran(code, streams.stdout.read_text(), streams.stderr.read_text())


@dataclass(frozen=True)
class House:
    """A data folder and the commands that are run in it."""

    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment with nothing of ours in it but the data folder."""
        ours = ("DISTRIBUTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "COLUMNS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "DISTRIBUTOR_HOME": str(self.home), **more}

    def run(self, *arguments: str | Path, given: str | bytes = "", **environment: str) -> Ran:
        data = given if isinstance(given, bytes) else given.encode()
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
def house() -> Iterator[House]:
    """A new data folder whose embedded servers stay up between the commands."""
    made = House(Path(tempfile.mkdtemp(prefix="distributor-house-")))
    code = "import sys; from distributor import embedded\nwith embedded.run(): print(flush=True); sys.stdin.read()"
    keeper = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=made.environment()
    )
    try:
        assert keeper.stdout
        assert keeper.stdout.readline()
        yield made
    finally:
        keeper.communicate(timeout=PATIENCE)
        shutil.rmtree(made.home, ignore_errors=True)


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
