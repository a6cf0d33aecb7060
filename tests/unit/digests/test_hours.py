"""The hour of digests as people read it, and times that templates compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.digests import DigestHour, moment_of, time_of


def test_an_hour_is_read_as_a_clock_shows_it() -> None:
    hour = DigestHour(7, 6)
    assert (hour.clock, hour.weekday_name) == ("7:00", "Sunday")


@pytest.mark.parametrize("time", [datetime(2026, 11, 29, 12, 0, 0, 1, UTC), datetime(1969, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_moment_is_exact_and_leads_back(time: datetime) -> None:
    assert time_of(moment_of(time)) == time
    assert moment_of(time + timedelta(microseconds=1)) == moment_of(time) + 1
