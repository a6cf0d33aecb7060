"""When an account may call next, so that none of its budgets is ever exceeded in any span of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from distributor.domain.capabilities import Budget

# A call arrives a moment after it was made, and not always the same moment: so a span is taken a little longer.
_SLACK_SHARE = 0.1
_MOST_SLACK = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """So many calls of one account, made or promised at a time (aware)."""

    at: datetime
    calls: int = 1


def earliest(calls: int, budgets: Iterable[Budget], uses: Sequence[BudgetUse], now: datetime) -> datetime:
    """Return the first moment from `now` on at which an account may make so many calls.

    `uses` are those so far in any order, promised ones included; those older than a budget's span do no harm. More
    calls than a budget has in all wait for all of it.
    """
    newest_first = sorted(uses, key=lambda use: use.at, reverse=True)
    at = now
    for budget in budgets:
        calls_in_span = min(calls, budget.calls)
        for use in newest_first:
            calls_in_span += use.calls
            if calls_in_span > budget.calls:
                at = max(at, use.at + span(budget))
                break
    return at


def calls_left(budget: Budget, uses: Iterable[BudgetUse], now: datetime) -> int:
    """Return how many calls a budget has left at this moment; promised uses count, for they are spoken for."""
    begin = now - span(budget)
    return max(budget.calls - sum(use.calls for use in uses if use.at > begin), 0)


def span(budget: Budget) -> timedelta:
    """Return how long a call counts against a budget, as we see it."""
    seconds = timedelta(seconds=budget.seconds)
    return seconds + min(seconds * _SLACK_SHARE, _MOST_SLACK)


def longest(budgets: Iterable[Budget]) -> timedelta:
    """Return how far back uses matter."""
    return max(map(span, budgets), default=timedelta(0))
