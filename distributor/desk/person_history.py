"""What happened with one person's mails, put together from the ledger and from what came back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from distributor.audience.models import Subscriber
from distributor.delivery.reports.person_mails import PersonMail, mails_to
from distributor.insights.models import ReturnedEvent
from distributor.insights.person_reads import reads_of, returned_events


@dataclass(frozen=True, slots=True)
class MailRecord:
    """One mail to somebody, how often they opened it and clicked, and what came back about it, the latest first."""

    mail: PersonMail
    opens: int
    clicks: int
    events: tuple[ReturnedEvent, ...]


def mail_records(person: Subscriber, *, before: int | None, most: int) -> list[MailRecord]:
    """Return so many mails to somebody, the latest dispatch first; with `before` those of a lower dispatch's number."""
    mails = mails_to(person.pk, before=before, most=most)
    ids = [mail.dispatch.pk for mail in mails]
    reads = reads_of(person.pk, ids)
    events = defaultdict(list)
    for event in returned_events(person).filter(dispatch_id__in=ids):
        events[event.dispatch_id].append(event)
    return [
        MailRecord(mail, reads.opens.get(number, 0), reads.clicks.get(number, 0), tuple(events[number]))
        for number, mail in zip(ids, mails, strict=True)
    ]
