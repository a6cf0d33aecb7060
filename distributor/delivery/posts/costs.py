"""What dispatches have cost at their networks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from distributor.delivery.models import Account, Attempt, Dispatch
from distributor.domain import costs
from distributor.domain.states import State


def of(dispatches: Iterable[Dispatch]) -> dict[str, float]:
    """Return what these have cost so far, for each currency. A thread that broke off has cost what is out of it."""
    posts = list(dispatches)
    raws = [post.receipt.get("raw") or {} for post in posts if post.receipt]
    open_posts = [post.pk for post in posts if not post.receipt and post.released_at]
    last = Attempt.objects.filter(dispatch__in=open_posts, subscriber_id=None).order_by("dispatch", "-number")
    raws += [attempt.raw for attempt in last.distinct("dispatch")] if open_posts else []
    return costs.totals(raws)


def of_accounts(accounts: Iterable[Account], moment: datetime) -> dict[int, dict[str, float]]:
    """Return what the posts of each of these accounts have cost since a moment (aware), by the account's id."""
    # Taking it back pays nothing back.
    states = [state.value for state in (State.SENT, State.RECALLING, State.RECALLED)]
    paid_posts = Dispatch.objects.filter(
        account__in=list(accounts), state__in=states, finished_at__gte=moment, receipt__raw__has_key="cost"
    )
    raws: dict[int, list[dict[str, Any]]] = {}
    for account_id, receipt in paid_posts.values_list("account_id", "receipt"):
        if receipt:
            raws.setdefault(account_id, []).append(receipt["raw"])
    return {account_id: costs.totals(account_raws) for account_id, account_raws in raws.items()}
