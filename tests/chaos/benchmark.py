"""Runs a benchmark as people do."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

from benchmarks.support.house import ROOT
from tests.patience import PATIENCE

LONGEST_SECONDS = 6 * PATIENCE  # a minute or two on two idle cores, ten times that where both are busy


def figures(script: str, *options: object) -> dict[str, Any]:
    """Run `benchmarks/{script}` with --json and return its figures."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--json", *map(str, options)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            output, _ = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)  # it ends what it has started
            output, _ = process.communicate(timeout=PATIENCE)
    assert output.rstrip().endswith("}"), output
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert process.returncode == 0, output
    return found
