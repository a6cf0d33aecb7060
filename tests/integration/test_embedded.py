"""The embedded servers: shared by commands, found again after a kill, and gone after the last command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commands import processes
from tests.patience import PATIENCE

USE = """
import os, sys
import psycopg
from kombu import Connection
from distributor import embedded

with embedded.run():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("SELECT 1")
    with Connection(os.environ["REDIS_URL"]) as broker:
        broker.default_channel.client.ping()
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="distributor embedded % "))  # a path that needs quoting
    yield folder
    subprocess.run(
        [sys.executable, "-c", "from distributor import embedded; embedded.stop_all()"], env=environment(folder)
    )
    shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return {**inherited, "DISTRIBUTOR_HOME": str(home)}


def command(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USE], env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=PATIENCE)
    assert process.returncode == 0


def servers(home: Path) -> list[str]:
    """Return which servers of this data folder answer."""
    look = (
        "from distributor.embedded import postgres, redis\n"
        "print(*(s.name for s in (postgres.SERVER, redis.SERVER) if s.answers()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", look], env=environment(home), capture_output=True, text=True, check=True
    )
    return found.stdout.split()


def test_the_last_command_stops_the_servers(home: Path) -> None:
    first, second = command(home), command(home)
    end(first)
    assert servers(home) == ["postgres", "redis"]
    end(second)
    assert servers(home) == []


def test_a_killed_command_leaves_servers_that_the_next_one_uses_and_stops(home: Path) -> None:
    killed = command(home)
    killed.kill()
    killed.communicate()
    assert servers(home) == ["postgres", "redis"]
    end(command(home))
    assert servers(home) == []


def test_a_redis_that_hangs_gets_no_second_one_on_its_socket(home: Path) -> None:
    running = command(home)
    [redis] = [process for process in processes(home) if "redis-server" in process.name()]
    redis.suspend()
    try:
        refused = subprocess.run([sys.executable, "-c", USE], env=environment(home), capture_output=True, text=True)
        assert "The embedded Redis is running and does not answer" in refused.stderr
        assert [process.pid for process in processes(home) if "redis-server" in process.name()] == [redis.pid]
    finally:
        redis.resume()
    end(running)
    assert servers(home) == []


def test_a_path_too_long_for_sockets_works(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = home / ("far " * 30) / "down"
    # A folder for temporary files that only this test uses.
    with tempfile.TemporaryDirectory(prefix="d") as short:
        monkeypatch.setenv("TMPDIR", short)
        Path(short).chmod(0o755)  # PostgreSQL runs as another user
        running = command(deep)
        assert list(Path(short).iterdir()) != []  # where the sockets are instead
        end(running)
        assert servers(deep) == []
        assert list(Path(short).iterdir()) == []


def test_a_stale_pid_file_with_a_number_that_is_taken_now_does_not_hinder(home: Path) -> None:
    end(command(home))
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'postgres'}\n0\n5432\n\n\n\nready\n")
    end(command(home))


def test_a_folder_that_cant_be_made_is_said(home: Path) -> None:
    (home / "file").write_text("")
    code = (
        "from distributor import embedded\nfrom distributor.domain.errors import BadSettings\n"
        "try:\n    embedded.run().__enter__()\nexcept BadSettings as error:\n    print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment(home / "file" / "sub"), capture_output=True, text=True, check=True
    )
    assert "set DISTRIBUTOR_HOME" in said.stdout
