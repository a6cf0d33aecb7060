"""Who wants to hear of a type of announcements: endpoints, and streams that are open or were a short while ago."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from distributor.domain.announcements import TYPES
from distributor.webhooks.models import StreamInterest

STREAM_MEMORY = timedelta(hours=24)  # for which a stream that was closed finds all that it missed
EVERYWHERE = 0  # instead of a publication's number: all of them

_LISTENERS = """
SELECT publication_id FROM webhooks_endpoint WHERE enabled AND %(type)s = ANY(types)
UNION
SELECT publication_number FROM webhooks_streaminterest WHERE type = %(type)s AND until > now()
"""


@dataclass(frozen=True, slots=True)
class Interest:
    """In which publications (their numbers) somebody listens, or that somebody does in all of them."""

    publications: frozenset[int]
    everywhere: bool = False

    def __contains__(self, publication_id: int) -> bool:
        return self.everywhere or publication_id in self.publications

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.publications)


def interest_in(type_name: str) -> Interest:
    """Return where somebody wants to hear of this type right now: one look at two small tables."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTENERS, {"type": type_name})
        ids = [id_ for (id_,) in cursor.fetchall()]
    return Interest(frozenset(ids), everywhere=EVERYWHERE in ids)


def keep_for_streams(types: Collection[str], publication_ids: Collection[int] | None) -> bool:
    """Have announcements of these types told at once for a stream, and personal ones written, for a day from now.

    `publication_ids` is None for all. Return whether the personal ones that it wants were being written already.
    """
    now = timezone.now()
    numbers = [EVERYWHERE] if publication_ids is None else sorted(publication_ids)
    rows = [
        StreamInterest(publication_number=number, type=name, until=now + STREAM_MEMORY)
        for number in numbers
        for name in types
    ]
    personal_types = [name for name in types if TYPES[name].personal]
    kept_rows = StreamInterest.objects.filter(publication_number__in=numbers, type__in=personal_types, until__gt=now)
    was_kept = kept_rows.count() == len(numbers) * len(personal_types)
    StreamInterest.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["publication_number", "type"], update_fields=["until"]
    )
    return was_kept
