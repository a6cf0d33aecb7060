"""Counting what readers did, and what comes of it."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Sum

from distributor.domain.ranking import WINDOW, DayOfReads, RankedLetter, rank
from distributor.insights.models import Read, ShortClick
from distributor.letters.models import Letter, Publication, ShortLink

logger = logging.getLogger(__name__)


def count_read(letter: Letter, *, day: date) -> None:
    """Count one read of the letter's page on a day (UTC). Safe when many readers come at once."""
    Read.objects.update_or_create(
        letter=letter, day=day, defaults={"count": F("count") + 1}, create_defaults={"count": 1}
    )


def count_short_click(link: ShortLink, *, day: date) -> None:
    """Count one click on a short link on a day (UTC). Never raises for the database: a reader comes before a figure."""
    try:
        with transaction.atomic():
            ShortClick.objects.update_or_create(
                link=link, day=day, defaults={"count": F("count") + 1}, create_defaults={"count": 1}
            )
    except DatabaseError as error:
        logger.warning("A click on a short link was not counted: %s", type(error).__name__)


def short_clicks(letter: Letter) -> dict[str, int]:
    """Return how often the letter's short links were followed, by channel; those that nobody followed have 0."""
    links = letter.short_links.annotate(total=Sum("clicks__count")).order_by("channel")
    return {link.channel: link.total or 0 for link in links}


def top(publication: Publication, *, today: date) -> tuple[RankedLetter, ...]:
    """Return the publication's most read letters that have a page; `key` is the letter's id."""
    since = today - WINDOW + timedelta(days=1)
    reads = Read.objects.filter(letter__publication=publication, letter__page__isnull=False, day__gte=since)
    rows = reads.values_list("letter_id", "day", "count")
    return rank((DayOfReads(letter, day, count) for letter, day, count in rows), today)


def top_letters(publication: Publication, today: date) -> list[int]:
    """Return the ids of the letters that `top` ranks, in its order."""
    return [letter.key for letter in top(publication, today=today)]
