"""Child processes that are started together, started again when they die, and stopped in order, whatever happens.

No child outlives us: on Linux the kernel ends it when we are killed, and everywhere it has a process group of its own
that is ended as a whole.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from distributor import private_folder

LONGEST_PAUSE = 30.0  # between a death and the next start
STEADY_SECONDS = 10.0  # who lived that long was not dying at its start: the pauses begin anew
LOG_BYTES = 10_000_000
LAST_LINES = 4000  # bytes of a log that are looked at for its last line
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """One child: its name (also its log's), its command, and how long it may take to end after SIGTERM."""

    name: str
    command: tuple[str, ...]
    stop_seconds: float = 5.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


@dataclass(slots=True)
class Stop:
    """Whether we were told to stop (SIGINT, SIGTERM, SIGHUP), and how often: twice means at once."""

    signals: int = 0

    def __bool__(self) -> bool:
        return self.signals > 0

    def check(self) -> None:
        """Raise KeyboardInterrupt once we were told to stop."""
        if self.signals:
            raise KeyboardInterrupt


@contextmanager
def told_to_stop() -> Iterator[Stop]:
    """Note the signals that end a program instead of being ended by them in the middle of something."""
    stop = Stop()

    def note_signal(_number: int, _frame: FrameType | None) -> None:
        stop.signals += 1

    before = {number: signal.signal(number, note_signal) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class Supervisor:
    """Runs programs. To be used from the main thread only: the kernel's promise above is about the thread.

    `folder` is where they run, `logs` where each writes NAME.log, `say` gets sentences on what happens to them.
    """

    folder: Path
    logs: Path
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    _children: list[_Child] = field(default_factory=list)

    def start(self, programs: Sequence[Program]) -> None:
        """Start further programs; they are stopped in the opposite order."""
        private_folder.make(self.logs)
        for program in programs:
            child = _Child(program)
            self._children.append(child)
            self._start(child)

    def tend(self) -> None:
        """Look after the children once: who died is started again, after a pause that grows with its deaths."""
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.again_at:
                    self._start(child)
            elif child.process.poll() is not None:
                self._bury(child, now)

    def stop(self, stop: Stop | None = None) -> None:
        """End all, the last started first, each given its time; being told to stop once more ends the rest at once."""
        for child in reversed(self._children):
            patience = 0.0 if stop is not None and stop.signals > 1 else child.program.stop_seconds
            _end(child, patience)
        self._children.clear()

    def log(self, name: str) -> Path:
        """Return where a program writes."""
        return self.logs / f"{name}.log"

    def _start(self, child: _Child) -> None:
        path = self.log(child.program.name)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            child.process = subprocess.Popen(
                child.program.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, who then stop the children in order
                preexec_fn=_die_with(os.getpid()),
            )
        child.started = time.monotonic()

    def _bury(self, child: _Child, now: float) -> None:
        assert child.process is not None
        code = child.process.returncode
        _kill_group(child.process.pid)  # what it may have left behind
        child.process = None
        child.deaths = 1 if now - child.started > STEADY_SECONDS else child.deaths + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (child.deaths - 1) / 2)
        child.again_at = now + pause
        name = child.program.name
        outcome = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.say(f"{name} {outcome} and is started again in {pause:g} s. {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        path = self.log(name)
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - LAST_LINES))
            lines = [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]
        return f"It said “{lines[-1].strip()[:200]}”, see {path}." if lines else f"Its log is {path}."


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does first of all: ask the kernel for SIGTERM when its parent dies."""
    libc = _libc
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


def _end(child: _Child, patience: float) -> None:
    process, child.process = child.process, None
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _kill_group(process.pid)


def _kill_group(group: int) -> None:
    """End what a child left in its process group: a worker that was killed can't end its pool."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
