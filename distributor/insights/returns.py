"""Taking in what comes back about mails, whichever way it came: stored once, with its consequences.

A bounce that says that the mailbox is gone, and a complaint, suppress at once; other bounces only by the rules of
`domain.bounces`; who unsubscribes leaves the lists of that mail. Everything else is stored and counted.

Only what is certain has a consequence: it holds our signed token, which the recipient's own mail alone carries, or
comes from a provider that has proved who it is. Anyone can write the rest: it is stored and shown to a person. Times
are those of arrival, never those that stand in a mail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from distributor.audience import held_bursts, transactional_mails
from distributor.audience.actions import unsubscribe
from distributor.audience.causes import Cause
from distributor.audience.models import Subscriber, Suppression, with_address
from distributor.audience.suppression import add_suppressions, suppression
from distributor.audience.unsubscription import leave_all_lists, lists_to_leave
from distributor.domain.bounces import is_certain_end
from distributor.domain.returns import Kind, MailEvent
from distributor.insights import bounce_bursts, queries
from distributor.insights.bounce_scores import lost_addresses
from distributor.insights.storable_text import storable

GROUP_SIZE = 500
_BOUNCE_KINDS = (Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE)


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """How many events were new (of them `unproven` are not certain), and how many were known and did nothing."""

    new: int = 0
    duplicates: int = 0
    unproven: int = 0


def take_in(events: Iterable[MailEvent]) -> IntakeResult:
    """Store events and do what follows from the new ones; times are aware.

    One transaction a group of 500: what was stored has had its consequences, and what is given again does nothing.
    """
    remaining_events = iter(events)
    result = IntakeResult()
    while group := list(islice(remaining_events, GROUP_SIZE)):
        with transaction.atomic():
            identified_events = _identify([storable(event) for event in _of_transactional(group)])
            now = timezone.now()
            new = _store(identified_events, now)
            _follow(new, now)
        result = IntakeResult(
            result.new + len(new),
            result.duplicates + len(group) - len(new),
            result.unproven + sum(not event.certain for event in new),
        )
    return result


def _of_transactional(events: Sequence[MailEvent]) -> list[MailEvent]:
    """Return the events with those about transactional mails told by their address, and kept with these mails."""
    mails = transactional_mails.MAILS.get()
    numbers = {
        event.subscriber: event.certain
        for event in events
        if event.dispatch == transactional_mails.NO_DISPATCH and event.subscriber is not None
    }
    if not numbers:
        return list(events)
    emails = mails.addresses(numbers)
    results = []
    for event in events:
        if event.dispatch != transactional_mails.NO_DISPATCH:
            results.append(event)
            continue
        number, address = event.subscriber or 0, emails.get(event.subscriber or 0, "")
        if event.certain and address:
            mails.note(number, event.kind.value, event.reason)
        another = bool(event.email and address) and event.email.lower() != address.lower()
        forwarded = event.forwarded or (another and event.kind in _BOUNCE_KINDS)
        email = address or event.email
        results.append(replace(event, email=email, dispatch=None, subscriber=None, forwarded=forwarded))
    return results


def _identify(events: Sequence[MailEvent]) -> list[MailEvent]:
    """Return the events with the subscriber's own address where we know who it is.

    A bounce that names another address than the subscriber's is one of the end of a forward, or of one of several
    people behind an address.
    """
    ids = {event.subscriber for event in events if event.subscriber is not None}
    emails = dict(Subscriber.objects.filter(pk__in=ids).values_list("pk", "email")) if ids else {}
    results = []
    for event in events:
        address = emails.get(event.subscriber or 0)
        if address is None:
            results.append(event)
            continue
        another = bool(event.email) and event.email.lower() != address.lower()
        raw = {**event.raw, "named": event.email} if another else event.raw
        forwarded = event.forwarded or (another and event.kind in _BOUNCE_KINDS)
        results.append(replace(event, email=address, raw=raw, forwarded=forwarded))
    return results


def _store(events: Sequence[MailEvent], now: datetime) -> list[MailEvent]:
    """Insert the events and return those that were not there."""
    columns: dict[str, Any] = {
        "kind": [event.kind.value for event in events],
        "source": [event.source for event in events],
        "event_id": [event.event_id for event in events],
        "dispatch_id": [event.dispatch for event in events],
        "subscriber_id": [event.subscriber for event in events],
        "email": [event.email for event in events],
        "status": [event.status for event in events],
        "reason": [event.reason for event in events],
        "certain": [event.certain for event in events],
        "at": [event.at for event in events],
        "raw": [json.dumps(event.raw) for event in events],
        "mail": [json.dumps(event.mail) for event in events],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.STORE, columns)
        new_keys = set(cursor.fetchall())
    first = {(event.source, event.event_id): event for event in reversed(events)}
    return [event for key, event in first.items() if key in new_keys]


def _follow(new: Sequence[MailEvent], now: datetime) -> None:
    """Do what follows from new events that came in `now`.

    Addresses are sorted, so that two groups never wait for each other.
    """
    certain_events = [event for event in new if event.certain]
    addressed_events = sorted((event for event in certain_events if event.email), key=lambda event: event.email.lower())
    certain_ends = [event for event in addressed_events if is_certain_end(event)]
    complain([event for event in addressed_events if event.kind is Kind.COMPLAINT], now)
    end_mailboxes(certain_ends, now)
    for event in certain_events:
        if event.kind is Kind.UNSUBSCRIBE:
            leave(event, now)
    ended_addresses = {event.email.lower() for event in certain_ends}
    bounces = [event for event in addressed_events if event.kind in _BOUNCE_KINDS]
    last_causes = {
        event.email.lower(): _cause(event, now) for event in bounces if event.email.lower() not in ended_addresses
    }
    if last_causes:
        _give_up(last_causes)


def complain(complaints: Sequence[MailEvent], now: datetime) -> None:
    """Suppress who complained, and take them off all lists. Each event has an address."""
    add_suppressions(drafts(complaints, Suppression.Reason.COMPLAINT, now))
    if complaints:
        leave_all_lists({event.email: _cause(event, now) for event in complaints}, how="complaint")


def end_mailboxes(ends: Sequence[MailEvent], now: datetime) -> None:
    """Suppress addresses whose mailbox is gone, but for those of a burst of their dispatch. Each has an address."""
    by_dispatch: dict[int | None, list[MailEvent]] = {}
    for event in ends:
        by_dispatch.setdefault(event.dispatch, []).append(event)
    for dispatch, events in sorted(by_dispatch.items(), key=lambda item: item[0] or 0):
        suppressions = drafts(events, Suppression.Reason.HARD_BOUNCE, now)
        held_bursts.suppress_or_hold(dispatch, suppressions)
        if dispatch is not None:
            bounce_bursts.judge(dispatch, [str(draft.email) for draft in suppressions], suppressions[-1].detail)


def drafts(events: Iterable[MailEvent], reason: Suppression.Reason, now: datetime) -> list[Suppression]:
    """Return the suppressions, not stored yet, of events that came in `now` and have an address."""
    return [
        suppression(event.email, f"{event.status} {event.reason}".strip(), reason=reason, cause=_cause(event, now))
        for event in events
    ]


def _cause(event: MailEvent, now: datetime) -> Cause:
    return Cause(event.source, event.dispatch, now)


def leave(event: MailEvent, now: datetime) -> None:
    """Take someone off the lists of the mail that they answered, or off all where it is not known."""
    if event.subscriber is not None:
        person = Subscriber.objects.filter(pk=event.subscriber).first()
    else:
        person = with_address(Subscriber.objects.all(), event.email).first() if event.email else None
    if person is not None:
        unsubscribe(
            person.key,
            lists=lists_to_leave(person.pk, event.dispatch),
            how=f"unsubscribed by {event.source}",
            cause=_cause(event, now),
        )


def _give_up(last_causes: Mapping[str, Cause]) -> None:
    """Suppress those of these addresses (in lower case, with their last bounce) that have bounced for too long."""
    add_suppressions(
        suppression(email, sentence, reason=Suppression.Reason.WORN_OUT, cause=last_causes[email])
        for email, sentence in lost_addresses(last_causes).items()
    )
