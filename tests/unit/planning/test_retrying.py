"""What follows from an outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.outcomes import Accepted, Deferred, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.retries import (
    DELAYS,
    MAIL_PATIENCE,
    POST_PATIENCE,
    AskPerson,
    Finish,
    Retry,
    Stop,
    decide,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(outcome: object, *, attempt: int = 1, first: datetime = NOW, patience: timedelta = POST_PATIENCE) -> object:
    return decide(outcome, attempt=attempt, first_tried_at=first, now=NOW, patience=patience)  # type: ignore[arg-type]


def test_each_outcome_has_its_consequence() -> None:
    assert after(Accepted(Receipt("1"))) == Finish()
    assert after(Rejected("Too long.")) == Stop("Too long.")
    assert after(Reconnect("Token ended.")) == AskPerson("Token ended.", reconnect=True)
    assert after(Unconfirmed("No answer.")) == AskPerson("No answer.")
    assert after(Deferred("Busy.")) == Retry(NOW + DELAYS[0], "Busy.")


def test_a_channel_that_says_when_is_not_asked_before() -> None:
    later = NOW + timedelta(minutes=14)
    assert after(Deferred("Limit.", retry_at=later)) == Retry(later, "Limit.")
    assert after(Deferred("Limit.", retry_at=NOW - timedelta(minutes=5))) == Retry(NOW + DELAYS[0], "Limit.")


@given(attempt=st.integers(1, 500), minutes=st.integers(0, 10_000))
def test_retries_end_within_the_patience(attempt: int, minutes: int) -> None:
    first = NOW - timedelta(minutes=minutes)
    match after(Deferred("Busy."), attempt=attempt, first=first, patience=MAIL_PATIENCE):
        case Retry(at=at):
            assert NOW < at <= first + MAIL_PATIENCE
        case Stop(reason=reason):
            assert reason.endswith("Busy.")
            assert minutes > (MAIL_PATIENCE - DELAYS[-1]) / timedelta(minutes=1)
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("since", "span"),
    [
        (timedelta(seconds=20), "a minute"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=3, hours=2), "3 days"),
    ],
)
def test_who_gives_up_says_after_how_long(since: timedelta, span: str) -> None:
    late = Deferred("Busy.", retry_at=NOW + timedelta(days=9))
    assert after(late, first=NOW - since) == Stop(f"Given up after {span}: Busy.")
