"""The hours after a mailing's release as a drawing: how many opened it and followed a link for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from distributor.desk.growth_chart import GAP, HEIGHT, WIDTH, Bar, Tick, span
from distributor.insights.tallies import COURSE_HOURS, CourseHour

FEWEST_HOURS: Final = 6  # so that one bar is no block
STEP_HOURS: Final = 6  # between the labels below


@dataclass(frozen=True, slots=True)
class CourseChart:
    """Everything that is drawn. `hours` are the labels below: where each stands, and its hour."""

    opens: tuple[Bar, ...]
    clicks: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    hours: tuple[tuple[float, int], ...]
    axis: float
    width: int = WIDTH
    height: int = HEIGHT


def chart(course: Sequence[CourseHour]) -> CourseChart | None:
    """Return the drawing of the first two days, None where nothing happened in them."""
    hours = [hour for hour in course if hour.hour < COURSE_HOURS]
    if not hours:
        return None
    count = max(hours[-1].hour + 1, FEWEST_HOURS)
    axis = HEIGHT - 2 * GAP
    _, high = span(0, max(max(hour.opens, hour.clicks) for hour in hours))
    step = WIDTH / count

    def bars(counts: Sequence[tuple[int, int]], *, offset: float, share: float) -> tuple[Bar, ...]:
        return tuple(
            Bar(
                round((hour + offset) * step, 1),
                round(axis - number / high * (axis - GAP), 1),
                round(share * step, 1),
                round(number / high * (axis - GAP), 1),
            )
            for hour, number in counts
            if number
        )

    ticks = tuple(Tick(round(axis - number / high * (axis - GAP), 1), number) for number in (0, high // 2, high))
    labels = tuple((round(hour * step, 1), hour) for hour in range(0, count, STEP_HOURS if count > 12 else 1))
    return CourseChart(
        opens=bars([(hour.hour, hour.opens) for hour in hours], offset=0.08, share=0.5),
        clicks=bars([(hour.hour, hour.clicks) for hour in hours], offset=0.6, share=0.3),
        ticks=ticks,
        hours=labels,
        axis=axis,
    )
