"""The grid of a calendar: days as long as they are, and moments that are moved on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.calendar_grid import (
    ClockHour,
    calendar_day,
    clock_hours,
    hour_of,
    hour_rows,
    month_of,
    next_month,
    on_day,
    shift,
    wall_moment,
    week_of,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    [
        UTC,
        *map(
            ZoneInfo,
            ("Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
             "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"),
        ),
    ]
)  # fmt: skip
DAYS = st.dates(date(2012, 1, 1), date(2034, 1, 1))
MOMENTS = st.datetimes(datetime(2012, 1, 2), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(DAYS, ZONES)
def test_days_follow_each_other_without_a_gap(day: date, zone: ZoneInfo) -> None:
    today, tomorrow = calendar_day(day, zone), calendar_day(day + timedelta(days=1), zone)
    assert today.ends == tomorrow.begins
    assert today.hours in (23, 23.5, 24, 24.5, 25)


@given(MOMENTS, ZONES)
def test_each_moment_is_in_one_hour_of_one_day(moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    day = calendar_day(local.date(), zone)
    assert day.has(moment)
    hours = clock_hours(local.date(), zone)
    begin = hours[hour_of(moment, zone)]
    assert begin <= moment < begin + timedelta(hours=1)
    assert list(hours.values()) == sorted(hours.values())
    assert hour_of(moment, zone) in hour_rows([local.date()], zone)


@pytest.mark.parametrize(
    ("day", "hours", "absent", "twice"),
    [
        (date(2026, 3, 8), 23, ClockHour(2), None),
        (date(2026, 11, 1), 25, None, ClockHour(1, 1)),
        (date(2026, 11, 2), 24, None, None),
    ],
)
def test_a_day_has_23_hours_when_the_clocks_go_forward_and_25_when_they_go_back(
    day: date, hours: int, absent: ClockHour | None, twice: ClockHour | None
) -> None:
    assert calendar_day(day, NEW_YORK).hours == hours
    cells = clock_hours(day, NEW_YORK)
    assert len(cells) == hours
    assert absent not in cells
    assert twice is None or twice in cells
    assert len(hour_rows(week_of(day), NEW_YORK)) == (
        25 if twice or ClockHour(1, 1) in hour_rows([day], NEW_YORK) else 24
    )


def test_a_midnight_that_is_skipped_leaves_the_day_to_begin_later() -> None:
    santiago = ZoneInfo("America/Santiago")  # the clocks go forward at midnight
    day = calendar_day(date(2026, 9, 6), santiago)
    assert day.hours == 23
    assert day.begins.astimezone(santiago).time() == time(1)


@given(DAYS, st.integers(0, 6))
def test_a_month_is_whole_weeks_that_hold_all_its_days(day: date, first_weekday: int) -> None:
    weeks = month_of(day, first_weekday=first_weekday)
    days = [each for week in weeks for each in week]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert all(week[0].weekday() == first_weekday for week in weeks)
    assert {each for each in days if each.month == day.month and each.year == day.year} >= {day}
    assert days[6] >= day.replace(day=1)
    assert days[-7] <= next_month(day) - timedelta(days=1)
    assert day in week_of(day, first_weekday=first_weekday)


def test_months_go_over_the_year() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_month(date(2026, 1, 31), step=-1) == date(2025, 12, 1)


@given(MOMENTS, DAYS, ZONES)
def test_what_is_moved_to_another_day_shows_the_same_on_its_clock(moment: datetime, day: date, zone: ZoneInfo) -> None:
    at = on_day(moment, day, zone)
    before, after = moment.astimezone(zone), at.astimezone(zone)
    if after.time() != before.time():  # the clocks skip it there: as long after the jump
        assert after.utcoffset() != (at - timedelta(hours=2)).astimezone(zone).utcoffset() or zone.key == "Pacific/Apia"
    else:
        assert after.date() == day
        assert on_day(at, before.date(), zone) in (moment, moment - timedelta(hours=1), moment - timedelta(minutes=30))


def test_of_an_hour_that_comes_twice_either_can_be_meant() -> None:
    day, clock = date(2026, 11, 1), time(1, 30)
    first, second = wall_moment(day, clock, NEW_YORK), wall_moment(day, clock, NEW_YORK, fold=1)
    assert second - first == timedelta(hours=1)
    assert [f"{at.astimezone(NEW_YORK):%H:%M %Z}" for at in (first, second)] == ["01:30 EDT", "01:30 EST"]
    moment = datetime(2026, 10, 30, 13, 45, tzinfo=UTC)
    assert on_day(moment, day, NEW_YORK, hour=ClockHour(1, 1)) == second + timedelta(minutes=15)
    skipped = wall_moment(date(2026, 3, 8), time(2, 30), NEW_YORK, fold=1)
    assert f"{skipped.astimezone(NEW_YORK):%H:%M %Z}" == "03:30 EDT"


@given(st.lists(MOMENTS, min_size=1, max_size=6), MOMENTS, st.data())
def test_what_is_moved_together_stays_as_far_apart(moments: list[datetime], at: datetime, data: st.DataObject) -> None:
    anchor = data.draw(st.integers(0, len(moments) - 1))
    moved = shift(moments, anchor, at)
    assert moved[anchor] == at
    assert [later - moved[0] for later in moved] == [later - moments[0] for later in moments]
