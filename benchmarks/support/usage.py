"""What processes cost: CPU of whole trees, with the children that have ended, and the largest memory seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 0.2


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process, its living descendants, and all of those that have ended and were waited
    for (their time is their parent's `children_*`, so that none is counted twice).
    """
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def largest_rss(pid: int) -> tuple[int, int]:
    """Return the resident memory in bytes of the largest process in a tree, and of the largest below its root."""
    sizes = []
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            sizes.append(process.memory_info().rss)
    return max(sizes, default=0), max(sizes[1:], default=0)


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []


@dataclass(slots=True)
class Usage:
    """What was used while the block lasted, by the name of the tree; filled in at its end."""

    cpu_seconds: dict[str, float] = field(default_factory=dict)
    peak_rss: dict[str, int] = field(default_factory=dict)
    peak_rss_below: dict[str, int] = field(default_factory=dict)  # without the roots: of a worker, its pool


@contextmanager
def measure_usage(trees: Mapping[str, int]) -> Iterator[Usage]:
    """Measure process trees, named with their roots' numbers; memory is looked at five times a second."""
    usage, over = Usage(peak_rss=dict.fromkeys(trees, 0), peak_rss_below=dict.fromkeys(trees, 0)), threading.Event()

    def sample() -> None:
        while True:
            for name, pid in trees.items():
                largest, below = largest_rss(pid)
                usage.peak_rss[name] = max(usage.peak_rss[name], largest)
                usage.peak_rss_below[name] = max(usage.peak_rss_below[name], below)
            if over.wait(SAMPLE_SECONDS):
                return

    before = {name: cpu_seconds(pid) for name, pid in trees.items()}
    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield usage
    finally:
        over.set()
        thread.join()
        usage.cpu_seconds.update({name: cpu_seconds(pid) - before[name] for name, pid in trees.items()})
