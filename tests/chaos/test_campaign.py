"""Promises 2 and 3 while everything dies: short runs of `benchmarks/chaos.py`, which has the long ones."""

from __future__ import annotations

from typing import Any

from benchmarks.support.mischief import FAULTS, STEPS
from tests.chaos.benchmark import figures


def chaos(*options: object) -> dict[str, Any]:
    """Run it and return its figures; it ends with 1 where anything is wrong."""
    return figures("chaos.py", *options)


def test_kills_of_every_kind_lose_nobody_and_repeat_at_most_what_was_in_flight() -> None:
    found = chaos("--kills", 7, "--seed", 3)
    assert found["kills"] == 7
    assert found["lost"] == 0
    assert found["repeated_by_kills"] <= found["repeats_allowed"]
    assert sum(found["outcomes"].values()) == found["recipients"]
    assert set(found["outcomes"]) <= {"accepted", "rejected", "failed"}


def test_a_relay_that_misbehaves_at_every_step_costs_nobody_the_letter() -> None:
    found = chaos("--only", ",".join(FAULTS), "--kills", len(FAULTS), "--recipients", 2000)
    assert found["lost"] == 0
    assert found["repeated_by_kills"] == 0
    assert {f"drop-{step}" for step in STEPS} <= set(found["relay_misbehaved"])
    assert found["resumed_by_a_person"] == 0
