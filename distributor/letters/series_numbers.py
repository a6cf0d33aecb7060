"""Which number the next letter of a series has."""

from __future__ import annotations

from django.db.models import Max

from distributor.letters.models import Publication


def next_numbers(publication: Publication) -> dict[str, int | None]:
    """Return the next letter's number by the titles of a publication's series; None where its letters have none."""
    series = publication.series.annotate(latest=Max("letters__number")).order_by("title")
    return {row.title: row.latest + 1 if row.latest is not None else None for row in series}


def next_number(publication: Publication, title: str) -> int | None:
    """Return the number of a series' next letter: 1 for a new series, None for one whose letters have none."""
    return next_numbers(publication).get(title, 1)
