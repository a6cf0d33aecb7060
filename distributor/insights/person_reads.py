"""What one person did with mails, and what came back about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from distributor.audience.models import Subscriber
from distributor.insights.models import Click, Open, ReturnedEvent
from distributor.insights.models.returned import ENDING_KINDS, SCORED_KINDS


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """How often somebody opened mails and followed links in them, by dispatch's number. Hints (`insights.tracking`)."""

    opens: dict[int, int]
    clicks: dict[int, int]


def reads_of(subscriber_id: int, dispatch_ids: Collection[int]) -> ReadCounts:
    """Return how often somebody opened and clicked in the mails of these dispatches."""
    counts = [
        dict(
            model.objects.filter(subscriber_id=subscriber_id, dispatch_id__in=dispatch_ids)
            .values_list("dispatch_id")
            .annotate(Count("pk"))
        )
        for model in (Open, Click)
    ]
    return ReadCounts(*counts)


def returned_events(person: Subscriber) -> QuerySet[ReturnedEvent]:
    """Return what came back about somebody, the latest first."""
    rows = ReturnedEvent.objects.alias(folded=Lower("email")).filter(folded=person.email.lower())
    # As the indexes by address have them.
    condition = Q(kind__in=SCORED_KINDS, certain=True) | Q(kind__in=ENDING_KINDS)
    return rows.filter(condition).order_by("-received_at", "-pk")
