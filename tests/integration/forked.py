"""Processes that begin with the libraries loaded: to load them is most of what a command or a worker's start takes.

They are forked from a server that has the libraries of the product, and nothing of the product itself, so each reads
settings, environment and templates anew. What a process says of its start (`-P`, the locale) is tested without this.
"""

from __future__ import annotations

import atexit
import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import IO

# Its own code is loaded by each process; the tools of the tests are none of its libraries.
OWN = {"benchmarks", "config", "distributor", "tasks", "tests", "conftest", "__main__", "__mp_main__"}
TOOLS = {"_pytest", "coverage", "execnet", "hypothesis", "playwright", "pluggy", "pytest", "pytest_django", "xdist"}
# What a worker needs beyond what the tests themselves have loaded.
WORKER = ("celery.bin.celery", "celery.apps.worker", "celery.apps.beat", "celery.concurrency.prefork")
# Read by Python itself before a program begins, so a fork is too late for them.
AT_START = ("PYTHON", "LANG", "LC_")
PROGRAMS = {"distributor": "distributor.cli", "celery": "celery.__main__"}  # where their `main` is


@dataclass(frozen=True)
class Streams:
    """The files that are a process's standard streams. It writes at their ends."""

    stdin: Path = Path(os.devnull)
    stdout: Path = Path(os.devnull)
    stderr: Path = Path(os.devnull)


@dataclass(frozen=True)
class Program:
    """What to run: the command's words, the first of which is one of PROGRAMS, and all of its environment."""

    words: Sequence[str]
    env: Mapping[str, str]
    streams: Streams = field(default_factory=Streams)
    cwd: Path = field(default_factory=Path.cwd)
    own_group: bool = False


def can_fork(environment: Mapping[str, str]) -> bool:
    """Whether a program can be forked in an environment that differs from ours in these values."""
    return not any(name.startswith(AT_START) for name in environment)


def start(program: Program) -> ForkServerProcess:
    """Start a program in a process of its own: in a process group of its own where it says so."""
    process = context().Process(target=run_here, args=(program,))
    process.start()
    return process


def run(program: Program, *, timeout: float) -> int:
    """Run a program and return its exit code. Raises TimeoutError, and ends it, when it takes more seconds."""
    process = start(program)
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{' '.join(program.words)} took more than {timeout} s")
    return process.exitcode


def context() -> ForkServerContext:
    """Return what starts processes that have the libraries loaded."""
    forkserver = multiprocessing.get_context("forkserver")
    # Kept by multiprocessing, and looked at only when the server starts.
    forkserver.set_forkserver_preload([*_libraries(), *WORKER])
    return forkserver


def _libraries() -> list[str]:
    """Return what this process has loaded of others' code and can be loaded without the product's settings."""
    return [
        name
        for name, module in tuple(sys.modules.items())
        if name.partition(".")[0] not in OWN | TOOLS
        and not name.startswith(("django.contrib.", "allauth.", "axes.", "ninja"))
        and (spec := getattr(module, "__spec__", None)) is not None
        and spec.name == name
    ]


def run_here(program: Program) -> None:
    """Become a program: its streams, its environment, its group. Raises SystemExit with its exit code."""
    if program.own_group:
        os.setsid()
    _open_streams(program.streams)
    os.environ.clear()
    os.environ.update(program.env)
    time.tzset()
    os.chdir(program.cwd)
    sys.argv = list(program.words)
    try:
        # In this process and not in the server, which must not read the product's settings.
        main: Callable[[], None] = importlib.import_module(PROGRAMS[program.words[0]]).main
        main()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()


def _open_streams(streams: Streams) -> None:
    for number, (path, flags) in enumerate(
        (
            (streams.stdin, os.O_RDONLY),
            (streams.stdout, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
            (streams.stderr, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        )
    ):
        file = os.open(path, flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = _text(0, "r"), _text(1, "w"), _text(2, "w")


def _text(number: int, mode: str) -> IO[str]:
    errors = "backslashreplace" if number == 2 else "strict"
    return open(number, mode, buffering=1, encoding="utf-8", errors=errors, closefd=False)
