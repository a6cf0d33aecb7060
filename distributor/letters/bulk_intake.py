"""Many letters at once: those that are new for sure are stored together, by as few statements as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection, transaction

from distributor.domain.letters import Draft
from distributor.letters import letter_keys, media_store, new_letters, source_locks
from distributor.letters.models import Publication
from distributor.letters.new_letters import NewDraft, NewLetter
from distributor.letters.slugs import slug_of_draft

# With no statistics PostgreSQL takes a table for an empty one, and goes through all texts rather than to their index.
_LACKS_STATISTICS = """
SELECT (SELECT count(*) FROM (SELECT FROM letters_letter LIMIT %(many)s) AS letter) >= %(many)s
FROM pg_class WHERE oid = 'letters_letter'::regclass AND reltuples * 10 < %(many)s
"""
_MANY = 500  # letters: below that, no plan is a slow one


def gather_statistics() -> None:
    """Have PostgreSQL look at letters where it has not yet, and there are many: it does so by itself a minute later."""
    with connection.cursor() as cursor:
        cursor.execute(_LACKS_STATISTICS, {"many": _MANY})
        row = cursor.fetchone()
        if row is not None and row[0]:
            cursor.execute("ANALYZE letters_letter, letters_letterkey")


@transaction.atomic
def take_in_new(
    drafts: Sequence[tuple[Draft, str]], *, publication: Publication, actor: str, places: Collection[int]
) -> list[NewLetter | None]:
    """Store those drafts at these places, each with its origin in words, that are new for sure; else there is None.

    The others may be letters that are there, or have something in common with a draft before them or an address that
    is taken: `actions.take_in` sees to each of those, once these are stored.
    """
    copies = [media_store.with_copies(draft, publication) for draft, _ in drafts]
    for copy in copies:
        media_store.keep(copy.pictures, publication)  # before anything is locked: it may be far away
    sources = [(copy, slug_of_draft(copy)) for copy in copies]
    candidates = [place for place in _unlike(sources) if place in places]
    if not candidates:
        return [None] * len(drafts)
    source_locks.lock_sources([sources[place] for place in candidates], publication)
    slugs = [sources[place][1] for place in candidates]
    used_slugs = set(publication.letters.filter(slug__in=slugs).values_list("slug", flat=True))
    strangers = letter_keys.strangers([copies[place] for place in candidates], publication)
    new_places = [
        place for index, place in enumerate(candidates) if index in strangers and slugs[index] not in used_slugs
    ]
    rows = [NewDraft(copies[place], sources[place][1], drafts[place][1]) for place in new_places]
    letters = new_letters.store(rows, publication=publication, actor=actor) if rows else []
    by_place = dict(zip(new_places, letters, strict=True))
    return [by_place.get(place) for place in range(len(drafts))]


def _unlike(sources: Sequence[tuple[Draft, str]]) -> list[int]:
    """Return the places of those that have nothing in common with any before them by which letters are looked for."""
    words: set[tuple[str, ...]] = set()
    places: list[int] = []
    for place, (draft, slug) in enumerate(sources):
        own_words = set(source_locks.words_of(draft, slug))
        if not own_words & words:
            places.append(place)
        words |= own_words
    return places
