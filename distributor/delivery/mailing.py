"""Sending a mail dispatch: spread it once, then batch after batch until none is left to take.

Any number of workers may run this for the same dispatch at once; the ledger's leases keep them apart.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice, takewhile
from typing import cast

from django.db import transaction
from django.utils import timezone

from distributor.audience.models import Suppression
from distributor.audience.suppressing import suppress
from distributor.channels import base, registry
from distributor.channels.base import AddressedChannel, Credentials, Delivered, Intent, Session
from distributor.delivery import accounts, ledger, wake
from distributor.delivery.composing import CantGoOut, compose
from distributor.delivery.ledger import Entry, Lease
from distributor.delivery.models import Account, Attempt, Delivery, Dispatch
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import CredentialsError, ServiceAway, TemplateError
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.retrying import DELAYS, MAIL_PATIENCE, Retry, decide, suppresses
from distributor.domain.states import Event, State
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

LOOK_AHEAD = 50  # recipients that are read, and asked whether they are still subscribed, at a time
GROUP_SIZE = 25  # acceptances that are appended together: what a killed worker may repeat
GROUP_SECONDS = 0.2
TURN_SECONDS = 30.0  # then other dispatches get their turn
WORKERS_AT_ONCE = 8  # wake-ups for one dispatch; more workers than that find nothing to do sooner


def send_mail(dispatch_id: int) -> None:
    """Do one worker's part of a released mail dispatch; harmless when there is nothing to do."""
    variant = _prepare(dispatch_id)
    if variant is None:
        return
    dispatch = Dispatch.objects.select_related("account", "letter__publication").get(pk=dispatch_id)
    try:
        credentials = accounts.credentials(_account(dispatch))
    except ServiceAway as error:
        _explain(dispatch_id, str(error))
        return
    except CredentialsError as error:
        _block(dispatch_id, str(error))
        return
    _take_turns(dispatch, variant, credentials)
    finish_if_done(dispatch_id)


def _account(dispatch: Dispatch) -> Account:
    if dispatch.account is None:
        raise CredentialsError("No mail account is connected.")
    return dispatch.account


@transaction.atomic
def _prepare(dispatch_id: int) -> Variant | None:
    """Compose and spread once; None when the dispatch is not (or no longer) to be sent."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING:
        return None
    try:
        variant = compose(dispatch)
    except (TemplateError, CantGoOut) as error:
        move(dispatch, Event.PAUSE, reason=str(error))
        return None
    if dispatch.spread_at is None:
        dispatch.recipients = ledger.spread(dispatch)
        dispatch.spread_at = timezone.now()
        dispatch.variant = variant.to_json()
        dispatch.save(update_fields=["recipients", "spread_at", "variant"])
        for _ in range(min(dispatch.recipients // ledger.BATCH_SIZE, WORKERS_AT_ONCE - 1)):
            wake.after_commit("delivery.send", dispatch_id)
    return variant


def _take_turns(dispatch: Dispatch, variant: Variant, credentials: Credentials) -> None:
    """Send batches through one session until there is none to take or the turn is over."""
    channel = cast(AddressedChannel, registry.get(dispatch.channel))
    intent = Intent(key=str(dispatch.key), attempt=1, first_tried_at=dispatch.spread_at or timezone.now())
    end_of_turn = time.monotonic() + TURN_SECONDS
    held = ledger.lease(dispatch.pk)
    if held is None:
        return
    with channel.open(credentials, variant, intent) as session:
        while held is not None:
            _BatchRun(dispatch, held).run(session)
            if time.monotonic() > end_of_turn:
                wake.after_commit("delivery.send", dispatch.pk)
                return
            held = ledger.lease(dispatch.pk)


class _BatchRun:
    """One worker's way through one batch."""

    def __init__(self, dispatch: Dispatch, held: Lease) -> None:
        self.dispatch = dispatch
        self.held = held
        self.going_on = True
        self.entries: list[Entry] = []
        self.attempts: list[Attempt] = []
        self.later: dict[datetime, list[int]] = {}
        self.gone: list[tuple[str, str]] = []
        self.away = ""
        self.refused = ""
        self.flushed_at = time.monotonic()

    def run(self, session: Session) -> None:
        for done in session.deliver(self._recipients()):
            self._note(done)
            if (
                len(self.entries) + len(self.attempts) >= GROUP_SIZE
                or time.monotonic() - self.flushed_at > GROUP_SECONDS
            ):
                self._flush()
        self._flush()
        self._end()

    def _recipients(self) -> Iterator[Recipient]:
        """Read ahead in small groups; stop as soon as the dispatch is paused, the lease lost or the server away."""
        ids = iter(self.held.subscribers)
        while self.going_on and (group := list(islice(ids, LOOK_AHEAD))):
            wanted, left = ledger.pending(self.held, self.dispatch.key, group)
            self.entries.extend(Entry(id_, Delivery.Outcome.LEFT) for id_ in left)
            # `going_on` is set to False by what comes back while this generator waits.
            yield from takewhile(lambda _: self.going_on, wanted)

    def _note(self, done: Delivered) -> None:
        recipient, outcome = done.recipient, done.outcome
        match outcome:
            case Accepted(receipt=receipt):
                self._enter(recipient, Delivery.Outcome.ACCEPTED, receipt.remote_id)
            case Rejected(reason=reason, code="template"):
                self._enter(recipient, Delivery.Outcome.FAILED, reason)
            case Rejected(reason=reason, code=code):
                self._enter(recipient, Delivery.Outcome.REJECTED, f"{code} {reason}".strip())
                if suppresses(code):
                    self.gone.append((recipient.email, f"{code} {reason}"))
            case Reconnect(reason=reason):
                self.refused, self.going_on = reason, False
            case Deferred(reason=reason, code=base.AWAY):
                self.away, self.going_on = reason, False
            case Deferred():
                self._defer(recipient, outcome)
            case Unconfirmed(reason=reason):
                # The answer after the final dot was lost. A mail may be repeated: its Message-ID is the same.
                self._defer(recipient, Deferred(reason, code=base.REPEAT_POSSIBLE))

    def _enter(self, recipient: Recipient, outcome: Delivery.Outcome, detail: str) -> None:
        self.entries.append(Entry(recipient.id, outcome, detail))

    def _defer(self, recipient: Recipient, outcome: Deferred) -> None:
        decision = decide(
            outcome,
            attempt=self.held.round + 1,
            first_tried_at=self.dispatch.spread_at or timezone.now(),
            now=timezone.now().replace(microsecond=0),  # so that one group comes again together
            patience=MAIL_PATIENCE,
        )
        if isinstance(decision, Retry):
            self.later.setdefault(decision.at, []).append(recipient.id)
            self.attempts.append(
                ledger.deferral(self.held, recipient.id, reason=outcome.reason, code=outcome.code, retry_at=decision.at)
            )
        else:
            self._enter(recipient, Delivery.Outcome.FAILED, getattr(decision, "reason", outcome.reason))

    def _flush(self) -> None:
        going_on = ledger.append(self.held, self.entries, self.attempts)
        self.entries, self.attempts = [], []
        self.flushed_at = time.monotonic()
        self.going_on = self.going_on and going_on
        if self.gone:
            suppress(self.gone, reason=Suppression.Reason.HARD_BOUNCE)
            self.gone = []

    def _end(self) -> None:
        if self.going_on:
            ledger.finish(self.held, later=self.later.items())
        elif self.away:
            logger.warning("Dispatch %s: %s", self.dispatch.pk, self.away)
            ledger.give_back(self.held, not_before=timezone.now() + DELAYS[0])
            _explain(self.dispatch.pk, f"{self.away} It is tried again every minute.")
        else:
            ledger.give_back(self.held)
            if self.refused:
                _block(self.dispatch.pk, self.refused)
            elif Dispatch.objects.filter(pk=self.dispatch.pk, state=State.CANCELLED.value).exists():
                ledger.close_cancelled(self.dispatch.pk)


@transaction.atomic
def finish_if_done(dispatch_id: int) -> None:
    """Close the dispatch when everyone has an outcome. Runs after every turn, and again by the sweeper."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING or dispatch.spread_at is None or ledger.is_open(dispatch_id):
        return
    counted = ledger.counts([dispatch])[dispatch_id]
    if counted.waiting:
        # Can't happen by the ledger's rules; were it to happen, it would be seen and not be lost.
        logger.error("Dispatch %s has no open batch and %s recipients without an outcome", dispatch_id, counted.waiting)
        return
    refused = counted.rejected + counted.failed
    if not refused:
        move(dispatch, Event.ACCEPT, reason="" if counted.recipients else "Nobody is subscribed to its lists.")
    elif counted.accepted:
        move(dispatch, Event.ACCEPT_SOME, reason=f"{refused} of {counted.recipients} recipients could not be reached.")
    else:
        move(dispatch, Event.REJECT, reason="Nobody could be reached.")


@transaction.atomic
def _block(dispatch_id: int, reason: str) -> None:
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING:
        return
    move(dispatch, Event.BLOCK, reason=reason)
    if dispatch.account is not None:
        accounts.ask_to_reconnect(dispatch.account, reason)


def _explain(dispatch_id: int, reason: str) -> None:
    """Say on a dispatch that is being sent why it waits; the sweeper takes it up again."""
    Dispatch.objects.filter(pk=dispatch_id, state=State.SENDING.value).update(reason=reason[:500])
