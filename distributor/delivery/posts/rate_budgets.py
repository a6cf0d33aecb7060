"""Whether an account may make its calls now, by its budgets and what its network said; else when.

Always under the lock of the account's row: all workers share what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from distributor.delivery.models import Account, Attempt, Dispatch, RateBudgetUse
from distributor.domain import rate_budgets
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Deferred, Outcome

FORGOTTEN_AFTER = timedelta(days=2)  # longer than any budget's span
RESTS = timedelta(minutes=5)  # of an account whose network says that it takes no more, but not until when


@dataclass(frozen=True, slots=True)
class BudgetWait:
    """The account may not be used before `at`; `reason` is for an editor."""

    at: datetime
    reason: str


def lock(account_id: int) -> Account:
    """Return the account with its row locked until the transaction ends; dispatches can be made for it all the same."""
    return Account.objects.select_for_update(no_key=True).get(pk=account_id)


def take(
    account: Account, dispatch: Dispatch, calls: int, capabilities: Capabilities, now: datetime
) -> BudgetWait | None:
    """Use the account's budget for so many calls of a dispatch, or promise it. None: the call may be made now."""
    label = capabilities.label
    if account.rests_until and account.rests_until > now:
        return BudgetWait(account.rests_until, account.rests_because or f"{label} takes nothing more for now.")
    if account.allowance_until and account.allowance_until > now and (account.allowance or 0) < calls:
        return BudgetWait(account.allowance_until, f"{label} takes no more of this account before then.")
    if capabilities.budgets:
        at = _budget_time(account, dispatch, calls, capabilities, now)
        if at > now:
            return BudgetWait(at, f"It waits for its turn: {_limits(capabilities)}.")
    if account.allowance and account.allowance_until and account.allowance_until > now:
        account.allowance -= calls
        account.save(update_fields=["allowance"])
    return None


def _budget_time(
    account: Account, dispatch: Dispatch, calls: int, capabilities: Capabilities, now: datetime
) -> datetime:
    """Return when the dispatch may use the budget; that is noted as used where it is now, else as promised."""
    budgets = capabilities.budgets
    other_uses = account.budget_uses.filter(at__gt=now - rate_budgets.longest(budgets)).exclude(
        dispatch=dispatch, used=False
    )
    promise = RateBudgetUse.objects.filter(dispatch=dispatch, used=False).first()
    if promise is not None and promise.account_id == account.pk:
        other_uses = other_uses.filter(at__lte=now)  # what is promised for later does not come before it
    uses = [rate_budgets.BudgetUse(at, count) for at, count in other_uses.values_list("at", "calls")]
    at = rate_budgets.earliest(calls, budgets, uses, now)
    use = promise or RateBudgetUse(dispatch=dispatch)
    use.account, use.at, use.calls, use.used = account, at, calls, at <= now
    use.save()
    return at


def learn(account_id: int, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """Learn from an answer: how much the account may still do, whether it has to rest, and when its calls ended."""
    # Its own use alone: calls of an earlier try were made when they were made.
    uses = RateBudgetUse.objects.filter(account=account_id, dispatch=attempt.dispatch_id, used=True)
    uses.filter(at=attempt.started_at).update(at=now)
    if isinstance(outcome, Accepted) and outcome.allowance is not None:
        allowance = outcome.allowance
        Account.objects.filter(pk=account_id).update(allowance=allowance.calls, allowance_until=allowance.ends_at)
    if isinstance(outcome, Deferred) and outcome.whole_account:
        until = outcome.retry_at or now + RESTS
        Account.objects.filter(pk=account_id).update(rests_until=until, rests_because=outcome.reason[:500])


def give_up(dispatch: Dispatch) -> None:
    """Free what was promised to a dispatch that is not going to need it."""
    RateBudgetUse.objects.filter(dispatch=dispatch, used=False).delete()


def forget(now: datetime) -> int:
    """Forget uses that no budget counts any more; return how many."""
    return RateBudgetUse.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()[0]


def _limits(capabilities: Capabilities) -> str:
    phrases = [f"{budget.calls:,} in {_span(budget.seconds)}" for budget in capabilities.budgets]
    return f"{capabilities.label} takes {' and '.join(phrases)} of one account"


def _span(seconds: int) -> str:
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {name}s" if count > 1 else f"{'an' if name == 'hour' else 'a'} {name}"
    return f"{seconds} seconds"
