"""Commands in processes of their own that begin with the libraries loaded: most of what a command does is to load them.

They are forked from a server that has the libraries of the product, and nothing of the product itself, so each reads
settings, environment and templates anew. What a process says of its start (`-P`, the locale) is tested without this.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO

# Its own code is loaded by each process; the tools of the tests are none of its libraries.
OWN = {"config", "distributor", "tasks", "tests", "conftest", "__main__", "__mp_main__"}
TOOLS = {"_pytest", "coverage", "execnet", "hypothesis", "playwright", "pluggy", "pytest", "pytest_django", "xdist"}
# Read by Python itself before a command begins, so a fork is too late for them.
AT_START = ("PYTHON", "LANG", "LC_")


def can_fork(environment: Mapping[str, str]) -> bool:
    """Whether a command can be forked in this environment, which is part of or all that it is given."""
    return not any(name.startswith(AT_START) for name in environment)


def run(arguments: Sequence[str], *, streams: Path, cwd: Path, env: Mapping[str, str], timeout: float) -> int:
    """Run `distributor ARGUMENTS` and return its exit code.

    It reads the file `in` of the folder `streams`, and writes `out` and `err` there. Raises TimeoutError when it takes
    longer than `timeout` seconds; it is ended then.
    """
    process = _context().Process(target=_command, args=(list(arguments), streams, cwd, dict(env)))
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"distributor {' '.join(arguments)} took more than {timeout} s")
    return process.exitcode


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    # Kept by multiprocessing, and looked at only when the server starts.
    context.set_forkserver_preload(_libraries())
    return context


def _libraries() -> list[str]:
    """Return what this process has loaded of others' code and can be loaded without the product's settings."""
    return [
        name
        for name, module in tuple(sys.modules.items())
        if name.partition(".")[0] not in OWN | TOOLS
        and not name.startswith("django.contrib.")
        and (spec := getattr(module, "__spec__", None)) is not None
        and spec.name == name
    ]


def _command(arguments: list[str], streams: Path, cwd: Path, env: dict[str, str]) -> None:
    for number, (name, flags) in enumerate((("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))):
        file = os.open(streams / name, flags)
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = _text(0, "r"), _text(1, "w"), _text(2, "w")
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    sys.argv = ["distributor", *arguments]
    try:
        from distributor.cli import main  # noqa: PLC0415 - in this process, not in the server

        main()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()


def _text(number: int, mode: str) -> IO[str]:
    errors = "backslashreplace" if number == 2 else "strict"
    return open(number, mode, encoding="utf-8", errors=errors, closefd=False)
