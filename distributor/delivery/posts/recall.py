"""Deleting a post at its network: asked for by an editor, written down before the call, tried ever more rarely.

Only what the dispatch itself holds is ever deleted (`remote_posts`).

What is not gone after a day stays, with a reason: a person deletes it by hand, or asks for it anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry, stored_variants
from distributor.channels.base import PostChannel
from distributor.delivery import wakeups
from distributor.delivery.accounts import accounts, tokens
from distributor.delivery.models import Dispatch
from distributor.delivery.posts import remote_posts
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import CredentialsError, DistributorError, ServiceAway, StateError
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.retries import RECALL_PATIENCE, Retry, decide
from distributor.domain.states import Event, State, allowed_events, next_state
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

_WORKER_TIME = timedelta(minutes=10)  # a worker that has not answered by then is gone


def can_be_recalled(dispatch: Dispatch) -> bool:
    """Whether an editor may ask to have this deleted at its network."""
    channel = registry.CHANNELS.get(dispatch.channel)
    return (
        channel is not None
        and channel.capabilities.recall
        and state_of(dispatch) is State.SENT
        and bool((dispatch.receipt or {}).get("remote_id"))  # none where a person said that it is out
    )


@transaction.atomic
def recall(dispatch_id: int) -> Dispatch:
    """Have a sent post deleted where it is: until it is gone it is `recalling`. Raises StateError where it can't be."""
    dispatch = locked(dispatch_id)
    if not can_be_recalled(dispatch):
        channel = registry.CHANNELS.get(dispatch.channel)
        if channel is not None and not channel.capabilities.recall:
            raise StateError(f"{channel.capabilities.label} can’t delete what was sent.")
        next_state(state_of(dispatch), Event.RECALL)
        raise StateError("It has no receipt by which it could be deleted: delete it there yourself.")
    if (dispatch.receipt or {}).get("remote_id") not in remote_posts.ids_of(dispatch):
        raise StateError("The post that its receipt names is not its own: look there, and delete its own yourself.")
    now = timezone.now()
    move(dispatch, Event.RECALL, reason="It is being deleted there.", recall_from=now, recall_at=now, recall_tries=0)
    wakeups.after_commit("delivery.recall", dispatch_id)
    return dispatch


def due(now: datetime) -> list[int]:
    """Return what is to be deleted now."""
    return list(Dispatch.objects.filter(state=State.RECALLING.value, recall_at__lte=now).values_list("pk", flat=True))


def carry_out(dispatch_id: int) -> None:
    """Make the call that deletes a post; harmless when another worker makes or made it."""
    tokens.keep_fresh(dispatch_id)
    with transaction.atomic(durable=True):
        dispatch = locked(dispatch_id)
        now = timezone.now()
        if state_of(dispatch) is not State.RECALLING or dispatch.receipt is None:
            return
        if dispatch.recall_at is None or dispatch.recall_at > now:
            return
        dispatch.recall_at, dispatch.recall_tries = now + _WORKER_TIME, dispatch.recall_tries + 1
        dispatch.save(update_fields=["recall_at", "recall_tries"])
    try:
        outcome = _call(dispatch, dispatch.receipt)
    except Exception as error:
        logger.exception("Dispatch %s could not be deleted at its network", dispatch_id)
        outcome = Deferred(f"Something unexpected happened while it was being deleted ({type(error).__name__}).")
    _conclude(dispatch_id, outcome)


def _call(dispatch: Dispatch, record: Mapping[str, Any]) -> Outcome:
    channel = cast(PostChannel, registry.get(dispatch.channel))
    at = datetime.fromisoformat(record["at"]) if record.get("at") else None
    ids = remote_posts.ids_of(dispatch)
    if record.get("remote_id", "") not in ids:
        return Rejected("The post that its receipt names is not its own.", remedy="look")
    receipt = Receipt(record["remote_id"], record.get("url", ""), at, record.get("raw") or {}, thread=ids)
    variant = stored_variants.read(dispatch.variant) if dispatch.variant else Variant(dispatch.channel)
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
    if isinstance(outcome, Accepted):
        if Event.RECALL_DONE in allowed_events(state_of(dispatch)):
            move(dispatch, Event.RECALL_DONE, reason="It was deleted there.", recall_at=None, recalled_at=now)
        return
    if state_of(dispatch) is not State.RECALLING:
        return  # another worker, which came later, was answered
    asked_at = dispatch.recall_from or now
    if isinstance(outcome, Reconnect) and outcome.expired and dispatch.account and now - asked_at < RECALL_PATIENCE:
        fresh = tokens.renew_expired(dispatch.account, now)
        if fresh is not None:
            _try_again(dispatch, max(fresh, now + timedelta(seconds=2)), "Its token has expired and is being renewed.")
            return
    if isinstance(outcome, Unconfirmed):
        outcome = Deferred(outcome.reason)  # deleting again harms nobody
    decision = decide(
        outcome, attempt=dispatch.recall_tries, first_tried_at=asked_at, now=now, patience=RECALL_PATIENCE
    )
    if isinstance(decision, Retry):
        _try_again(dispatch, decision.at, decision.reason)
        return
    reason = getattr(decision, "reason", outcome.reason)
    by_hand = isinstance(outcome, Deferred)  # patience ended
    move(
        dispatch,
        Event.RECALL_GIVEN_UP,
        reason=f"It can’t be deleted there: {reason}{' Delete it there yourself.' if by_hand else ''}",
        remedy="look" if by_hand else outcome.remedy,
        recall_at=None,
    )


def _try_again(dispatch: Dispatch, at: datetime, reason: str) -> None:
    dispatch.recall_at = at
    dispatch.reason, dispatch.remedy = f"It could not be deleted yet: {reason}"[:500], "wait"
    dispatch.save(update_fields=["recall_at", "reason", "remedy"])
