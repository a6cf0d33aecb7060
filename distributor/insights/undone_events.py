"""Which events' consequences were undone since, and by whom: so that a list of events says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models.functions import Lower

from distributor.domain.returns import Kind
from distributor.domain.reversals import COMPLAINT, UNSUBSCRIBE
from distributor.insights.models import ReturnedEvent, Reversal, ReversalEntry

_BOUNCES: Final = ("hard bounce", "worn out")
_REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.HARD_BOUNCE.value: _BOUNCES,
    Kind.SOFT_BOUNCE.value: _BOUNCES,
    Kind.COMPLAINT.value: (COMPLAINT,),
    Kind.UNSUBSCRIBE.value: (UNSUBSCRIBE,),
}


def reversals_of(events: Sequence[ReturnedEvent]) -> dict[int, Reversal]:
    """Return the undoing of what each event, by its number, did or added to; the first one after it came in."""
    emails = {event.email.lower() for event in events if event.email}
    if not emails:
        return {}
    entries = ReversalEntry.objects.alias(folded=Lower("email")).filter(
        folded__in=emails, at__gte=min(event.received_at for event in events)
    )
    by_email: dict[str, list[ReversalEntry]] = {}
    for entry in entries.select_related("reversal").order_by("at", "pk"):
        by_email.setdefault(entry.email.lower(), []).append(entry)
    return {  # of several the first: it is named last here
        event.pk: entry.reversal
        for event in events
        for entry in reversed(by_email.get(event.email.lower(), []))
        if _undoes(entry, event)
    }


def _undoes(entry: ReversalEntry, event: ReturnedEvent) -> bool:
    return (
        entry.at >= event.received_at
        and entry.source == event.source
        and entry.reason in _REASONS.get(event.kind, ())
        and (event.certain or event.decision == ReturnedEvent.Decision.ACTED_ON)
    )
