"""Taking back what was sent: asked for by an editor, written down before the call, tried until it is gone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry
from distributor.channels.base import PostChannel
from distributor.delivery import wakeups
from distributor.delivery.accounts import accounts, tokens
from distributor.delivery.models import Dispatch
from distributor.delivery.transitions import locked, state_of
from distributor.domain.errors import CredentialsError, DistributorError, ServiceAway, StateError
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Unconfirmed
from distributor.domain.states import State
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=1)
_WORKING = timedelta(minutes=10)  # a worker that has not answered by then is gone


def can_be_recalled(dispatch: Dispatch) -> bool:
    """Whether an editor may ask to take this back from its network."""
    channel = registry.CHANNELS.get(dispatch.channel)
    return (
        channel is not None
        and channel.capabilities.recall
        and state_of(dispatch) is State.SENT
        and dispatch.receipt is not None
        and dispatch.recalled_at is None
        and dispatch.recall_at is None
    )


@transaction.atomic
def recall(dispatch_id: int) -> Dispatch:
    """Have a sent post deleted where it is. Raises StateError where it can't be."""
    dispatch = locked(dispatch_id)
    if dispatch.recalled_at is not None or dispatch.recall_at is not None:
        return dispatch
    if not can_be_recalled(dispatch):
        channel = registry.CHANNELS.get(dispatch.channel)
        if channel is not None and not channel.capabilities.recall:
            raise StateError(f"{channel.capabilities.label} can’t take back what was sent.")
        raise StateError(f"A dispatch that is {dispatch.state} can't be taken back from its network.")
    dispatch.recall_at = timezone.now()
    dispatch.reason = "It is being taken back."
    dispatch.save(update_fields=["recall_at", "reason"])
    wakeups.after_commit("delivery.recall", dispatch_id)
    return dispatch


def due(now: datetime) -> list[int]:
    """Return what is to be taken back now."""
    return list(Dispatch.objects.filter(recall_at__lte=now, recalled_at=None).values_list("pk", flat=True))


def carry_out(dispatch_id: int) -> None:
    """Make the call that deletes a post; harmless when another worker makes or made it."""
    tokens.keep_fresh(dispatch_id)
    with transaction.atomic(durable=True):
        dispatch = locked(dispatch_id)
        now = timezone.now()
        if dispatch.recall_at is None or dispatch.recall_at > now or dispatch.recalled_at or dispatch.receipt is None:
            return
        dispatch.recall_at = now + _WORKING
        dispatch.save(update_fields=["recall_at"])
    try:
        outcome = _call(dispatch, dispatch.receipt)
    except Exception as error:
        logger.exception("Dispatch %s could not be taken back", dispatch_id)
        outcome = Deferred(f"Something unexpected happened while it was taken back ({type(error).__name__}).")
    _conclude(dispatch_id, outcome)


def _call(dispatch: Dispatch, stored: Mapping[str, Any]) -> Outcome:
    channel = cast(PostChannel, registry.get(dispatch.channel))
    at = datetime.fromisoformat(stored["at"]) if stored.get("at") else None
    receipt = Receipt(stored.get("remote_id", ""), stored.get("url", ""), at, stored.get("raw") or {})
    variant = Variant.from_json(dispatch.variant) if dispatch.variant else Variant(dispatch.channel)
    try:
        return channel.recall(accounts.for_dispatch(dispatch), variant, receipt)
    except CredentialsError as error:
        return Reconnect(str(error))
    except (ServiceAway, DistributorError) as error:
        return Deferred(str(error))


@transaction.atomic(durable=True)
def _conclude(dispatch_id: int, outcome: Outcome) -> None:
    dispatch = locked(dispatch_id)
    now = timezone.now()
    match outcome:
        case Accepted():
            dispatch.recalled_at, dispatch.recall_at = now, None
            dispatch.reason, dispatch.remedy = "It was taken back.", ""
        case Reconnect(expired=True) if dispatch.account and (fresh := tokens.expired(dispatch.account, now)):
            dispatch.recall_at = max(fresh, now + timedelta(seconds=2))
        case Deferred(reason=reason, retry_at=retry_at):
            dispatch.recall_at = max(retry_at or now, now + AGAIN)
            dispatch.reason, dispatch.remedy = f"It could not be taken back yet: {reason}"[:500], "wait"
        case Unconfirmed():
            dispatch.recall_at = now + AGAIN  # deleting again harms nobody
        case _:
            dispatch.recall_at = None
            dispatch.reason = f"It can’t be taken back: {outcome.reason}"[:500]
            dispatch.remedy = outcome.remedy
    dispatch.save(update_fields=["recall_at", "recalled_at", "reason", "remedy"])
