"""The grid of a calendar: weeks of a month, the hours that a day really has, and what a moment becomes elsewhere. Pure.

A day begins and ends on the clock of its zone, so it has 23 hours when the clocks go forward and 25 when they go back.
An hour that is skipped is in no cell; one that comes twice has two, told apart by `fold` as PEP 495 does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from distributor.domain.times import at_local

FIRST_YEAR, LAST_YEAR = 1971, 9998  # a zone's clock differs by up to a day, and no calendar goes beyond 9999
_QUARTER = timedelta(minutes=15)  # clocks are set by no less anywhere


@dataclass(frozen=True, slots=True, order=True)
class ClockHour:
    """An hour on a clock (0 to 23); `fold` is 1 for the second time that it comes on a day."""

    hour: int
    fold: int = 0


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day on a zone's clock: its first moment and the one after its last, both UTC."""

    day: date
    begins: datetime
    ends: datetime

    @property
    def hours(self) -> float:
        """How long it is, in hours: 24, or 23 and 25 where the clocks are set."""
        return (self.ends - self.begins) / timedelta(hours=1)

    def has(self, moment: datetime) -> bool:
        """Whether a moment (aware) is on this day."""
        return self.begins <= moment < self.ends


def calendar_day(day: date, zone: tzinfo) -> CalendarDay:
    """Return a day with its ends on a zone's clock. A midnight that is skipped leaves it to begin at the jump's end."""
    return CalendarDay(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def week_of(day: date, *, first_weekday: int = 0) -> tuple[date, ...]:
    """Return the seven days of the week that a day is in; weeks begin with `first_weekday` (0 is Monday)."""
    begin = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return tuple(begin + timedelta(days=number) for number in range(7))


def month_of(day: date, *, first_weekday: int = 0) -> tuple[tuple[date, ...], ...]:
    """Return the whole weeks that hold all days of a day's month."""
    first = day.replace(day=1)
    weeks, begin = [], week_of(first, first_weekday=first_weekday)[0]
    while begin <= first or begin.month == first.month:
        weeks.append(tuple(begin + timedelta(days=number) for number in range(7)))
        begin += timedelta(days=7)
    return tuple(weeks)


def next_month(day: date, *, step: int = 1) -> date:
    """Return the first day of the month that is `step` months after a day's, before it where that is negative."""
    number = day.year * 12 + day.month - 1 + step
    return date(number // 12, number % 12 + 1, 1)


def clock_hours(day: date, zone: tzinfo) -> dict[ClockHour, datetime]:
    """Return the hours that a day has, in their order, each with its first moment (UTC)."""
    whole = calendar_day(day, zone)
    hours: dict[ClockHour, datetime] = {}
    moment = whole.begins
    while moment < whole.ends:
        local = moment.astimezone(zone)
        hours.setdefault(ClockHour(local.hour, local.fold), moment)
        moment += _QUARTER
    return hours


def hour_rows(days: Iterable[date], zone: tzinfo) -> tuple[ClockHour, ...]:
    """Return the rows of a week's grid: each hour of the clock, and one more for an hour that comes twice."""
    rows = {ClockHour(hour) for hour in range(24)}
    return tuple(sorted(rows.union(*(clock_hours(day, zone) for day in days))))


def hour_of(moment: datetime, zone: tzinfo) -> ClockHour:
    """Return the hour of its day's grid that a moment (aware) is in."""
    local = moment.astimezone(UTC).replace(fold=0).astimezone(zone)  # a fold of another clock says nothing here
    return ClockHour(local.hour, local.fold)


def wall_moment(day: date, clock: time, zone: tzinfo, *, fold: int = 0) -> datetime:
    """Return the moment (UTC) of a time of day. Of an hour that comes twice, `fold` says which; 0 is the first."""
    if not fold:
        return at_local(datetime.combine(day, clock), zone)
    second = datetime.combine(day, clock, zone).replace(fold=1).astimezone(UTC)
    first = at_local(datetime.combine(day, clock), zone)
    return max(first, second)  # a skipped one has its fold before the jump


def on_day(moment: datetime, day: date, zone: tzinfo, *, hour: ClockHour | None = None) -> datetime:
    """Return the moment (UTC) at which a clock shows the same on another day, or the same minutes in another hour."""
    local = moment.astimezone(zone)
    clock = local.time() if hour is None else local.time().replace(hour=hour.hour)
    fold = 0 if hour is None else hour.fold
    return wall_moment(day, clock.replace(fold=0), zone, fold=fold)


def shift(moments: Sequence[datetime], anchor: int, at: datetime) -> tuple[datetime, ...]:
    """Return moments moved together, so that the one at index `anchor` is at `at`: all stay as far apart."""
    return tuple(moment + (at - moments[anchor]) for moment in moments)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of a day. Where its midnight comes twice, that is the first one."""
    at = at_local(datetime.combine(day, time()), zone)
    local = at.astimezone(zone)
    # A midnight that is skipped means as long after the jump: the day begins when the jump is over.
    while local.date() == day and (at - _QUARTER).astimezone(zone).date() == day:
        at -= _QUARTER
    return at
