"""The answers that the API keeps for requests that are sent again, and how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from distributor.people.models import StoredAnswer

RETENTION: Final = timedelta(hours=24)
_BATCH: Final = 1_000  # rows that one statement deletes


def forget(now: datetime) -> int:
    """Remove the answers that need not be kept any more at `now` (aware); return how many there were."""
    count = 0
    old = StoredAnswer.objects.filter(created_at__lt=now - RETENTION)
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        count += StoredAnswer.objects.filter(pk__in=ids).delete()[0]
    return count
