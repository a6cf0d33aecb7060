"""The notices that there are: written once each, however often and by however many processes that is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from distributor.notices.models import Notice

RETENTION: Final = timedelta(days=90)
_BATCH: Final = 1_000  # rows that one statement deletes


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What is to be told of a publication (its number). Of each `key` its kind has one notice."""

    key: str
    publication: int
    data: Mapping[str, Any]


def note(kind: str, notices: Sequence[NewNotice], *, at: datetime | None = None) -> None:
    """Write notices down, in the transaction of what they tell of. `at` is aware, None for now. Known ones stay."""
    moment = at or timezone.now()
    rows = [
        Notice(kind=kind, key=entry.key, publication_id=entry.publication, at=moment, data=dict(entry.data))
        for entry in notices
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def unknown(kind: str, keys: Collection[str]) -> set[str]:
    """Return those of some keys of which a kind has no notice yet."""
    return set(keys) - set(Notice.objects.filter(kind=kind, key__in=keys).values_list("key", flat=True))


def forget(now: datetime) -> int:
    """Remove what was told 90 days before `now` (aware); return how many notices it were."""
    count = 0
    old = Notice.objects.filter(told_at__lt=now - RETENTION)
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        count += Notice.objects.filter(pk__in=ids).delete()[0]
    return count
