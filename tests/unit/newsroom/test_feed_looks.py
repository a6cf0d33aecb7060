"""When a feed is looked at again, and when its news ask a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.feed_looks import brake, is_whole_due, next_look

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_a_look_comes_before_the_interval_is_over(chance: float) -> None:
    wait = next_look(NOW, interval=QUARTER, failures=0, chance=chance, not_before=None) - NOW
    assert QUARTER * 0.8 <= wait <= QUARTER * 0.95


@pytest.mark.parametrize(
    ("failures", "interval", "longest"),
    [
        (1, QUARTER, timedelta(minutes=30)),
        (3, QUARTER, timedelta(hours=2)),
        (9, QUARTER, timedelta(days=1)),
        (10_000, QUARTER, timedelta(days=1)),
        (5, timedelta(days=1), timedelta(days=1)),
    ],
)
def test_failures_make_looks_rare_up_to_a_day(failures: int, interval: timedelta, longest: timedelta) -> None:
    assert next_look(NOW, interval=interval, failures=failures, chance=1.0, not_before=None) == NOW + longest * 0.95


def test_a_server_says_when_it_may_be_asked_again() -> None:
    later = NOW + timedelta(hours=5)
    assert next_look(NOW, interval=QUARTER, failures=1, chance=0, not_before=later) == later
    soon = NOW + timedelta(seconds=5)
    assert next_look(NOW, interval=QUARTER, failures=1, chance=0, not_before=soon) == NOW + timedelta(minutes=24)


def test_a_feed_is_read_whole_from_time_to_time() -> None:
    assert is_whole_due(NOW, read_at=None, interval=QUARTER)
    assert not is_whole_due(NOW, read_at=NOW - timedelta(hours=5), interval=QUARTER)
    assert is_whole_due(NOW, read_at=NOW - timedelta(hours=6), interval=QUARTER)
    assert not is_whole_due(NOW, read_at=NOW - timedelta(hours=6), interval=timedelta(hours=8))


@pytest.mark.parametrize(("news", "earlier", "asks"), [(0, 90, False), (5, 0, False), (3, 2, False)])
def test_as_many_as_the_limit_go_out(news: int, earlier: int, asks: bool) -> None:
    assert bool(brake(news=news, earlier=earlier, limit=5)) is asks


def test_more_than_that_ask() -> None:
    assert brake(news=6, earlier=0, limit=5).startswith("6 new letters came at once, and 5 a day")
    assert brake(news=1, earlier=5, limit=5).startswith("1 new letter came after 5 in the 24 hours before")
    assert brake(news=1, earlier=0, limit=0)
