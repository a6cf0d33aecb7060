"""Sending a mail dispatch: spread it once, then batch after batch until none is left to take.

Any number of workers may run this for the same dispatch at once; the ledger's leases keep them apart.
"""

from __future__ import annotations

import logging
import time
from typing import cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from distributor.audience import held_bursts
from distributor.channels import registry
from distributor.channels.base import AddressedChannel, Credentials, Intent
from distributor.delivery import epochs, outages, wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import burst_review, history, ledger
from distributor.delivery.mail.batches import BatchRun, Turn
from distributor.delivery.mail.pacing import Connections, Pacer, dispatch_pacer
from distributor.delivery.mail.refusal_watches import watch_of
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.planning.earliest_release import at_release, explain
from distributor.delivery.transitions import locked, move, pause_for, state_of
from distributor.delivery.variants import missing_values
from distributor.delivery.variants.composition import compose
from distributor.domain.errors import CredentialsError, DistributorError, ServiceAway
from distributor.domain.retries import DELAYS, MAIL_PATIENCE
from distributor.domain.states import Event, State
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

TURN_SECONDS = 2.0  # then ticks, posts and other dispatches get theirs
WORKERS_AT_ONCE = 8  # wake-ups for one dispatch; more workers than that find nothing to do sooner
FIRST_STEP = 2_000  # candidates that are spread before the first mail goes out
SPREAD_STEP = 50_000  # candidates a step after that: about half a second, in which an editor's word waits
SPREAD_SECONDS = 1.0  # then the queue's other tasks get their turn


class ManyRefusals(DistributorError):
    """Far more mails are refused for good than is usual."""


class TemplateFailsForAll(DistributorError):
    """The template fails in the same way for every recipient."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nobody’s mail can be made: {reason} Nothing was sent: mend it, then resume.")


def send_mail(dispatch_id: int) -> None:
    """Take one worker's turn at a released mail dispatch; harmless when there is nothing to do."""
    try:
        if not epochs.may_send():
            return
        variant = _prepare(dispatch_id)
        if variant is not None:
            _send(dispatch_id, variant)
        finish_if_done(dispatch_id)
    except outages.AWAY as error:
        logger.warning("Dispatch %s waits for PostgreSQL: %s", dispatch_id, type(error).__name__)


def _send(dispatch_id: int, variant: Variant) -> None:
    dispatch = Dispatch.objects.select_related("account", "publication", "digest").get(pk=dispatch_id)
    with bound_contextvars(account_id=dispatch.account_id, letter_id=dispatch.letter_id):
        _send_as(dispatch, variant)


def _send_as(dispatch: Dispatch, variant: Variant) -> None:
    """Take a turn as the dispatch's account, and say on the dispatch why where nothing can be sent."""
    try:
        _take_turn(dispatch, variant, accounts.credentials(_account(dispatch)))
    except ServiceAway as error:
        _explain(dispatch.pk, str(error))
    except CredentialsError as error:
        _block(dispatch.pk, str(error), reconnect=False)
    except outages.AWAY:
        raise
    except Exception as error:
        # Whatever it was, it would happen again: a person has to look, and nothing goes out in the meantime.
        logger.exception("Dispatch %s is paused", dispatch.pk)
        pause_for(dispatch.pk, error)


def _account(dispatch: Dispatch) -> Account:
    if dispatch.account is None:
        raise CredentialsError("No mail account is connected.")
    return dispatch.account


@transaction.atomic
def _prepare(dispatch_id: int) -> Variant | None:
    """Compose once and begin to spread; None when the dispatch is not (or no longer) to be sent."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING:
        return None
    now = timezone.now()
    first = at_release(dispatch, now, begun=dispatch.spread_from is not None)
    if first.due_at > now:  # it was released late, or its publication's settings have changed since
        move(dispatch, Event.DEFER, reason=explain(dispatch, first), due_at=first.due_at)
        return None
    burst = held_bursts.newest_open(dispatch_id)
    if burst is not None and burst.last_at > (dispatch.approved_at or now):  # seen in what came back by mail
        move(dispatch, Event.PAUSE, reason=held_bursts.sentence(burst))
        return None
    try:
        variant = compose(dispatch)
    except DistributorError as error:
        move(dispatch, Event.PAUSE, reason=str(error), remedy=getattr(error, "remedy", ""))
        return None
    if dispatch.variant is None:
        dispatch.variant = variant.to_json()
        dispatch.save(update_fields=["variant"])
    if dispatch.spread_from is None:
        if reason := missing_values.stop_reason(dispatch, variant):
            move(dispatch, Event.PAUSE, reason=reason)
            return None
        dispatch.spread_from, dispatch.spread_apart = now, ledger.seconds_apart(dispatch)
        _spread_step(dispatch, most=FIRST_STEP)
        if dispatch.spread_at is None:
            wakeups.after_commit("delivery.spread", dispatch_id)
    return variant


def continue_spread(dispatch_id: int) -> None:
    """Take one turn at spreading a dispatch of many recipients; each step is committed by itself."""
    until = time.monotonic() + SPREAD_SECONDS
    while _spread_further(dispatch_id):
        if time.monotonic() > until:
            wakeups.after_commit("delivery.spread", dispatch_id)
            return


@transaction.atomic
def _spread_further(dispatch_id: int) -> bool:
    """Take one step; return whether another one has to follow."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING or dispatch.spread_from is None or dispatch.spread_at is not None:
        return False
    _spread_step(dispatch, most=SPREAD_STEP)
    return dispatch.spread_at is None


def _spread_step(dispatch: Dispatch, *, most: int) -> None:
    step = ledger.spread(dispatch, most=most)
    dispatch.recipients += step.recipients
    dispatch.spread_through = step.through
    dispatch.spread_at = timezone.now() if step.last else None
    dispatch.save(update_fields=["recipients", "spread_from", "spread_apart", "spread_through", "spread_at"])
    for _ in range(min(-(-step.recipients // ledger.BATCH_SIZE), WORKERS_AT_ONCE - 1)):
        wakeups.after_commit("delivery.mail", dispatch.pk)


def _take_turn(dispatch: Dispatch, variant: Variant, credentials: Credentials) -> None:
    """Send batches through one session until there is none to take, the turn is over, or the relay does not want."""
    channel = cast(AddressedChannel, registry.get(dispatch.channel))
    intent = Intent(key=str(dispatch.key), attempt=1, first_tried_at=dispatch.spread_from or timezone.now())
    turn = Turn(
        lists=list(dispatch.lists.values_list("pk", flat=True)),
        until=time.monotonic() + TURN_SECONDS,
        slows_down=channel.slows_down,
        watch=watch_of(dispatch),
    )
    with (
        channel.open(credentials, variant, intent, permits=Connections) as session,
        dispatch_pacer.pacer(dispatch, channel, credentials) as pacer,
    ):
        is_crowded = False
        while (lease := ledger.lease(dispatch.pk)) is not None:
            batch = BatchRun(dispatch, lease, pacer, turn=turn)
            batch.run(session)
            _look_back(dispatch, batch, pacer)
            is_crowded = bool(batch.crowding)
            if not batch.going_on:
                break
    if is_crowded or time.monotonic() > turn.until:
        wakeups.after_commit("delivery.mail", dispatch.pk)


def _look_back(dispatch: Dispatch, batch: BatchRun, pacer: Pacer) -> None:
    """Do what a batch that ended early asks for, and say what is waited for."""
    if batch.refusal:
        _block(dispatch.pk, batch.refusal, reconnect=True)
    elif batch.burst:
        if batch.burst.costs:
            held_bursts.hold(dispatch.pk, batch.burst, since=batch.burst_since)
        pause_for(dispatch.pk, ManyRefusals(batch.burst.sentence))
    elif batch.outage:
        _wait_for_relay(dispatch, batch.outage)
    elif batch.template_error:
        pause_for(dispatch.pk, TemplateFailsForAll(batch.template_error))
    elif batch.crowding:
        _explain(dispatch.pk, batch.crowding)
    elif reason := pacer.wait_sentence(zone=ZoneInfo(dispatch.publication.time_zone)):
        _explain(dispatch.pk, reason)
    if batch.put_off:
        ledger.put_off(dispatch.pk, batch.put_off)


def _wait_for_relay(dispatch: Dispatch, reason: str) -> None:
    """Put the dispatch off while its relay is away; after the patience for mail a person has to look."""
    logger.warning("Dispatch %s: %s", dispatch.pk, reason)
    now = timezone.now()
    # Counted from the last mail that it took: a mailing may go on for longer than the patience, as in a warm-up.
    elapsed = now - max(dispatch.released_at or now, dispatch.approved_at or now, history.last_accepted(dispatch.pk))
    if elapsed > MAIL_PATIENCE:
        pause_for(dispatch.pk, ServiceAway(f"{reason} It has been so for days: look at the relay, then resume."))
        return
    delay = next((delay for delay in DELAYS if delay >= elapsed / 2), DELAYS[-1])
    ledger.put_off(dispatch.pk, now + delay)
    _explain(dispatch.pk, f"{reason} It is tried again in {delay.seconds // 60} min.")


@transaction.atomic
def finish_if_done(dispatch_id: int) -> None:
    """Close the dispatch when everyone has an outcome. Runs after every turn, and again by the sweeper."""
    dispatch = locked(dispatch_id)
    if dispatch.spread_from is None:
        return
    if state_of(dispatch) is State.CANCELLED:
        if ledger.close_cancelled(dispatch_id):
            wakeups.after_commit("delivery.mail", dispatch_id)
        return
    if dispatch.spread_at is None:
        return
    if state_of(dispatch) is not State.SENDING or ledger.is_open(dispatch_id):
        return
    count = ledger.counts([dispatch])[dispatch_id]
    if count.waiting:
        # Can't happen by the ledger's rules; were it to happen, it would be seen and not be lost.
        logger.error("Dispatch %s has no open batch and %s recipients without an outcome", dispatch_id, count.waiting)
        return
    failures = count.rejected + count.failed
    if not failures:
        move(dispatch, Event.ACCEPT, reason="" if count.recipients else _no_recipient_reason(dispatch))
    elif count.accepted:
        move(dispatch, Event.ACCEPT_SOME, reason=f"{failures} of {count.recipients} recipients could not be reached.")
    else:
        move(dispatch, Event.REJECT, reason="Nobody could be reached.")
    burst_review.review(dispatch)


def _no_recipient_reason(dispatch: Dispatch) -> str:
    if dispatch.digest_id is not None:
        return "Nobody is waiting for its letters any more."
    return "Nobody is subscribed to its lists."


@transaction.atomic
def _block(dispatch_id: int, reason: str, *, reconnect: bool) -> None:
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING:
        return
    move(dispatch, Event.BLOCK, reason=reason, remedy="reconnect")
    if reconnect and dispatch.account is not None:
        accounts.ask_to_reconnect(dispatch.account, reason)


def _explain(dispatch_id: int, reason: str) -> None:
    """Say on a dispatch that is being sent why it waits; the sweeper takes it up again."""
    Dispatch.objects.filter(pk=dispatch_id, state=State.SENDING.value).update(reason=reason[:500])
