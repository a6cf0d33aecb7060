"""An account's turns: no budget is ever exceeded, and nobody waits longer than needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.capabilities import Budget
from distributor.domain.rate_budgets import BudgetUse, calls_left, earliest, longest, span

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BUDGETS = st.lists(st.builds(Budget, st.integers(1, 8), st.integers(1, 3600)), max_size=3)


def test_without_budgets_everything_goes_at_once() -> None:
    assert earliest(5, (), [BudgetUse(NOW)] * 100, NOW) == NOW
    assert longest(()) == timedelta(0)


def test_the_next_one_waits_until_the_oldest_no_longer_counts() -> None:
    budget = Budget(3, 900)
    taken = [BudgetUse(NOW - timedelta(minutes=minutes)) for minutes in (14, 5, 1)]
    assert earliest(1, [budget], taken, NOW) == NOW - timedelta(minutes=14) + span(budget)
    assert earliest(1, [budget], taken[1:], NOW) == NOW
    assert earliest(2, [budget], taken[1:], NOW) == NOW - timedelta(minutes=5) + span(budget)


def test_what_is_left_counts_promises_and_nothing_that_is_over() -> None:
    budget = Budget(5, 60)
    uses = [BudgetUse(NOW - span(budget), 4), BudgetUse(NOW - timedelta(seconds=30), 2), BudgetUse(NOW + timedelta(1))]
    assert calls_left(budget, uses, NOW) == 2
    assert calls_left(budget, [BudgetUse(NOW, 9)], NOW) == 0


def test_a_thread_that_is_longer_than_the_budget_waits_for_all_of_it() -> None:
    budget = Budget(3, 60)
    assert earliest(9, [budget], [], NOW) == NOW
    assert earliest(9, [budget], [BudgetUse(NOW)], NOW) == NOW + span(budget)


@given(BUDGETS, st.lists(st.tuples(st.integers(0, 600), st.integers(1, 3)), min_size=1, max_size=40))
def test_no_budget_is_exceeded_in_any_span(budgets: list[Budget], settings: list[tuple[int, int]]) -> None:
    taken: list[BudgetUse] = []
    now = NOW
    for pause, calls in settings:
        now += timedelta(seconds=pause)
        wanted = min([calls, *(budget.calls for budget in budgets)])
        taken.append(BudgetUse(earliest(wanted, budgets, taken, now), wanted))
    for budget in budgets:
        for turn in taken:
            inside = (one for one in taken if turn.at <= one.at < turn.at + timedelta(seconds=budget.seconds))
            assert sum(one.calls for one in inside) <= budget.calls


@given(BUDGETS, st.lists(st.integers(0, 7200), max_size=40), st.integers(1, 3))
def test_nobody_waits_when_there_is_room(budgets: list[Budget], ages: list[int], calls: int) -> None:
    taken = [BudgetUse(NOW - timedelta(seconds=age)) for age in ages]
    at = earliest(calls, budgets, taken, NOW)
    if at > NOW:
        just_before = at - timedelta(microseconds=1)
        assert any(
            sum(turn.calls for turn in taken if turn.at > just_before - span(budget)) + min(calls, budget.calls)
            > budget.calls
            for budget in budgets
        )
