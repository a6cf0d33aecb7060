"""What accounts may still do: by our budgets, and by what their networks said last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from distributor.channels import registry
from distributor.delivery.models import Account, RateBudgetUse
from distributor.domain import rate_budgets
from distributor.domain.capabilities import Budget


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """So many calls are left of a budget."""

    budget: Budget
    calls: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one account may still do. `allowance` is what its network said, until `allowance_until`, None for none."""

    budgets: tuple[BudgetLeft, ...] = ()
    allowance: int | None = None
    allowance_until: datetime | None = None


def of_accounts(accounts: Sequence[Account], now: datetime) -> dict[int, Limits]:
    """Return what each of these accounts may still do at this moment (aware), by its id. One query."""
    budgets = {account.pk: _budgets(account) for account in accounts}
    longest = max(map(rate_budgets.longest, budgets.values()), default=None)
    uses: dict[int, list[rate_budgets.BudgetUse]] = {}
    if longest:
        rows = RateBudgetUse.objects.filter(account__in=list(accounts), at__gt=now - longest)
        for account_id, at, calls in rows.values_list("account_id", "at", "calls"):
            uses.setdefault(account_id, []).append(rate_budgets.BudgetUse(at, calls))
    return {account.pk: _limits(account, budgets[account.pk], uses.get(account.pk, []), now) for account in accounts}


def _limits(
    account: Account, budgets: tuple[Budget, ...], uses: Sequence[rate_budgets.BudgetUse], now: datetime
) -> Limits:
    budgets_left = tuple(BudgetLeft(budget, rate_budgets.calls_left(budget, uses, now)) for budget in budgets)
    if account.allowance is None or account.allowance_until is None or account.allowance_until <= now:
        return Limits(budgets_left)
    return Limits(budgets_left, max(account.allowance, 0), account.allowance_until)


def _budgets(account: Account) -> tuple[Budget, ...]:
    channel = registry.CHANNELS.get(account.channel)
    return channel.capabilities.budgets if channel else ()
