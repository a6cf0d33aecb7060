"""The growth of lists as a drawing: where each point and bar stands. The template writes it as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from distributor.audience.growth import Growth

WIDTH, HEIGHT = 720, 200  # of the drawing, in its own units
BARS: Final = 44  # of the height, below: who came and went
GAP: Final = 10
STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """Who came or went on a day: a rectangle. `y` is its upper edge."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, and the count that it stands for."""

    y: float
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn: the line of those who are on the lists, and beneath it the bars of each day."""

    line: str
    area: str
    ticks: tuple[Tick, ...]
    newcomers: tuple[Bar, ...]
    departures: tuple[Bar, ...]
    axis: float
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def chart(days: Sequence[Growth]) -> Chart | None:
    """Return the drawing of some days, None where there was nobody on any of them."""
    if not any(day.active or day.newcomers or day.departures for day in days):
        return None
    top = HEIGHT - BARS - GAP
    low, high = span(min(day.active for day in days), max(day.active for day in days))
    step = WIDTH / max(len(days) - 1, 1)

    def level(count: float) -> float:
        return round(top - (count - low) / (high - low) * (top - GAP), 1)

    points = [f"{number * step:.1f},{level(day.active)}" for number, day in enumerate(days)]
    line = " ".join(points)
    middle = HEIGHT - BARS / 2
    most = max(max(day.newcomers, day.departures) for day in days) or 1
    width = max(round(WIDTH / len(days) * 0.7, 1), 1)
    newcomers, departures = [], []
    for number, day in enumerate(days):
        x = round(number * (WIDTH - width) / max(len(days) - 1, 1), 1)
        up, down = (round(count / most * BARS / 2, 1) for count in (day.newcomers, day.departures))
        if up:
            newcomers.append(Bar(x, round(middle - up, 1), width, up))
        if down:
            departures.append(Bar(x, middle, width, down))
    ticks = tuple(Tick(level(count), count) for count in (low, (low + high) // 2, high))
    area = f"0,{top} {line} {WIDTH},{top}"
    return Chart(line, area, ticks, tuple(newcomers), tuple(departures), middle, days[0].day, days[-1].day)


def span(low: int, high: int) -> tuple[int, int]:
    """Return round numbers below and above, so that the ticks are easily read; the low one is 0 where it is not far."""
    if low < high / 2 or high < 10:
        low = 0
    unit = 10 ** max(len(str(max(high - low, 1))) - 1, 0)
    bottom = low // unit * unit
    height = next((unit * step for step in STEPS if bottom + unit * step >= high), unit * 10)
    return bottom, bottom + max(height + height % 2, 2)
