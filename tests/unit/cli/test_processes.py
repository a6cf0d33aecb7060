"""Children are started again when they die, stopped in order, and never outlive us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distributor.cli.processes import Program, Supervisor, told_to_stop
from tests.patience import PATIENCE


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def children(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, tmp_path / "logs", said.append)
    yield made
    made.stop()


def program(name: str, code: str, stop_seconds: float = 5.0) -> Program:
    return Program(name, (sys.executable, "-c", textwrap.dedent(code)), stop_seconds)


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_who_dies_is_started_again_and_that_is_said(children: Supervisor, said: list[str], tmp_path: Path) -> None:
    children.start([program("worker", "import sys; print('no broker'); sys.exit(3)")])

    def twice() -> bool:
        children.tend()
        return len(said) >= 2

    until(twice)
    assert said[0].startswith("worker ended with exit code 3 and is started again in 0.5 s.")
    assert "started again in 1 s" in said[1]
    assert f"It said “no broker”, see {tmp_path / 'logs' / 'worker.log'}." in said[0]


def test_the_last_one_started_is_stopped_first(children: Supervisor, tmp_path: Path) -> None:
    code = """
        import signal, sys, time
        def end(*_):
            with open("order", "a") as file: file.write({name!r} + " ")
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        print("ready", flush=True)
        time.sleep(60)
    """
    names = ["web", "worker", "beat"]
    children.start([program(name, code.format(name=name)) for name in names])
    until(lambda: all(children.log(name).exists() and "ready" in children.log(name).read_text() for name in names))
    children.stop()
    assert (tmp_path / "order").read_text().split() == ["beat", "worker", "web"]


def test_who_does_not_end_is_killed_with_its_children(children: Supervisor) -> None:
    code = """
        import os, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print(os.getpid(), child.pid, flush=True)
        time.sleep(60)
    """
    children.start([program("worker", code, stop_seconds=0.1)])
    log = children.log("worker")
    until(lambda: log.exists() and "\n" in log.read_text())
    pids = [int(word) for word in log.read_text().split()]
    children.stop()
    until(lambda: not any(is_alive(pid) for pid in pids))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of other systems does not end children")
def test_no_child_outlives_a_kill(tmp_path: Path) -> None:
    code = f"""
        import sys, time
        from pathlib import Path
        from distributor.cli.processes import Program, Supervisor
        folder = Path({str(tmp_path)!r})
        children = Supervisor(folder, folder, print)
        code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
        children.start([Program("child", (sys.executable, "-c", code))])
        while not (folder / "child.log").read_text().endswith("\\n"):
            time.sleep(0.01)
        print((folder / "child.log").read_text(), flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.communicate()
    until(lambda: not is_alive(child))


def test_signals_are_noted_and_old_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with told_to_stop() as stop:
        assert not stop
        stop.check()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop
        with pytest.raises(KeyboardInterrupt):
            stop.check()
    assert signal.getsignal(signal.SIGTERM) is before
