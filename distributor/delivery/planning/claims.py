"""Claiming what is due: guarded moves from scheduled to sending, each followed by a wake-up for a worker."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from distributor.channels import registry
from distributor.delivery import wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import claim_queries
from distributor.delivery.transitions import announce
from distributor.domain.states import FINISHED, Event, State

AT_ONCE = 500
# Posts of one account under way at the same time: a network that takes half a minute for each answer holds no more
# workers than this, whatever waits for it.
OF_AN_ACCOUNT = 2


@transaction.atomic
def claim_due() -> list[int]:
    """Claim what is due, for all accounts, and wake workers; return the dispatches' numbers."""
    return _claim(claim_queries.DUE, {"most": AT_ONCE, "of_an_account": OF_AN_ACCOUNT, "addressed": _addressed()})


@transaction.atomic
def claim_next(account_id: int) -> list[int]:
    """Claim the next due post of an account that has just finished one, so that it need not wait for the next tick."""
    return _claim(claim_queries.DUE_OF_ACCOUNT, {"account": account_id, "of_an_account": OF_AN_ACCOUNT})


def _claim(query: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {**values, "finished": list(FINISHED)})
        due = [id_ for (id_,) in cursor.fetchall()]
    if due:
        Dispatch.objects.filter(pk__in=due).update(
            state=State.SENDING.value, released_at=Coalesce("released_at", Now()), reason="", remedy=""
        )
        announce(due, Event.RELEASE)
        wake_for(due)
    return due


def wake_for(dispatch_ids: Collection[int]) -> None:
    """Wake a worker for each of these, by the task of its kind."""
    for id_, name in Dispatch.objects.filter(pk__in=dispatch_ids).order_by("due_at", "pk").values_list("pk", "channel"):
        wakeups.after_commit("delivery.mail" if is_addressed(name) else "delivery.post", id_)


def is_addressed(name: str) -> bool:
    """Whether a channel's variants go to recipients in batches."""
    channel = registry.CHANNELS.get(name)
    return channel is not None and channel.capabilities.addressed


def _addressed() -> list[str]:
    return [name for name in registry.CHANNELS if is_addressed(name)]
