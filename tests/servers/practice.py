"""The practice world as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CARD = "practice.json"


@contextmanager
def practice_world(home: Path, *options: str) -> Iterator[dict[str, Any]]:
    """Run a practice world in a process of its own; the block gets what practice.json says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "distributor.practice", *options],
        env={**os.environ, "DISTRIBUTOR_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("The practice world is at http://127.0.0.1:")
            yield json.loads((home / CARD).read_text())
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert not (home / CARD).exists()


def end_left_over(home: Path) -> None:
    """End the practice world of a test process that was killed, if there is one."""
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(json.loads((home / CARD).read_text())["pid"], signal.SIGTERM)
