"""Promises 2 and 3 while everything dies: short runs of `benchmarks/chaos.py`, which has the long ones."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

from benchmarks.support.house import ROOT
from benchmarks.support.misbehaving import FAULTS, STEPS

LONGEST_SECONDS = 300


def chaos(*options: object) -> dict[str, Any]:
    """Run it and return its figures."""
    command = [sys.executable, str(ROOT / "benchmarks" / "chaos.py"), "--json", *map(str, options)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            output, _ = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)  # it ends what it has started
            output, _ = process.communicate(timeout=60)
    assert output.rstrip().endswith("}"), output
    figures: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert figures["faults"] == [], output
    return figures


def test_kills_of_every_kind_lose_nobody_and_repeat_at_most_what_was_in_flight() -> None:
    figures = chaos("--kills", 7, "--seed", 3)
    assert figures["kills"] == 7
    assert figures["lost"] == 0
    assert figures["repeated_by_kills"] <= figures["repeats_allowed"]
    assert sum(figures["outcomes"].values()) == figures["recipients"]
    assert set(figures["outcomes"]) <= {"accepted", "rejected", "failed"}


def test_a_relay_that_misbehaves_at_every_step_costs_nobody_the_letter() -> None:
    figures = chaos("--only", ",".join(FAULTS), "--kills", len(FAULTS), "--recipients", 2000)
    assert figures["lost"] == 0
    assert figures["repeated_by_kills"] == 0
    assert {f"drop-{step}" for step in STEPS} <= set(figures["relay_misbehaved"])
    assert figures["resumed_by_a_person"] == 0
