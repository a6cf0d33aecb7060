from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.ranking import TOP, WINDOW, DayOfReads, rank

TODAY = date(2026, 3, 31)


def reads(key: int, count: int, days_ago: int = 0) -> DayOfReads:
    return DayOfReads(key, TODAY - timedelta(days=days_ago), count)


def test_the_most_read_comes_first_and_days_add_up() -> None:
    ranked = rank([reads(1, 5), reads(2, 3), reads(2, 4, 1)], TODAY)
    assert [(one.place, one.key, one.reads) for one in ranked] == [(1, 2, 7), (2, 1, 5)]


def test_of_equals_the_one_read_last_comes_first_then_the_newer_one() -> None:
    assert [one.key for one in rank([reads(1, 5, 2), reads(2, 5, 1)], TODAY)] == [2, 1]
    assert [one.key for one in rank([reads(1, 5), reads(2, 5)], TODAY)] == [2, 1]


def test_what_is_older_than_the_window_does_not_count() -> None:
    first, too_old = WINDOW.days - 1, WINDOW.days
    assert [one.key for one in rank([reads(1, 9, too_old), reads(2, 1, first)], TODAY)] == [2]


def test_a_day_to_come_does_not_count() -> None:
    assert rank([reads(1, 9, -1)], TODAY) == ()


def test_nothing_read_is_an_empty_ranking() -> None:
    assert rank([], TODAY) == ()


days = st.builds(reads, key=st.integers(1, 30), count=st.integers(-2, 1000), days_ago=st.integers(-3, 60))


@given(st.lists(days, max_size=80), st.randoms())
def test_a_ranking_is_in_order_at_most_ten_and_does_not_depend_on_the_order_of_its_input(events, random) -> None:  # type: ignore[no-untyped-def]
    ranked = rank(events, TODAY)
    assert len(ranked) <= TOP
    assert [one.place for one in ranked] == list(range(1, len(ranked) + 1))
    assert all(one.reads > 0 for one in ranked)
    assert [one.reads for one in ranked] == sorted((one.reads for one in ranked), reverse=True)
    shuffled = list(events)
    random.shuffle(shuffled)
    assert rank(shuffled, TODAY) == ranked
