"""Figures as people read them: a table with goals, or one line of JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at least or at most `value`."""

    figure: str
    value: float
    at_least: bool = True

    def met(self, figures: Mapping[str, Any]) -> bool | None:
        """Whether it is met; None where it was not measured."""
        figure = figures.get(self.figure)
        if figure is None:
            return None
        return bool(figure >= self.value if self.at_least else figure <= self.value)

    def __str__(self) -> str:
        return f"{self.figure} {'≥' if self.at_least else '≤'} {self.value:,g}"


def show(figures: Mapping[str, Any], goals: Sequence[Goal] = (), *, as_json: bool) -> None:
    """Print the figures and which goals are met; with `as_json` the last line is one object that holds both."""
    results = {str(goal): goal.met(figures) for goal in goals}
    width = max(map(len, [*figures, *results]))
    for name, value in figures.items():
        print(f"{name:{width}}  {_readable(value)}")
    for name, is_met in results.items():
        result = "not measured" if is_met is None else "met" if is_met else "NOT met"
        print(f"{'goal: ' + name:{width + 6}}  {result}")
    if as_json:
        whole = {**figures, "cores": os.cpu_count(), "goals": results}
        print(json.dumps({name: _round(value) for name, value in whole.items()}, ensure_ascii=False))


def _readable(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _round(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
