"""Collect the tests twice and compare their ids: they may not differ from one run, or one process, to the next.

pytest-xdist refuses to run where its processes have collected different tests, and a test whose name changes can't be
named. So the second time it is later, the hash seed, the time zone and the folder for temporary files are others, and
the files come in the reverse order. Exit code 0 and nothing printed: the same ids, in the same order within each file.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLLECT = ("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
APART = 1.5  # seconds: a clock that is written in seconds shows it


def main() -> int:
    files = sorted((str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/test_*.py")), reverse=True)
    with tempfile.TemporaryDirectory() as folder:
        first = collection(PYTHONHASHSEED="1")
        time.sleep(APART)
        second = collection("--assert=plain", *files, PYTHONHASHSEED="2", TZ="Pacific/Kiritimati", TMPDIR=folder)
        outputs = [process.communicate()[0] for process in (first, second)]
    for process, output in zip((first, second), outputs, strict=True):
        if process.returncode:
            print(output)
            return 1
    one_run, another_run = map(ids, outputs)
    differences = list(difflib.unified_diff(one_run, another_run, "one run", "another run", lineterm="", n=0))
    if differences:
        print(*differences, sep="\n")
        print("Test ids differ from run to run. Give these parameters ids of their own: pytest.param(…, id=…).")
    return bool(differences)


def collection(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *COLLECT, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ids(output: str) -> list[str]:
    """Return the ids that `pytest --collect-only -q` printed, as they came, but file by file."""
    files = defaultdict(list)
    for line in output.splitlines():
        file, separator, _ = line.partition("::")
        if separator:
            files[file].append(line)
    return [line for file in sorted(files) for line in files[file]]


if __name__ == "__main__":
    sys.exit(main())
