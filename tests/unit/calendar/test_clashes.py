"""What goes out too close to something else, and the hour that the past speaks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.best_hours import FEWEST_MAILINGS, MailingOpens, best_hour
from distributor.domain.clashes import NEAR, Appointment, clashes

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
APPOINTMENTS = st.builds(
    Appointment,
    key=st.integers(1, 30),
    lane=st.sampled_from(["mail", "twitter"]),
    party=st.sampled_from(["letter 1", "letter 2", "letter 3"]),
    title=st.just(""),
    at=st.integers(0, 180).map(lambda minutes: NINE + timedelta(minutes=minutes)),
)
MAILINGS = st.builds(MailingOpens, st.integers(0, 23), st.integers(0, 5_000), st.integers(0, 5_000))


@given(st.lists(APPOINTMENTS, max_size=5), st.lists(APPOINTMENTS, max_size=8))
def test_clashes_are_near_in_one_lane_and_of_different_letters(
    mine: list[Appointment], others: list[Appointment]
) -> None:
    result = clashes(mine, others)
    for clash in result:
        assert clash.appointment.lane == clash.neighbour.lane
        assert clash.appointment.party != clash.neighbour.party
        assert clash.apart < NEAR
    assert [clash.apart for clash in result] == sorted(clash.apart for clash in result)
    assert {(clash.appointment, clash.neighbour) for clash in result} == {
        (clash.neighbour, clash.appointment) for clash in clashes(others, mine)
    }


def test_half_an_hour_apart_is_far_enough() -> None:
    mine = Appointment(1, "mail", "letter 1", "", NINE)
    assert clashes([mine], [Appointment(2, "mail", "letter 2", "", NINE + NEAR)]) == []
    assert clashes([mine], [Appointment(2, "mail", "letter 2", "", NINE + NEAR - timedelta(seconds=1))])


def test_too_few_mailings_say_nothing() -> None:
    few = [MailingOpens(hour, 100, 90) for hour in (7, 7, 9, 9, 7)]
    assert best_hour(few).hour is None
    assert best_hour(few).total == FEWEST_MAILINGS - 1
    assert best_hour([]).hour is None
    assert best_hour([MailingOpens(9, 100, 40)] * 20).hour is None  # nothing to compare it with
    assert best_hour([MailingOpens(hour, 100, 40) for hour in (7, 9)] * 10).hour is None  # all alike


def test_the_best_hour_comes_with_its_evidence() -> None:
    found = best_hour([*[MailingOpens(7, 100, 50)] * 4, *[MailingOpens(18, 100, 30)] * 4, MailingOpens(3, 10, 10)])
    assert (found.hour, found.share, found.mailings, found.total) == (7, 0.5, 4, 9)
    assert 0.3 < found.average < 0.5


@given(st.lists(MAILINGS, max_size=30))
def test_an_hour_is_only_named_that_mailings_went_out_at_and_that_did_better(mailings: list[MailingOpens]) -> None:
    result = best_hour(mailings)
    if result.hour is not None:
        assert (
            sum(mailing.hour == result.hour and mailing.recipients > 0 for mailing in mailings) == result.mailings >= 2
        )
        assert result.share > result.average
    assert 0 <= result.share <= 1
