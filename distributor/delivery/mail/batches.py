"""One worker's way through one batch: what comes back is recorded before more is sent, and the lease kept alive."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from distributor.audience.causes import REFUSAL, Cause
from distributor.audience.held_bursts import beginning, suppress_or_hold
from distributor.audience.models import Suppression
from distributor.audience.suppression import suppression
from distributor.channels import base
from distributor.channels.base import Pause, RecipientOutcome, Session
from distributor.delivery.mail import burst_review, ledger, nonopeners
from distributor.delivery.mail.ledger import Lease, LedgerEntry
from distributor.delivery.mail.pacing import Holdback, Pacer
from distributor.delivery.mail.pacing.shared_budgets import RENEW_SECONDS
from distributor.delivery.models import Attempt, Delivery, Dispatch
from distributor.delivery.outages import outlast
from distributor.domain.bounces import is_mailbox_gone
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.refusal_bursts import RefusalBurst, RefusalWatch
from distributor.domain.retries import MAIL_PATIENCE, Retry, decide

logger = logging.getLogger(__name__)

LOOK_AHEAD = 200  # recipients that are read, and asked whether they are still subscribed, at a time
STALE_SECONDS = 1.0  # whoever was not reached by then is asked about again, and whether to go on at all
LONGEST_PAUSE = 0.25  # seconds: what comes back meanwhile is heard at once, an editor's word soon
PARKED_SECONDS = 1.0  # whose domain has to wait for longer comes again in another batch
_OURS = ("template", "address")  # what no server has refused
TOGETHER_SECONDS = 10  # deferred recipients come again in groups of so many seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """What a worker's turn at one dispatch has in common for all batches.

    `lists` are the dispatch's; `until` is when the turn is over, by `time.monotonic()`; `slows_down` is the channel's;
    `watch` is this process's for the dispatch, from one turn to the next.
    """

    lists: Sequence[int]
    until: float
    slows_down: Callable[[str], bool]
    watch: RefusalWatch


class BatchRun:
    """Sends one batch.

    After `run`, `outage`, `crowding`, `refusal` or `template_error` hold the sentence that ended it early, if one did;
    `burst` is what ended it where far more are refused than is usual, `burst_since` when that began; `put_off` says
    when it goes on where today's allowance is used up.
    """

    def __init__(self, dispatch: Dispatch, lease: Lease, pacer: Pacer, *, turn: Turn) -> None:
        self.dispatch = dispatch
        self.lease = lease
        self.going_on = True
        self.put_off: datetime | None = None
        self.outage = ""
        self.crowding = ""
        self.refusal = ""
        self.template_error = ""
        self.burst: RefusalBurst | None = None
        self.burst_since: datetime | None = None
        self._turn = turn
        resend_of = dispatch.resend_of_id if dispatch.to_nonopeners else None
        self._mailings = nonopeners.sendings(resend_of) if resend_of else []
        self._pacer = pacer
        self._entries: list[LedgerEntry] = []
        self._attempts: list[Attempt] = []
        self._repeats = 0
        self._deferrals: dict[datetime, list[int]] = {}
        self._pace_waits: dict[datetime, list[int]] = {}
        self._gone_mailboxes: list[tuple[str, str]] = []
        self._deferral_start = lease.first_tried_at
        self._settled_ids: set[int] = set()  # who need not be looked at again in this round
        self._unmade_entries: list[LedgerEntry] = []  # whose mail could not be made, while nobody's could

    def run(self, session: Session) -> None:
        """Send to everyone in the batch who has no outcome yet; what was accepted is recorded whatever happens."""
        try:
            with bound_contextvars(batch_id=self.lease.batch), _lease_renewal(self.lease, self._pacer):
                for group in session.deliver(self._recipients(), may_send=self.lease.term.stands):
                    for delivery in group:
                        self._note(delivery)
                    self._flush()
                self._judge_unmade()
        except Exception:
            self._flush()
            self._give_back()
            raise
        self._flush()
        if self.going_on:
            outlast(partial(ledger.finish, self.lease, self._later()), what="the end of a batch")
        else:
            self._give_back()

    def _give_back(self) -> None:
        open_ids = [id_ for id_ in self.lease.subscribers if id_ not in self._settled_ids]
        outlast(partial(ledger.give_back, self.lease, self._later(), open_ids=open_ids), what="giving back a batch")

    def _later(self) -> ledger.Later:
        return ledger.Later(deferrals=self._deferrals, pace_waits=self._pace_waits)

    def _recipients(self) -> Iterator[Recipient | Pause]:
        """Read in small groups; stop when the turn is over, the dispatch paused, the lease lost or the relay away."""
        ids = iter(self.lease.subscribers)
        while self.going_on and (group := list(islice(ids, LOOK_AHEAD))):
            yield from self._in_turn(self._look(group))
            if time.monotonic() > self._turn.until:
                self.going_on = False

    def _in_turn(self, queue: deque[Recipient]) -> Iterator[Recipient | Pause]:
        """Yield each when the pace allows it. Whoever was not reached within a second is asked about again."""
        looked_at = time.monotonic()
        domain_queue: list[Recipient] = []  # their domain has to wait a moment; others go first
        moment = LONGEST_PAUSE
        while (queue or domain_queue) and self.going_on:  # what comes back while this generator waits may end it
            if time.monotonic() - looked_at > STALE_SECONDS:
                queue, domain_queue = self._look([recipient.id for recipient in (*queue, *domain_queue)]), []
                looked_at = time.monotonic()
                self.going_on = ledger.renew(self.lease) and time.monotonic() < self._turn.until
                continue
            if not queue:
                yield Pause(moment)
                queue, domain_queue, moment = deque(domain_queue), [], LONGEST_PAUSE
                continue
            wait = self._pacer.admit(_domain(queue[0]))
            if wait is None:
                yield queue.popleft()
            elif wait.hold is Holdback.DAY:
                self.put_off, self.going_on = wait.retry_at, False
            elif wait.hold is not Holdback.DOMAIN:
                yield Pause(min(wait.seconds, LONGEST_PAUSE))
            elif wait.seconds > PARKED_SECONDS:
                self._pace(queue.popleft(), wait.retry_at)
            else:
                domain_queue.append(queue.popleft())
                moment = min(moment, wait.seconds)

    def _pace(self, recipient: Recipient, at: datetime) -> None:
        """Let someone come again later who was not tried: their domain asks for less."""
        self._pace_waits.setdefault(_together(at), []).append(recipient.id)
        self._settled_ids.add(recipient.id)

    def _look(self, ids: Sequence[int]) -> deque[Recipient]:
        """Return who of these still wants it; note who has left."""
        recipients, left_ids = ledger.pending_recipients(
            self.lease, self._turn.lists, ids, digest=self.dispatch.digest, unless_read=self._mailings
        )
        self._entries.extend(LedgerEntry(id_, Delivery.Outcome.LEFT) for id_ in left_ids)
        self._settled_ids.update(set(ids) - {recipient.id for recipient in recipients})
        return deque(recipients)

    def _note(self, delivery: RecipientOutcome) -> None:
        recipient, outcome = delivery.recipient, delivery.outcome
        self._learn(recipient, outcome)
        match outcome:
            case Rejected(reason=reason, code="template"):
                self._cant_make(recipient, reason)
                return
            case Accepted(receipt=receipt):
                self._enter(recipient, Delivery.Outcome.ACCEPTED, receipt.raw.get("answer") or receipt.remote_id)
            case Rejected(reason=reason, code=code):
                self._enter(recipient, Delivery.Outcome.REJECTED, f"{code} {reason}".strip())
                if is_mailbox_gone(code, reason):
                    self._gone_mailboxes.append((recipient.email, f"{code} {reason}"))
            case Reconnect(reason=reason):
                self.refusal, self.going_on = reason, False
            case Deferred(reason=reason, code=base.AWAY):
                self.outage, self.going_on = reason, False
            case Deferred(reason=reason, code=base.CROWDED):
                self.crowding, self.going_on = reason, False
            case Deferred(code=base.LAPSED):
                self.going_on = False
            case Deferred():
                self._defer(recipient, outcome)
            case Unconfirmed(reason=reason):
                self._defer(recipient, Deferred(reason, code=base.REPEAT_POSSIBLE))
        self._some_were_made()

    def _learn(self, recipient: Recipient, outcome: Outcome) -> None:
        """Tell the pace how a domain takes it."""
        if isinstance(outcome, Accepted):
            self._pacer.learn(_domain(recipient), slow=False, accepted=True)
            self._turn.watch.accept(_domain(recipient))
        elif isinstance(outcome, Rejected) and outcome.code not in _OURS:
            self._learn_refusal(_domain(recipient), outcome)
        elif isinstance(outcome, Deferred) and self._turn.slows_down(outcome.code):
            self._pacer.learn(_domain(recipient), slow=True, accepted=False)

    def _learn_refusal(self, domain: str, outcome: Rejected) -> None:
        """Stop where far more are refused than is usual; before that, send to the domain more slowly."""
        if self._turn.watch.jumps(domain):
            self._pacer.learn(domain, slow=True, accepted=False)
        gone = is_mailbox_gone(outcome.code, outcome.reason)
        burst = self._turn.watch.refuse(domain, f"{outcome.code} {outcome.reason}".strip(), gone=gone)
        if burst is not None:
            # Now, and not when the batch is over: what is still under way takes its time.
            self.burst, self.burst_since, self.going_on = burst, beginning(burst), False

    def _enter(
        self, recipient: Recipient, outcome: Delivery.Outcome, detail: str, *, may_have_arrived: bool = False
    ) -> None:
        self._entries.append(LedgerEntry(recipient.id, outcome, detail, may_have_arrived))
        self._settled_ids.add(recipient.id)

    def _cant_make(self, recipient: Recipient, reason: str) -> None:
        """Keep a failure of the template back until it is known whether it is about this one recipient or everyone."""
        entry = LedgerEntry(recipient.id, Delivery.Outcome.FAILED, reason)
        if self._unmade_entries and self._unmade_entries[-1].detail != reason:
            self._some_were_made()
        self._unmade_entries.append(entry)
        self._settled_ids.add(recipient.id)

    def _some_were_made(self) -> None:
        self._entries.extend(self._unmade_entries)
        self._unmade_entries.clear()

    def _judge_unmade(self) -> None:
        """The same error for a whole batch while no mail of the dispatch could be made is everyone's: nobody fails."""
        if self._unmade_entries and not ledger.has_begun(self.lease.dispatch):
            self.template_error, self.going_on = self._unmade_entries[0].detail, False
            self._settled_ids.difference_update(entry.subscriber for entry in self._unmade_entries)
            self._unmade_entries.clear()
        self._some_were_made()

    def _defer(self, recipient: Recipient, outcome: Deferred) -> None:
        if outcome.code == base.REPEAT_POSSIBLE:
            if ledger.was_repeated(self.lease, recipient.id):
                reason = "It may have arrived: its answer was lost twice."
                self._enter(recipient, Delivery.Outcome.FAILED, reason, may_have_arrived=True)
                return
            self._repeats += 1
        decision = decide(
            outcome,
            attempt=self.lease.round + 1,
            first_tried_at=self.lease.first_tried_at,
            now=self._delay_start(),
            patience=MAIL_PATIENCE,
        )
        if isinstance(decision, Retry):
            self._deferrals.setdefault(decision.at, []).append(recipient.id)
            self._settled_ids.add(recipient.id)
            self._attempts.append(
                ledger.deferral(
                    self.lease, recipient.id, reason=outcome.reason, code=outcome.code, retry_at=decision.at
                )
            )
        else:
            may_have_arrived = outcome.code == base.REPEAT_POSSIBLE or ledger.was_repeated(self.lease, recipient.id)
            reason = getattr(decision, "reason", outcome.reason)
            self._enter(recipient, Delivery.Outcome.FAILED, reason, may_have_arrived=may_have_arrived)

    def _delay_start(self) -> datetime:
        """Return the moment that a delay counts from: the same for some seconds, so that people come again together."""
        now = timezone.now()
        if self._deferral_start < now:
            self._deferral_start = now.replace(microsecond=0) + timedelta(seconds=TOGETHER_SECONDS)
        return self._deferral_start

    def _flush(self) -> None:
        """Record what came back, however long PostgreSQL is away: those mails are out."""
        if self._entries or self._attempts:
            record = partial(
                ledger.append,
                self.lease,
                self._entries,
                self._attempts,
                repeats=self._repeats,
                digest=self.dispatch.digest,
            )
            going_on = outlast(record, what=f"recording {len(self._entries)} outcomes")
            self._entries, self._attempts, self._repeats = [], [], 0
            self.going_on = self.going_on and going_on
        if self._gone_mailboxes:
            cause, reason = Cause(REFUSAL, self.dispatch.pk), Suppression.Reason.HARD_BOUNCE
            drafts = [suppression(*mailbox, reason=reason, cause=cause) for mailbox in self._gone_mailboxes]
            end = partial(suppress_or_hold, self.dispatch.pk, drafts)
            outlast(end, what=f"suppressing {len(drafts)} addresses")
            domains = {email.rpartition("@")[2] for email, _ in self._gone_mailboxes}
            self._gone_mailboxes = []
            self._look_at(domains)

    def _look_at(self, domains: set[str]) -> None:
        """Stop where all workers together saw a burst at a domain, of which each one saw too little."""
        for domain in sorted(filter(self._turn.watch.is_suspicious, domains)):
            burst = burst_review.burst_at(self.dispatch, domain)
            if burst is not None and self.burst is None:
                self.burst, self.going_on = burst, False


def _domain(recipient: Recipient) -> str:
    return recipient.email.rpartition("@")[2]


def _together(moment: datetime) -> datetime:
    """Return a moment a little later, the same for all of a few seconds: those who come again do so in one batch."""
    past = moment.timestamp() % TOGETHER_SECONDS
    return moment.replace(microsecond=0) + timedelta(seconds=TOGETHER_SECONDS - int(past))


@contextmanager
def _lease_renewal(lease: Lease, pacer: Pacer) -> Iterator[None]:
    """Renew the lease, and the share of the pace, from a thread of its own.

    A relay may take ten minutes for one answer (RFC 5321 §4.5.3.2).
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(min(settings.LEASE_SECONDS / 3, RENEW_SECONDS)):
            pacer.renew()
            try:
                ledger.renew(lease)
            except DatabaseError as error:
                logger.warning("The lease of batch %s could not be renewed: %s", lease.batch, type(error).__name__)
                connection.close()
        connection.close()

    # With what is bound to the lines of this thread: a new one begins without.
    thread = threading.Thread(
        target=copy_context().run, args=(renew,), name=f"lease of batch {lease.batch}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
