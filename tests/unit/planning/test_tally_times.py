"""When a large mailing's figures are added up anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.tally_times import is_due

RELEASED = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_what_was_never_added_up_is_due() -> None:
    assert is_due(RELEASED, None, RELEASED)


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(seconds=10), timedelta(minutes=1)),
        (timedelta(hours=1), timedelta(minutes=3)),
        (timedelta(days=10), timedelta(hours=12)),
    ],
)
def test_the_older_it_is_the_longer_is_the_pause(age: timedelta, pause: timedelta) -> None:
    tallied_at = RELEASED + age
    assert not is_due(RELEASED, tallied_at, tallied_at + pause - timedelta(seconds=1))
    assert is_due(RELEASED, tallied_at, tallied_at + pause)
