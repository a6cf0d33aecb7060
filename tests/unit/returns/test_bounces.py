"""When bounces cost a subscriber."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.domain.bounces import (
    ARRIVAL,
    LIMIT,
    Acceptance,
    Bounce,
    concerns_sender,
    is_certain_end,
    is_mailbox_gone,
    is_worn_out,
    last_success,
    score,
)
from distributor.domain.returns import Kind, MailEvent
from tests.unit.returns.installation import NOW

TODAY = date(2026, 3, 10)
SOFT, HARD = Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE


def every(days: int, times: int, kind: Kind = SOFT) -> list[Bounce]:
    """Bounces every so many days, the last one today."""
    return [Bounce(TODAY - timedelta(days=days * number), kind) for number in range(times)]


@pytest.mark.parametrize(
    ("days", "kind", "least"),
    [(1, SOFT, 15), (7, SOFT, 14), (1, HARD, 15), (7, HARD, 5), (2, SOFT, 8), (14, HARD, 6)],
)
def test_how_many_bounces_in_a_row_end_a_subscription(days: int, kind: Kind, least: int) -> None:
    assert not is_worn_out(every(days, least - 1, kind), TODAY)
    assert is_worn_out(every(days, least, kind), TODAY)


@pytest.mark.parametrize("kind", [SOFT, HARD])
def test_a_monthly_letter_ends_none(kind: Kind) -> None:
    assert not is_worn_out(every(31, 60, kind), TODAY)


def test_half_is_left_after_a_month() -> None:
    assert score([Bounce(TODAY, SOFT)], TODAY) == 1
    assert score([Bounce(TODAY, HARD)], TODAY + timedelta(days=30)) == pytest.approx(1)
    assert score([Bounce(TODAY + timedelta(days=3), SOFT)], TODAY) == 1  # a clock that is ahead


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 13), st.sampled_from([SOFT, HARD])), max_size=500))
def test_nothing_within_two_weeks_ends_anything(bounces: list[tuple[int, Kind]]) -> None:
    assert not is_worn_out([Bounce(TODAY - timedelta(days=day), kind) for day, kind in bounces], TODAY)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from([SOFT, HARD])), max_size=60), st.integers(0, 400))
def test_time_only_lowers_a_score(bounces: list[tuple[int, Kind]], later: int) -> None:
    some = [Bounce(TODAY - timedelta(days=day), kind) for day, kind in bounces]
    assert score(some, TODAY + timedelta(days=later)) <= score(some, TODAY) + 1e-9
    if is_worn_out(some, TODAY):
        assert score(some, TODAY) >= LIMIT


@pytest.mark.parametrize(
    ("kind", "status", "certain", "ends"),
    [
        (HARD, "5.1.1", True, True),
        (HARD, "5.1.10", True, True),
        (HARD, "5.2.1", True, True),
        (HARD, "5.1.1", False, False),
        (HARD, "5.2.2", True, False),
        (HARD, "5.7.1", True, False),
        (HARD, "", True, False),
        (SOFT, "5.1.1", True, False),
        (Kind.DELAYED, "5.1.1", True, False),
    ],
)
def test_what_ends_at_once(kind: Kind, status: str, certain: bool, ends: bool) -> None:
    assert is_certain_end(MailEvent(kind, "dsn", "1", NOW, status=status, certain=certain)) is ends


def test_codes_that_speak_of_us() -> None:
    assert all(concerns_sender(code) for code in ("5.7.1", "4.7.0", "5.6.0", "5.5.2", "5.3.4", "5.7.26"))
    assert not any(concerns_sender(code) for code in ("5.1.1", "5.2.2", "4.4.1", "5.3.0", "", "5.7"))


@pytest.mark.parametrize(
    ("code", "gone"),
    [
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.2.2", False),
        ("5.7.1", False),
        ("4.1.1", False),
        ("", False),
    ],
)
def test_only_a_mailbox_that_is_gone_costs_a_subscriber(code: str, gone: bool) -> None:
    assert is_mailbox_gone(code) is gone


def days_before(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("mails", "bounces", "success"),
    [
        ([], [], None),
        ([(1, 7)], [], 7),
        ([(1, 6)], [], 6),
        ([(1, 5.9)], [], None),  # it may still come back
        ([(1, 9), (2, 8), (3, 2)], [], 8),
        ([(1, 9), (2, 8)], [(7, 2)], 9),
        ([(1, 9), (2, 8)], [(1, 1), (7, 2)], None),  # however late it came back
        ([(1, 9), (2, 8)], [(8.5, None)], 8),  # of the first, or of one before
        ([(1, 20), (2, 8)], [(7, None)], 20),
        ([(1, 20)], [(13, None)], 20),  # too late to be of that one
    ],
)
def test_an_accepted_mail_that_has_not_come_back_has_arrived(
    mails: list[tuple[int, float]], bounces: list[tuple[float, int | None]], success: float | None
) -> None:
    acceptances = [Acceptance(dispatch, days_before(days)) for dispatch, days in mails]
    returns = [(days_before(days), dispatch) for days, dispatch in bounces]
    assert last_success(acceptances, returns, NOW) == (None if success is None else days_before(success))


def test_a_bounce_has_come_by_then() -> None:
    """Servers give up after 4 to 5 days (RFC 5321, 4.5.4.1), and say so at once."""
    assert timedelta(days=5) < ARRIVAL
