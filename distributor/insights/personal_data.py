"""What is kept here about people, and for how long: what came back about them, and what they opened and followed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from distributor.audience.privacy import Person
from distributor.insights import queries
from distributor.insights.models import Click, Open, ReturnedEvent, ReversalEntry

STEP = 10_000  # rows at a time, each step committed by itself: nobody waits long for one of them


def tell(person: Person) -> dict[str, Any]:
    """Return it as JSON values; nothing where there is nothing."""
    data: dict[str, Any] = {}
    events = _events_of(person).order_by("at", "pk")
    if events:
        data["returned"] = [
            {
                "kind": event.kind,
                "source": event.source,
                "dispatch": event.dispatch_id,
                "at": event.at.isoformat(),
                "status": event.status,
                "said": event.reason,
                **({"decision": event.decision} if event.decision else {}),
                **({"mail": event.mail} if event.mail else {}),
            }
            for event in events
        ]
    mails = _written_by(person).exclude(pk__in=_events_of(person)).order_by("at", "pk")
    if mails:
        data["written"] = [{"at": event.received_at.isoformat(), "mail": event.mail} for event in mails]
    reversals = _reversals_of(person).order_by("at", "pk")
    if reversals:
        data["undone"] = [
            {
                "reason": entry.reason,
                "said": entry.detail,
                "source": entry.source,
                "happened_at": entry.happened_at.isoformat(),
                "at": entry.at.isoformat(),
            }
            for entry in reversals
        ]
    if person.subscriber is not None:
        for name, model in (("opens", Open), ("clicks", Click)):
            times = model.objects.filter(subscriber_id=person.subscriber).order_by("at").values_list("at", flat=True)
            if times:
                data[name] = [at.isoformat() for at in times]
    return data


def forget(person: Person) -> None:
    """Take the address, and what was said, out of what came back; counts of opens and clicks can stay.

    What they wrote about somebody else is about that one still: only the mail goes.
    """
    _written_by(person).update(mail={}, raw={})
    _events_of(person).update(email="", reason="", raw={}, mail={})
    _reversals_of(person).update(email="", detail="")


def forget_before(moment: datetime) -> int:
    """Remove what came in before a moment (aware) and return how much that was. What followed from it stays.

    Any number of processes may do so at once.
    """
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(queries.FORGET, {"before": moment, "most": STEP})
            count = int(cursor.rowcount)
            total += count
            if count < STEP:
                return total


def _events_of(person: Person) -> QuerySet[ReturnedEvent]:
    condition = Q(email__iexact=person.email)
    if person.subscriber is not None:
        condition |= Q(subscriber_id=person.subscriber)
    return ReturnedEvent.objects.filter(condition)


def _written_by(person: Person) -> QuerySet[ReturnedEvent]:
    """Return the events that are not proven whose mail came from them."""
    sender = Lower(KeyTextTransform("sender", "mail"))
    return ReturnedEvent.objects.alias(mail_sender=sender).filter(certain=False, mail_sender=person.email.lower())


def _reversals_of(person: Person) -> QuerySet[ReversalEntry]:
    return ReversalEntry.objects.filter(email__iexact=person.email)
