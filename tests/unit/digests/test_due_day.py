"""A digest comes at its hour on the subscriber's own clock, once a local day or week, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.digests import Cadence, DigestHour, due_day

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
moments = st.integers(0, 3 * 365 * 96).map(lambda step: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=15) * step)


def daily(now: datetime, zone: ZoneInfo, *, hour: int = 8, not_before: datetime = LONG_AGO) -> date | None:
    return due_day(Cadence.DAILY, DigestHour(hour), zone=zone, now=now, not_before=not_before)


def weekly(now: datetime, *, not_before: datetime = LONG_AGO) -> date | None:
    return due_day(Cadence.WEEKLY, DigestHour(8, weekday=0), zone=SEOUL, now=now, not_before=not_before)


def test_nothing_is_due_before_the_local_hour_and_all_day_after_it() -> None:
    assert daily(datetime(2026, 11, 24, 7, 59, tzinfo=SEOUL), SEOUL) is None
    assert daily(datetime(2026, 11, 24, 8, 0, tzinfo=SEOUL), SEOUL) == date(2026, 11, 24)
    assert daily(datetime(2026, 11, 24, 23, 59, tzinfo=SEOUL), SEOUL) == date(2026, 11, 24)


def test_an_hour_that_the_clocks_skip_comes_after_the_jump() -> None:
    just_before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)  # 01:59 in Berlin, and 03:00 a minute later
    assert daily(just_before, BERLIN, hour=2) is None
    assert daily(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), BERLIN, hour=2) == date(2026, 3, 29)


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    assert daily(datetime(2026, 10, 25, 0, 0, tzinfo=UTC), BERLIN, hour=2) == date(2026, 10, 25)
    assert daily(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BERLIN, hour=2) == date(2026, 10, 25)


@given(zones, st.integers(0, 23), moments)
def test_every_local_day_has_one_daily_digest_in_every_zone(zone: ZoneInfo, hour: int, start: datetime) -> None:
    asked = [start + timedelta(minutes=15) * step for step in range(5 * 96)]
    days = [day for day in (daily(now, zone, hour=hour) for now in asked) if day is not None]
    first, last = asked[0].astimezone(zone).date(), asked[-1].astimezone(zone).date()
    whole = {first + timedelta(days=ahead) for ahead in range(1, (last - first).days)}
    assert whole <= set(days)
    assert days == sorted(days)  # a day that is over never comes back


def test_a_weekly_digest_that_was_missed_is_made_up_for_within_six_days() -> None:
    monday = date(2026, 11, 23)
    assert weekly(datetime(2026, 11, 23, 7, 0, tzinfo=SEOUL)) is None
    for day in range(23, 30):
        assert weekly(datetime(2026, 11, day, 12, 0, tzinfo=SEOUL)) == monday
    assert weekly(datetime(2026, 11, 30, 7, 0, tzinfo=SEOUL)) is None
    assert weekly(datetime(2026, 11, 30, 8, 0, tzinfo=SEOUL)) == date(2026, 11, 30)


@pytest.mark.parametrize(
    "ask", [lambda now, since: daily(now, SEOUL, not_before=since), lambda now, since: weekly(now, not_before=since)]
)
def test_switching_digests_on_sends_none_for_an_hour_that_had_passed(ask: object) -> None:
    now = datetime(2026, 11, 23, 15, 0, tzinfo=SEOUL)
    assert callable(ask)
    assert ask(now, now - timedelta(hours=1)) is None
    assert ask(now, now - timedelta(days=1)) == date(2026, 11, 23)
