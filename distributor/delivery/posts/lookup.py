"""Looking on the network for posts whose answer was lost: found, surely not there, or left to a person."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry, stored_variants
from distributor.channels.base import LookupAway, PostChannel
from distributor.delivery import wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Attempt, Dispatch
from distributor.delivery.planning.earliest_release import earliest_release, explain
from distributor.delivery.posts import remote_posts, send
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import CredentialsError, ServiceAway
from distributor.domain.outcomes import Receipt, Unconfirmed
from distributor.domain.planning import EarliestRelease
from distributor.domain.retries import DELAYS
from distributor.domain.states import Event, State
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
LOOKS_END = timedelta(days=1)
# Networks that know an intent again keep that knowledge for at least an hour (Mastodon's Idempotency-Key).
SAFE_TO_REPEAT = timedelta(minutes=40)
NOT_THERE = "not-there"  # the code of an attempt that was looked for and not found


def settle(dispatch_id: int) -> None:
    """Look on the network for a post whose answer was lost. Found: sent. Not found: it stays for a person."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        attempt = dispatch.attempts.order_by("-number").first()
        if state_of(dispatch) is not State.UNCONFIRMED or attempt is None or dispatch.variant is None:
            return
        # Written before the look: nobody else looks at the same time, and a look that fails is not repeated at once.
        attempt.retry_at = _next_look(attempt, timezone.now())
        attempt.save(update_fields=["retry_at"])
    look = _look(dispatch, attempt, stored_variants.read(dispatch.variant))
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        if state_of(dispatch) is not State.UNCONFIRMED:
            return
        if look.receipt is not None:
            holder = remote_posts.hold(dispatch, look.receipt.ids)
            if holder is None:
                send.accept(dispatch, look.receipt)
                return
            look = _Look(send.foreign_post(holder))  # it was taken while this was looking
        if dispatch.attempts.filter(number__gt=attempt.number).exists():
            return  # it was sent again meanwhile, of which this look can't know
        if look.in_vain:
            dispatch.attempts.update(retry_at=None)
        if look.complete:
            dispatch.attempts.filter(pk=attempt.pk).update(code=NOT_THERE)
            again = _repeat(dispatch, timezone.now()) if look.repeatable and dispatch.approved_at else None
            if again is not None:
                dispatch.attempts.update(retry_at=None)
                reason = explain(dispatch, again, "It was not there and is sent again.")
                move(dispatch, Event.RETRY, reason=reason, due_at=again.due_at)
                wakeups.after_commit("delivery.tick")
                return
        dispatch.reason = f"{attempt.reason} {look.saw}"[:500]
        dispatch.save(update_fields=["reason"])


def _repeat(dispatch: Dispatch, now: datetime) -> EarliestRelease | None:
    """Return when to make a lost call again by oneself; None once the network may have forgotten the first of them.

    Where its hours end before that, a person decides: by the next morning a second post might not be known as one.
    """
    lost_attempts = dispatch.attempts.filter(outcome=Unconfirmed.__name__.lower()).order_by("number")
    times = list(lost_attempts.values_list("started_at", flat=True))
    at = now if len(times) < 2 else now + DELAYS[min(len(times) - 1, len(DELAYS)) - 1]
    first = earliest_release(dispatch, at)
    return first if times and first.due_at - times[0] < SAFE_TO_REPEAT else None


@dataclass(frozen=True, slots=True)
class _Look:
    """What looking on the network brought: `saw` for an editor; `complete` when it was really asked and answered.

    `in_vain`: this account can never be asked. `repeatable`: its network takes the same intent only once, so that
    sending it again makes no second post whatever became of the first.
    """

    saw: str
    receipt: Receipt | None = None
    complete: bool = False
    in_vain: bool = False
    repeatable: bool = False


def _look(dispatch: Dispatch, attempt: Attempt, variant: Variant) -> _Look:
    channel = cast(PostChannel, registry.get(dispatch.channel))
    cant = _Look("This network can't be asked: look there yourself.", in_vain=True)
    if not channel.capabilities.lookup:
        return cant
    try:
        credentials = accounts.for_dispatch(dispatch)
        if not channel.can_look(credentials):
            return cant
        receipt = channel.find_existing(credentials, send.intent_of(dispatch, attempt.number), variant)
    except (LookupAway, CredentialsError, ServiceAway) as error:
        return _Look(f"It could not be looked for yet: {error}")
    except Exception:
        logger.exception("Dispatch %s could not be looked for", dispatch.pk)
        return _Look("It could not be looked for: look there yourself.")
    saw = "It was looked for and not found there: look yourself before you send it again."
    return _Look(saw, receipt, complete=True, repeatable=channel.capabilities.idempotent)


def _next_look(attempt: Attempt, now: datetime) -> datetime | None:
    """Return when to look again: at growing intervals for a day, then no more."""
    elapsed = now - (attempt.ended_at or attempt.started_at)
    if elapsed > LOOKS_END:
        return None
    return now + min(max(elapsed, send.FIRST_LOOK), LONGEST_PAUSE)


def due_lookups(now: datetime) -> list[int]:
    """Return the unconfirmed dispatches that it is time to look for."""
    return list(
        Dispatch.objects.filter(
            state=State.UNCONFIRMED.value, attempts__outcome="unconfirmed", attempts__retry_at__lte=now
        )
        .distinct()
        .values_list("pk", flat=True)
    )
