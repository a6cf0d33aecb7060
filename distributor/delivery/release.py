"""The release tick and the sweeper. Any number of either may run at once, on any number of machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from distributor.delivery import epochs, heartbeats, wakeups
from distributor.delivery.accounts import tokens
from distributor.delivery.mail import ledger, transactional
from distributor.delivery.mail.send import finish_if_done
from distributor.delivery.models import Attempt, Batch, Dispatch
from distributor.delivery.planning import claims
from distributor.delivery.posts import lookup, recall
from distributor.delivery.posts.send import lose_answer, open_attempt
from distributor.delivery.transitions import locked, state_of
from distributor.domain.states import State

# A long thread is many calls of up to half a minute; after this, nobody is going to record the answer.
ANSWER_WITHIN = timedelta(minutes=10)
WAKE_AGAIN_AFTER = timedelta(seconds=10)


def tick() -> int:
    """Release what is due and wake workers for it; return how many were released."""
    if not epochs.advance():
        heartbeats.beat(heartbeats.TICK)
        return 0
    return _release()


@transaction.atomic
def _release() -> int:
    Dispatch.objects.filter(state=State.HELD.value, hold_until__lte=Now()).update(state=State.SCHEDULED.value)
    dispatches = claims.claim_due()
    heartbeats.beat(heartbeats.TICK)
    return len(dispatches)


def sweep(*, answer_within: timedelta = ANSWER_WITHIN) -> None:
    """Find what was lost on the way: wake-ups, workers with their batches, answers, and closing moves."""
    now = timezone.now()
    for dispatch_id in _dead_attempts(before=now - answer_within):
        _lose(dispatch_id, before=now - answer_within)
    claims.wake_for({*_not_begun(before=now - WAKE_AGAIN_AFTER), *ledger.claimable()})
    for dispatch_id in lookup.due_lookups(now):
        wakeups.after_commit("delivery.settle", dispatch_id)
    for dispatch_id in recall.due(now):
        wakeups.after_commit("delivery.recall", dispatch_id)
    for mail_id in transactional.due(now):
        wakeups.after_commit(transactional.TASK, mail_id)
    for account_id in tokens.due(now):
        wakeups.after_commit("delivery.renew", account_id)
    open_batches = Batch.objects.filter(dispatch=OuterRef("pk")).exclude(state=Batch.State.DONE)
    for dispatch_id in Dispatch.objects.filter(
        state=State.SENDING.value, spread_from__isnull=False, spread_at__isnull=True
    ).values_list("pk", flat=True):
        wakeups.after_commit("delivery.spread", dispatch_id)
    mails = Dispatch.objects.filter(spread_from__isnull=False).annotate(is_open=Exists(open_batches))
    spread = mails.filter(spread_at__isnull=False)
    for dispatch_id in spread.filter(state=State.SENDING.value, is_open=False).values_list("pk", flat=True):
        finish_if_done(dispatch_id)
    for dispatch_id in mails.filter(state=State.CANCELLED.value, is_open=True).values_list("pk", flat=True):
        ledger.close_cancelled(dispatch_id)


def _dead_attempts(*, before: datetime) -> list[int]:
    """Posts whose call began long ago and has no answer: their worker is gone."""
    return list(
        Attempt.objects.filter(outcome="", subscriber_id=None, started_at__lt=before).values_list(
            "dispatch_id", flat=True
        )
    )


def _not_begun(*, before: datetime) -> list[int]:
    """Released dispatches that no worker has taken up: their wake-up was lost."""
    calls = Attempt.objects.filter(dispatch=OuterRef("pk"), outcome="", subscriber_id=None)
    return list(
        Dispatch.objects.filter(
            ~Exists(calls), state=State.SENDING.value, spread_from__isnull=True, released_at__lt=before
        ).values_list("pk", flat=True)
    )


@transaction.atomic
def _lose(dispatch_id: int, *, before: datetime) -> None:
    dispatch = locked(dispatch_id)
    attempt = open_attempt(dispatch)
    if attempt is None or attempt.started_at >= before or state_of(dispatch) is not State.SENDING:
        return
    lose_answer(dispatch, attempt, "The worker that sent it died before it could note the answer.")
