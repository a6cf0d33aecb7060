"""Which letters were read most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

TOP = 10
WINDOW = timedelta(days=30)  # older reads say what was read once, not what is read


@dataclass(frozen=True, slots=True)
class DayOfReads:
    """How often one letter was read on one day. `key` is whatever names the letter."""

    key: int
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class RankedLetter:
    """One place in the ranking, from 1, and the reads that it is owed to."""

    place: int
    key: int
    reads: int


def rank(
    reads: Iterable[DayOfReads], today: date, *, most: int = TOP, window: timedelta = WINDOW
) -> tuple[RankedLetter, ...]:
    """Return the letters most read within the window that ends today, the most read first.

    Of letters read equally often the one that was read last comes first, then the newer one (the greater key), so
    that the order never depends on the order of `reads`. Days to come and counts below one are not counted.
    """
    totals: dict[int, int] = {}
    last: dict[int, date] = {}
    for day in reads:
        if day.count < 1 or not today - window < day.day <= today:
            continue
        totals[day.key] = totals.get(day.key, 0) + day.count
        last[day.key] = max(last.get(day.key, day.day), day.day)
    order = sorted(totals, key=lambda key: (totals[key], last[key], key), reverse=True)
    return tuple(RankedLetter(place, key, totals[key]) for place, key in enumerate(order[:most], start=1))
