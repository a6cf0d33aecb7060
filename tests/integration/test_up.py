"""`distributor up`: everything runs, everything comes back, everything stops, and nothing stays behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.commands import COMMAND, SAMPLE, House, processes
from tests.patience import PATIENCE

SERVERS = ("postgres", "redis-server")


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="distributor-up-", ignore_cleanup_errors=True) as folder:
        made = House(Path(folder))
        yield made
        for process in processes(made.home):  # where a test failed: nothing of it may stay
            process.kill()
        while STARTED:
            STARTED.pop().communicate()


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Up:
    """A running `up` and what it said when it was ready."""

    def __init__(self, house: House) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--practice", "--json", "--concurrency", "1"],
            env=house.environment(), cwd=house.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        STARTED.append(self.process)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.card: dict[str, Any] = json.loads(line)

    def child(self, name: str) -> psutil.Process:
        """Return one of its programs."""
        words = {"web": "uvicorn", "worker": "worker", "beat": "beat", "practice": "distributor.practice"}
        children = psutil.Process(self.process.pid).children()
        return next(one for one in children if words[name] in one.cmdline())

    def end(self, number: int = signal.SIGTERM) -> str:
        """Stop it and return what it said meanwhile."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return said


def main_process(house: House, name: str) -> psutil.Process:
    """Return a server's first process; waits until there is one."""
    until(lambda: any(one.name() == name for one in processes(house.home)))
    servers = [one for one in processes(house.home) if one.name() == name]
    return min(servers, key=lambda one: one.create_time())


def kill_until_another_runs(house: House, name: str) -> None:
    server = main_process(house, name)
    server.kill()
    until(lambda: main_process(house, name).pid != server.pid)


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0


def test_it_runs_delivers_comes_back_and_stops(house: House) -> None:
    up = Up(house)
    assert status_of(up.card["desk"]) == 200
    assert status_of(up.card["practice"]) == 200
    assert len(up.card["editor"]["password"]) >= 12
    assert "It is up already" in house.refused("up")

    done = house.run("queue", SAMPLE, "--watch", "--json")
    assert done.code == 0, done.said
    assert "as soon as" not in done.said
    states = {one["channel"]: one["state"] for one in house.fine("status")["dispatches"]}
    assert states == dict.fromkeys(("facebook", "twitter", "kakao", "mail", "link"), "sent")
    workers = [one for one in house.fine("doctor")["findings"] if one["name"] == "workers"]
    assert workers[0]["state"] == "fine"

    web = up.child("web")
    web.kill()
    until(lambda: status_of(up.card["desk"]) == 200 and up.child("web").pid != web.pid)

    for name in SERVERS:
        kill_until_another_runs(house, name)
    until(lambda: status_of(up.card["desk"]) == 200)
    states = {one["channel"]: one["state"] for one in house.fine("status")["dispatches"]}
    assert states == dict.fromkeys(("facebook", "twitter", "kakao", "mail", "link"), "sent")

    said = up.end(signal.SIGINT)
    assert up.process.returncode == 0, said
    assert "web was ended by signal 9 and is started again" in said
    assert "PostgreSQL had died, and was started again." in said
    assert "Redis had died, and was started again." in said
    assert processes(house.home) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux ends the children of a killed process")
def test_a_kill_leaves_only_servers_that_the_next_one_takes_over(house: House) -> None:
    first = Up(house)
    first.process.kill()
    first.process.communicate()
    until(lambda: {one.name() for one in processes(house.home)} <= set(SERVERS))
    left = {one.pid for one in processes(house.home) if one.name() in SERVERS}
    assert left

    second = Up(house)
    assert second.card["editor"] is None  # made the first time
    assert left <= {one.pid for one in processes(house.home)}
    second.end()
    assert second.process.returncode == 0
    assert processes(house.home) == []


def test_told_to_stop_while_it_starts(house: House) -> None:
    process = subprocess.Popen(
        [*COMMAND, "up"], env=house.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until(lambda: (house.home / "postgres" / "postmaster.pid").exists())
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert processes(house.home) == [], out


def test_a_port_that_is_taken(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} at 127.0.0.1 can't be used" in house.refused("up", "--port", str(port))
    assert not any(house.home.iterdir())
