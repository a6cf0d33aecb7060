"""The scripts: plain sh, and one sentence for what is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = [
    path
    for path in sorted((ROOT / "scripts").iterdir())
    if path.is_file() and not path.suffix and "python" not in path.read_text(encoding="utf-8").partition("\n")[0]
]
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_shell_reads_them(shell: str, script: Path) -> None:
    subprocess.run([shell, "-n", script], check=True)


@pytest.mark.parametrize("name", ["demo", "test", "pythons", "lock", "docs", "channel-table"])
def test_they_can_be_run(name: str) -> None:
    script = ROOT / "scripts" / name
    assert script.stat().st_mode & 0o111 == 0o111
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")


@pytest.mark.parametrize(("pythons", "tests", "status"), [(0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 2)])
def test_ci_tries_the_pythons_then_runs_the_tests_and_fails_with_either(
    tmp_path: Path, pythons: int, tests: int, status: int
) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    for name, code in (("pythons", pythons), ("test", tests)):
        script = tmp_path / "scripts" / name
        script.write_text(f"#!/bin/sh\necho {name}\nexit {code}\n")
        script.chmod(0o755)
    run = subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split()) == (status, ["pythons", "test"])


class Machine:
    """A PATH with nothing on it but made-up Pythons."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, version: str = "") -> None:
        """Add a command; with a version it is a Python that answers the questions of scripts/setup."""
        minor = int(version.split(".")[1]) if version else 0
        older, newer = int(not 11 <= minor < 13), int(minor < 13)
        answer = (
            f"#!/bin/sh\n[ \"$1\" = --version ] && {{ echo 'Python {version}'; exit; }}\n"
            f"case $2 in *'< (3, 13)'*) exit {older};; *'>= (3, 13)'*) exit {newer};; esac\n"
        )
        command = self._folder / name
        command.write_text(answer if version else "#!/bin/sh\nexit 127\n")
        command.chmod(0o755)

    def find(self, **environment: str) -> subprocess.CompletedProcess[str]:
        shell = shutil.which("sh")
        assert shell
        code = f'root="{ROOT}"; . "$root/scripts/setup"; set -eu; find_python'
        return subprocess.run(
            [shell, "-c", code],
            env={"PATH": str(self._folder), **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_no_python(machine: Machine) -> None:
    machine.add("python3.12")  # a version manager's shim that does not work
    machine.add("python3", "3.9.2")
    found = machine.find()
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in found.stderr


def test_one_with_an_embedded_redis_comes_first(machine: Machine) -> None:
    machine.add("python3", "3.13.1")
    machine.add("python3.11", "3.11.7")
    assert machine.find().stdout == "python3.11\n"
    machine.add("python3.12", "3.12.1")
    assert machine.find().stdout == "python3.12\n"


def test_a_newer_one_needs_redis(machine: Machine) -> None:
    machine.add("python3", "3.13.1")
    found = machine.find()
    assert found.returncode == 1
    assert found.stderr == (
        "There is no Redis for Python 3.13.1: install redis-server, or Python 3.12, which has one as a package.\n"
    )
    assert machine.find(REDIS_URL="redis://127.0.0.1").stdout == "python3\n"
    machine.add("redis-server")
    assert machine.find().stdout == "python3\n"


def test_the_one_that_is_asked_for_comes_first(machine: Machine, tmp_path: Path) -> None:
    machine.add("python3.12", "3.12.1")
    machine.add("mine", "3.11.0")
    assert machine.find(DISTRIBUTOR_PYTHON=str(tmp_path / "mine")).stdout == f"{tmp_path / 'mine'}\n"
