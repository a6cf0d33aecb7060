"""When webhooks are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.webhook_retries import DELAYS, JITTER, PATIENCE, is_hopeless, next_try, pause

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_ten_tries_take_about_three_days(chance: float) -> None:
    moment, tries = NOW, 1
    while (later := next_try(tries, since=NOW, now=moment, chance=chance)) is not None:
        assert later > moment
        moment, tries = later, tries + 1
    assert tries == len(DELAYS) + 1
    assert PATIENCE * (1 - JITTER) - timedelta(minutes=30) <= moment - NOW <= PATIENCE


def test_what_failed_together_does_not_come_back_together() -> None:
    moments = [next_try(2, since=NOW, now=NOW, chance=chance) for chance in (0.0, 0.5, 1.0)]
    assert moments == [NOW + timedelta(minutes=minutes) for minutes in (4, 5, 6)]


def test_an_answer_that_names_a_moment_is_heard_but_not_beyond_three_days() -> None:
    earliest = NOW + timedelta(hours=1)
    assert next_try(1, since=NOW, now=NOW, chance=0.5, earliest=earliest) == earliest
    assert next_try(4, since=NOW, now=NOW, chance=0.5, earliest=earliest) == NOW + timedelta(hours=2)
    late = NOW + timedelta(days=30)
    assert next_try(1, since=NOW, now=NOW, chance=0.5, earliest=late) == NOW + PATIENCE
    assert next_try(1, since=NOW, now=NOW + PATIENCE, chance=0.5) is None


def test_an_endpoint_that_keeps_failing_is_left_alone_for_longer_and_longer() -> None:
    seconds = [pause(failures).total_seconds() for failures in (0, 1, 2, 3, 4, 5, 8, 9, 10_000)]
    assert seconds == [0, 0, 0, 5, 10, 20, 160, 300, 300]


@pytest.mark.parametrize(
    ("days", "failures", "hopeless"), [(3, 10, True), (2, 500, False), (20, 2, False)], ids=["yes", "too soon", "rare"]
)
def test_it_is_hopeless_after_days_and_many_calls(days: int, failures: int, hopeless: bool) -> None:
    assert is_hopeless(failing_since=NOW - timedelta(days=days), failures=failures, now=NOW) == hopeless
