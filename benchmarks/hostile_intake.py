"""How long hostile sources take to be read or refused, and how much memory.

    python benchmarks/hostile_intake.py [--size 10000000] [--kind markdown] [--json]

Each kind of `support/hostile.py` is read once as the product reads it, in a process of its own. Printed are the seconds
by the clock and of the processor, the peak memory, and what became of the source. Nothing may take longer than the
limits of `letters/intake/limits.py`, or end in anything but drafts or a sentence.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.support.hostile import KINDS  # noqa: E402
from distributor.domain.errors import SourceError  # noqa: E402
from distributor.letters.intake import parse_apart  # noqa: E402
from distributor.letters.intake.parser_processes import PROCESSES  # noqa: E402
from distributor.letters.intake.text_encoding import LIMIT  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=LIMIT, help="bytes of each source")
    parser.add_argument("--kind", default="", help="only kinds whose name has this in it")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    if settings.one:
        print(json.dumps(measure(settings.one, settings.size)))
        return 0
    for name in KINDS:
        if settings.kind in name:
            row = _measured_apart(name, settings.size)
            print(json.dumps(row) if settings.json else _line(row), flush=True)
    return 0


def measure(name: str, size: int) -> dict[str, object]:
    """Read one source; only once in a process, whose children's peak memory is that of the parser."""
    content = KINDS[name].make(size)
    if len(content) > size:  # quoted, some become longer
        content = KINDS[name].make(size * size // len(content) - 2_000)[:LIMIT]
    begin = time.perf_counter()
    try:
        result = f"{len(parse_apart(content, name=KINDS[name].name))} drafts"
    except SourceError as error:
        result = str(error)
    seconds = time.perf_counter() - begin
    PROCESSES.close()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "kind": name,
        "bytes": len(content),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": usage.ru_maxrss // 1024,
        "result": result,
    }


def _measured_apart(name: str, size: int) -> dict[str, object]:
    command = (sys.executable, __file__, "--one", name, "--size", str(size))
    row: dict[str, object] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return row


def _line(row: dict[str, object]) -> str:
    cost = f"{row['seconds']:7.2f} s {row['cpu_seconds']:6.2f} s CPU {row['peak_mb']:6} MB"
    return f"{cost}  {row['kind']:28} {row['result']}"


if __name__ == "__main__":
    sys.exit(main())
