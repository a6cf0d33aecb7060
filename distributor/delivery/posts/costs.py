"""What dispatches have cost at their networks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from distributor.delivery.models import Account, Attempt, Dispatch
from distributor.domain import costs
from distributor.domain.states import State


def of(dispatches: Iterable[Dispatch]) -> dict[str, float]:
    """Return what these have cost so far, for each currency. A thread that broke off has cost what is out of it."""
    known = list(dispatches)
    raws = [one.receipt.get("raw") or {} for one in known if one.receipt]
    begun = [one.pk for one in known if not one.receipt and one.released_at]
    last = Attempt.objects.filter(dispatch__in=begun, subscriber_id=None).order_by("dispatch", "-number")
    raws += [attempt.raw for attempt in last.distinct("dispatch")] if begun else []
    return costs.totals(raws)


def since(account: Account, moment: datetime) -> dict[str, float]:
    """Return what an account's posts have cost since a moment (aware)."""
    there = [state.value for state in (State.SENT, State.RECALLING, State.RECALLED)]  # taking it back pays nothing back
    sent = account.dispatches.filter(state__in=there, finished_at__gte=moment, receipt__raw__has_key="cost")
    return costs.totals(receipt["raw"] for receipt in sent.values_list("receipt", flat=True) if receipt)
