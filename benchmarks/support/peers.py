"""Other ways to send the same message into the same sink, one after the other, each for some seconds."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.house import module

PEER_SECONDS = 5.0
SMTPLIB_THREADS = 8
_HEADERS_OF_SMTP_SOURCE = 250  # bytes, about: they come on top of its -l


@dataclass(frozen=True, slots=True)
class Rate:
    """What one way of sending did."""

    messages_per_s: float
    cpu_us_per_message: float


def raw_replay(port: int, message: Path, *, processes: int, connections: int, seconds: float = PEER_SECONDS) -> Rate:
    """Replay a ready message over so many pipelined connections in each of so many processes."""
    command = module("benchmarks.support.replay", "--port", port, "--file", message)
    options = ("--connections", str(connections), "--seconds", str(seconds))
    return _together([(*command, *options)] * processes, seconds)


def smtplib_threads(port: int, message: Path, *, seconds: float = PEER_SECONDS) -> Rate:
    """Send with `smtplib`, by one process with eight threads, each with a connection that it keeps."""
    command = module("benchmarks.support.lockstep", "--port", port, "--file", message)
    options = ("--connections", str(SMTPLIB_THREADS), "--seconds", str(seconds))
    return _together([(*command, *options)], seconds)


def smtp_source(port: int, size: int, *, sessions: int, seconds: float = PEER_SECONDS) -> Rate | None:
    """Send with Postfix's `smtp-source` (C, lock-step, connections kept); None where it is not installed.

    It knows a number of messages only, so a short run first finds out how many are enough for the time.
    """
    program = shutil.which("smtp-source", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        return None
    length = max(100, size - _HEADERS_OF_SMTP_SOURCE)

    def run(messages: int) -> tuple[float, float]:
        command = (program, "-d", "-s", str(sessions), "-l", str(length), "-m", str(messages), f"127.0.0.1:{port}")
        before, began = _children_cpu(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began, _children_cpu() - before

    messages = 5_000
    took, cpu = run(messages)
    if took < seconds:
        messages = int(messages / took * seconds)
        took, cpu = run(messages)
    return Rate(messages / took, cpu / messages * 1e6)


def _children_cpu() -> float:
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _together(commands: list[tuple[str, ...]], seconds: float) -> Rate:
    """Run commands at the same time and add up what they print."""
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    try:
        outputs = [process.communicate(timeout=seconds * 4 + 60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()  # harmless for one that has ended
            process.wait()
    if any(process.returncode for process in processes):
        raise SystemExit("A peer of the benchmark failed: see above.")
    reports = [json.loads(output) for output in outputs]
    messages = sum(report["messages"] for report in reports)
    rate = sum(report["messages"] / report["seconds"] for report in reports)
    return Rate(rate, sum(report["cpu_seconds"] for report in reports) / max(messages, 1) * 1e6)
