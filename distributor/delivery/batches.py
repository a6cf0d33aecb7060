"""One worker's way through one batch: what comes back is recorded in small groups, and the lease kept alive."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice, takewhile

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from distributor.audience.models import Suppression
from distributor.audience.suppressing import suppress
from distributor.channels import base
from distributor.channels.base import Delivered, Session
from distributor.delivery import ledger
from distributor.delivery.ledger import Entry, Lease
from distributor.delivery.models import Attempt, Delivery, Dispatch
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.retrying import MAIL_PATIENCE, Retry, decide, suppresses

logger = logging.getLogger(__name__)

LOOK_AHEAD = 50  # recipients that are read, and asked whether they are still subscribed, at a time
GROUP_SIZE = 25  # acceptances that are appended together: what a killed worker may repeat
GROUP_SECONDS = 0.2


class BatchRun:
    """Sends one batch. After `run`, `away` or `refused` hold the sentence that ended it early, if one did."""

    def __init__(self, dispatch: Dispatch, held: Lease, *, until: float) -> None:
        """`until` is when the turn is over, by `time.monotonic()`."""
        self.dispatch = dispatch
        self.held = held
        self.until = until
        self.going_on = True
        self.away = ""
        self.refused = ""
        self._entries: list[Entry] = []
        self._attempts: list[Attempt] = []
        self._later: dict[datetime, list[int]] = {}
        self._gone: list[tuple[str, str]] = []
        self._settled: set[int] = set()  # who need not be looked at again in this round
        self._flushed_at = time.monotonic()

    def run(self, session: Session) -> None:
        """Send to everyone in the batch who has no outcome yet; what was accepted is recorded whatever happens."""
        try:
            with _kept_alive(self.held):
                for group in session.deliver(self._recipients()):
                    for done in group:
                        self._note(done)
                    waiting = len(self._entries) + len(self._attempts)
                    if waiting >= GROUP_SIZE or time.monotonic() - self._flushed_at > GROUP_SECONDS:
                        self._flush()
        except Exception:
            self._flush()
            self._give_back()
            raise
        self._flush()
        if self.going_on:
            ledger.finish(self.held, later=self._later)
        else:
            self._give_back()

    def _give_back(self) -> None:
        left = [id_ for id_ in self.held.subscribers if id_ not in self._settled]
        ledger.give_back(self.held, left=left, later=self._later)

    def _recipients(self) -> Iterator[Recipient]:
        """Read in small groups; stop when the turn is over, the dispatch paused, the lease lost or the relay away."""
        ids = iter(self.held.subscribers)
        while self.going_on and (group := list(islice(ids, LOOK_AHEAD))):
            wanted, left = ledger.pending(self.held, self.dispatch.key, group)
            self._entries.extend(Entry(id_, Delivery.Outcome.LEFT) for id_ in left)
            self._settled.update(set(group) - {recipient.id for recipient in wanted})
            # `going_on` is set to False by what comes back while this generator waits.
            yield from takewhile(lambda _: self.going_on, wanted)
            if time.monotonic() > self.until:
                self.going_on = False

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
                    self._gone.append((recipient.email, f"{code} {reason}"))
            case Reconnect(reason=reason):
                self.refused, self.going_on = reason, False
            case Deferred(reason=reason, code=base.AWAY):
                self.away, self.going_on = reason, False
            case Deferred():
                self._defer(recipient, outcome)
            case Unconfirmed(reason=reason):
                self._defer(recipient, Deferred(reason, code=base.REPEAT_POSSIBLE))

    def _enter(self, recipient: Recipient, outcome: Delivery.Outcome, detail: str) -> None:
        self._entries.append(Entry(recipient.id, outcome, detail))
        self._settled.add(recipient.id)

    def _defer(self, recipient: Recipient, outcome: Deferred) -> None:
        if outcome.code == base.REPEAT_POSSIBLE and ledger.was_repeated(self.held, recipient.id):
            self._enter(recipient, Delivery.Outcome.FAILED, "It may have arrived: its answer was lost twice.")
            return
        decision = decide(
            outcome,
            attempt=self.held.round + 1,
            first_tried_at=self.held.first_tried_at,
            now=timezone.now().replace(microsecond=0),  # so that one group comes again together
            patience=MAIL_PATIENCE,
        )
        if isinstance(decision, Retry):
            self._later.setdefault(decision.at, []).append(recipient.id)
            self._settled.add(recipient.id)
            self._attempts.append(
                ledger.deferral(self.held, recipient.id, reason=outcome.reason, code=outcome.code, retry_at=decision.at)
            )
        else:
            self._enter(recipient, Delivery.Outcome.FAILED, getattr(decision, "reason", outcome.reason))

    def _flush(self) -> None:
        entries, attempts = self._entries, self._attempts
        self._entries, self._attempts = [], []
        going_on = ledger.append(self.held, entries, attempts)
        self._flushed_at = time.monotonic()
        self.going_on = self.going_on and going_on
        if self._gone:
            suppress(self._gone, reason=Suppression.Reason.HARD_BOUNCE)
            self._gone = []


@contextmanager
def _kept_alive(held: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own: a relay may take ten minutes for one answer (RFC 5321 §4.5.3.2)."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(settings.LEASE_SECONDS / 3):
                ledger.renew(held)
        except DatabaseError as error:
            logger.warning("The lease of batch %s could not be renewed: %s", held.batch, type(error).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"lease of batch {held.batch}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
