"""Days in figures: `30.11.2026`, `3/4/2027`, `2026/12/1`, `12월 1일`, `2026年12月1日`. Pure."""

from __future__ import annotations

import re
from datetime import date

_FIGURES = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2})?)?")
_YEAR_FIRST = re.compile(r"(\d{4})([./-])\s?(\d{1,2})\2\s?(\d{1,2})\.?")
_EAST_ASIAN = re.compile(r"(?:(\d{4})\s*[년年]\s*)?(\d{1,2})\s*[월月]\s*(\d{1,2})\s*[일日号號]?")


def days_in_figures(words: str, *, today: date, past: bool = False) -> tuple[date, ...]:
    """Return the days that figures may mean, none for what is no day in figures.

    With dots the day comes first, as in all countries that write dates so. With strokes or hyphens the month may:
    where both are possible, both are returned. A day without a year is the next one; in the `past`, the last one.
    """
    if match := _YEAR_FIRST.fullmatch(words):
        return _dates(int(match[1]), ((int(match[3]), int(match[4])),))
    if match := _EAST_ASIAN.fullmatch(words):
        return _near(match[1], ((int(match[2]), int(match[3])),), today, past=past)
    match = _FIGURES.fullmatch(words)
    if match is None:
        return ()
    first, second = int(match[1]), int(match[3])
    orders = [(second, first)] if match[2] == "." else [(second, first), (first, second)]
    return _near(match[4], tuple(dict.fromkeys(orders)), today, past=past)


def _near(year: str | None, orders: tuple[tuple[int, int], ...], today: date, *, past: bool) -> tuple[date, ...]:
    """Return the days of (month, day) pairs in a year as it is written, or in the nearest one where it is not."""
    if year:
        return _dates(int(year) + (2000 if len(year) == 2 else 0), orders)
    days: list[date] = []
    for order in orders:
        candidates = [day for offset in (-1, 0, 1) for day in _dates(today.year + offset, (order,))]
        days += [day for day in reversed(candidates) if day <= today][:1] if past else []
        days += [day for day in candidates if day >= today][:1] if not past else []
    return tuple(days)


def _dates(year: int, orders: tuple[tuple[int, int], ...]) -> tuple[date, ...]:
    days = []
    for month, day in orders:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(days)
