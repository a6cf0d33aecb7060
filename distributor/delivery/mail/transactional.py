"""Transactional mail: one template, one person, sent at once, and tried again where the relay is in temporary trouble.

The row is there before the call, and the worker only woken: whatever is lost, the sweeper finds. A worker that dies
with a mail under way leaves a lease that ends; then the mail goes out once more, with the same Message-ID.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from distributor.audience.causes import REFUSAL, Cause
from distributor.audience.models import Suppression
from distributor.audience.suppression import is_suppressed, suppress
from distributor.audience.transactional_mails import write_token
from distributor.channels import base, registry
from distributor.channels.base import AddressedChannel, Intent
from distributor.delivery import epochs, wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.mail.pacing import Connections
from distributor.delivery.mail.transactional_content import MailContent, content_of, variant_of
from distributor.delivery.models import Account, TransactionalMail
from distributor.domain.bounces import is_mailbox_gone
from distributor.domain.errors import BadInput, CredentialsError, ServiceAway
from distributor.domain.mail_addresses import normal_address
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.retries import Retry, decide
from distributor.letters.models import Publication
from distributor.rendering.transactional import TemplateSources

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=15)  # a relay may take ten for one answer (RFC 5321 §4.5.3.1)
PATIENCE: Final = timedelta(days=1)  # later nobody waits for it any more
SOON: Final = timedelta(seconds=10)  # where all of the relay's connections are in use
WAKE_AGAIN_AFTER: Final = timedelta(seconds=5)
RETENTION: Final = timedelta(days=90)
MOST_WAKEUPS: Final = 200
_BATCH: Final = 1_000  # rows that one statement deletes
_STATE = TransactionalMail.State
_OPEN: Final = (_STATE.WAITING, _STATE.SENDING)
TASK: Final = "delivery.transactional_mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOrder:
    """One mail as it is asked for: to whom, and a stored `template`, `sources`, or `content` as it goes out.

    `values` are JSON.

    `own_id` is the caller's own name for it: the same one again is the same mail.
    """

    email: str
    name: str = ""
    template: str = ""
    sources: TemplateSources | None = None
    content: MailContent | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    own_id: str = ""

    @property
    def fingerprint(self) -> str:
        """What the same order has in common."""
        source = self.sources
        parts = (source.subject, source.html, source.markdown, source.text) if source else ()
        text = (self.content.subject, self.content.html, self.content.text) if self.content else ()
        content = [self.email.lower(), self.name, self.template, (*parts, *text), dict(self.values)]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


@transaction.atomic
def send_mail_to(publication: Publication, order: MailOrder, *, actor: str) -> TransactionalMail:
    """Store a mail and wake a worker for it; return it, or the one of that `own_id` that was there.

    A suppressed address gets none, and the row says so. Raises BadInput for what is no address, no account that it
    could go out through, and for an `own_id` that came with something else; TemplateError for the template.
    """
    email = normal_address(order.email)
    if email is None:
        raise BadInput(f"“{order.email[:80]}” is not a mail address.")
    content = order.content or content_of(
        publication, template=order.template, sources=order.sources, values=order.values
    )
    if not accounts.for_channel(publication, accounts.MAIL):
        raise BadInput(f"{publication.name} has no mail account: connect one first.")
    now = timezone.now()
    is_unwanted = is_suppressed(email)
    row = TransactionalMail(
        publication=publication,
        own_id=order.own_id,
        fingerprint=order.fingerprint if order.own_id else "",
        actor=actor[:300],
        template=order.template,
        email=email,
        name=order.name,
        due_at=now,
        created_at=now,
    )
    if is_unwanted:
        row.state, row.settled_at, row.reason = _STATE.SUPPRESSED, now, "The address is suppressed: it gets no mail."
    else:
        row.subject, row.html, row.text = content.subject, content.html, content.text
    # Of two at once with one id the later waits for the earlier here, and finds its row.
    TransactionalMail.objects.bulk_create([row], ignore_conflicts=bool(order.own_id))
    if order.own_id:
        row = TransactionalMail.objects.get(publication=publication, own_id=order.own_id)
        if row.fingerprint != order.fingerprint:
            raise BadInput(f"The id “{order.own_id[:80]}” came with another mail before: give each mail its own.")
    if row.state == _STATE.WAITING and not row.attempts:
        wakeups.after_commit(TASK, row.pk)
    return row


def mail(publication: Publication | None, key: UUID) -> TransactionalMail:
    """Return a mail by its key, of one publication or of any. Raises BadInput for none."""
    rows = TransactionalMail.objects.select_related("publication").filter(key=key)
    row = (rows if publication is None else rows.filter(publication=publication)).first()
    if row is None:
        raise BadInput(f"There is no mail {key}.")
    return row


def due(now: datetime) -> list[int]:
    """Return mails that wait for a worker: their time has come, and their wake-up was lost or is to be repeated."""
    lost_wakeups = Q(state=_STATE.WAITING, due_at__lte=now - WAKE_AGAIN_AFTER)
    ended_leases = Q(state=_STATE.SENDING, leased_until__lte=now)
    return list(
        TransactionalMail.objects.filter(lost_wakeups | ended_leases)
        .order_by("due_at")
        .values_list("pk", flat=True)[:MOST_WAKEUPS]
    )


def deliver(mail_id: int) -> None:
    """Send one mail that is due; harmless where there is nothing to do."""
    if not epochs.may_send():
        return
    row = _claim(mail_id)
    if row is None:
        return
    account: Account | None = None
    try:
        account = next(iter(accounts.for_channel(row.publication, accounts.MAIL)), None)
        outcome = Deferred("No mail account is connected.") if account is None else _send(row, account)
    except (ServiceAway, CredentialsError) as error:
        outcome = Deferred(str(error))
    except Exception:
        logger.exception("Mail %s could not be sent", row.key)
        outcome = Deferred("Something broke that should not: the server's log has the cause.")
    _settle(row.pk, outcome, account)


@transaction.atomic
def _claim(mail_id: int) -> TransactionalMail | None:
    """Take a mail that is due, so that nobody else sends it; None where there is nothing to send."""
    now = timezone.now()
    rows = TransactionalMail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("publication")
    row = rows.filter(pk=mail_id, state__in=_OPEN).first()
    if row is None or (row.state == _STATE.WAITING and row.due_at > now):
        return None
    if row.state == _STATE.SENDING:
        if row.leased_until is None or row.leased_until > now:
            return None
        row.repeats += 1  # whoever had it died: it may be out
    if is_suppressed(row.email):
        _close(row, _STATE.SUPPRESSED, "The address is suppressed: it gets no mail.", now=now)
        row.save()
        return None
    if row.repeats > 1:
        _close(row, _STATE.FAILED, "It may have arrived: its answer was lost twice.", now=now)
        row.save()
        return None
    row.state, row.leased_until, row.attempts = _STATE.SENDING, now + LEASE, row.attempts + 1
    row.save(update_fields=["state", "leased_until", "attempts", "repeats"])
    return row


def _send(row: TransactionalMail, account: Account) -> Outcome:
    channel = cast(AddressedChannel, registry.get(account.channel))
    intent = Intent(key=str(row.key), attempt=row.attempts, first_tried_at=row.created_at)
    variant = variant_of(row.publication, MailContent(row.subject, row.html, row.text))
    recipient = Recipient(row.pk, row.email, row.name, token=write_token(row.pk))
    with channel.open(accounts.credentials(account), variant, intent, permits=Connections) as session:
        outcomes = [entry.outcome for group in session.deliver([recipient]) for entry in group]
    return outcomes[0] if outcomes else Deferred("The mail server did not say what became of it.")


@transaction.atomic
def _settle(mail_id: int, outcome: Outcome, account: Account | None) -> None:
    """Record what a try came to, and when the next one is."""
    row = TransactionalMail.objects.select_for_update().get(pk=mail_id)
    if row.state != _STATE.SENDING:
        return
    now = timezone.now()
    row.leased_until = None
    match outcome:
        case Accepted(receipt=receipt):
            answer = str(receipt.raw.get("answer") or receipt.remote_id)
            _close(row, _STATE.SENT, answer, now=now)
        case Rejected(reason=reason, code=code):
            _close(row, _STATE.FAILED, reason, code=code, now=now)
            if is_mailbox_gone(code, reason):
                words = [(row.email, f"{code} {reason}")]
                suppress(words, reason=Suppression.Reason.HARD_BOUNCE, cause=Cause(REFUSAL))
        case Reconnect(reason=reason):
            if account is not None:
                accounts.ask_to_reconnect(account, reason)
            _defer(row, Deferred(reason), now)
        case Unconfirmed(reason=reason):
            _defer(row, Deferred(reason, code=base.REPEAT_POSSIBLE), now)
        case Deferred():
            _defer(row, outcome, now)
    row.save()


def _defer(row: TransactionalMail, outcome: Deferred, now: datetime) -> None:
    if outcome.code == base.REPEAT_POSSIBLE:
        row.repeats += 1
    decision = decide(outcome, attempt=row.attempts, first_tried_at=row.created_at, now=now, patience=PATIENCE)
    if not isinstance(decision, Retry):
        _close(row, _STATE.FAILED, getattr(decision, "reason", outcome.reason), code=outcome.code, now=now)
        return
    row.due_at = now + SOON if outcome.code == base.CROWDED else decision.at
    row.state, row.reason, row.code = _STATE.WAITING, outcome.reason[:500], outcome.code[:64]


def _close(
    row: TransactionalMail, state: TransactionalMail.State, reason: str, *, now: datetime, code: str = ""
) -> None:
    row.state, row.reason, row.code, row.settled_at = state, reason[:500], code[:64], now
    row.leased_until = None
    row.subject = row.html = row.text = ""


def addresses(numbers: Any) -> dict[int, str]:
    """Return where the mails of these numbers went; without those of people who were erased."""
    rows = TransactionalMail.objects.filter(pk__in=numbers).exclude(email="")
    return dict(rows.values_list("pk", "email"))


def note_return(number: int, kind: str, reason: str) -> None:
    """Keep with a mail what came back about it."""
    TransactionalMail.objects.filter(pk=number).update(returned=kind, returned_reason=reason[:500])


def forget(now: datetime) -> int:
    """Remove the mails that were settled long ago; return how many there were."""
    count = 0
    old = TransactionalMail.objects.filter(created_at__lt=now - RETENTION).exclude(state__in=_OPEN)
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        count += TransactionalMail.objects.filter(pk__in=ids).delete()[0]
    return count


def to_json(row: TransactionalMail) -> dict[str, Any]:
    """Return what every door says of a mail; times are aware."""
    return {
        "id": row.key,
        "own_id": row.own_id,
        "publication": row.publication.slug,
        "to": row.email,
        "template": row.template,
        "state": row.state,
        "attempts": row.attempts,
        "reason": row.reason,
        "code": row.code,
        "next_try_at": row.due_at if row.state == _STATE.WAITING else None,
        "created_at": row.created_at,
        "settled_at": row.settled_at,
        "returned": row.returned,
        "returned_reason": row.returned_reason,
    }
