"""Counting what readers did, and what comes of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F

from distributor.domain.ranking import WINDOW, DayOfReads, Ranked, rank
from distributor.insights.models import Read
from distributor.letters.models import Letter, Publication


def count_read(letter: Letter, *, day: date) -> None:
    """Count one read of the letter's page on a day (UTC). Safe when many readers come at once."""
    Read.objects.update_or_create(
        letter=letter, day=day, defaults={"count": F("count") + 1}, create_defaults={"count": 1}
    )


def top(publication: Publication, *, today: date) -> tuple[Ranked, ...]:
    """Return the publication's most read letters that have a page; `key` is the letter's id."""
    since = today - WINDOW + timedelta(days=1)
    reads = Read.objects.filter(letter__publication=publication, letter__page__isnull=False, day__gte=since)
    rows = reads.values_list("letter_id", "day", "count")
    return rank((DayOfReads(letter, day, count) for letter, day, count in rows), today)


def top_letters(publication: Publication, today: date) -> list[int]:
    """Return the ids of the letters that `top` ranks, in its order."""
    return [one.key for one in top(publication, today=today)]
