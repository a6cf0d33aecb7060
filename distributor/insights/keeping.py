"""What is kept here about one person: what came back about them, and what they opened and followed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from distributor.audience.privacy import Person
from distributor.insights.models import Click, Open, ReturnedEvent


def tell(person: Person) -> dict[str, Any]:
    """Return it as JSON values; nothing where there is nothing."""
    told: dict[str, Any] = {}
    events = _returned(person).order_by("at", "pk")
    if events:
        told["returned"] = [
            {"kind": one.kind, "source": one.source, "at": one.at.isoformat(), "status": one.status, "said": one.reason}
            for one in events
        ]
    if person.subscriber is not None:
        for name, model in (("opens", Open), ("clicks", Click)):
            times = model.objects.filter(subscriber_id=person.subscriber).order_by("at").values_list("at", flat=True)
            if times:
                told[name] = [at.isoformat() for at in times]
    return told


def forget(person: Person) -> None:
    """Take the address, and what was said about it, out of what came back; counts of opens and clicks can stay."""
    _returned(person).update(email="", reason="", raw={})


def _returned(person: Person) -> QuerySet[ReturnedEvent]:
    theirs = Q(email__iexact=person.email)
    if person.subscriber is not None:
        theirs |= Q(subscriber_id=person.subscriber)
    return ReturnedEvent.objects.filter(theirs)
