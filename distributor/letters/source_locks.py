"""Locks on what sources say of themselves: equal letters wait for one another, so that they are one; others do not.

Each lock stands for something by which a letter is looked for before it is stored: a key of its source, its title, its
text, the end of its address. It is held until the transaction ends. A transaction takes all that one letter needs at
once and in one order; one that stores several letters takes the publication, since two of them could wait for one
another otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connection

from distributor.domain.letters import Draft
from distributor.letters.models import Publication

_SHARED_LOCK: Final = "pg_advisory_xact_lock_shared(%s)"
_SOLE_LOCK: Final = "pg_advisory_xact_lock(%s)"


def lock_source(draft: Draft, slug: str, publication: Publication) -> None:
    """Let no equal letter be stored until the transaction ends; `slug` is what the letter's address would end in."""
    lock_sources([(draft, slug)], publication)


def lock_sources(sources: Sequence[tuple[Draft, str]], publication: Publication) -> None:
    """Do the same for several letters with their slugs, which no transaction may do twice."""
    words = [word for draft, slug in sources for word in words_of(draft, slug)]
    numbers = sorted({_number(publication, *word) for word in words})
    _lock([_SHARED_LOCK, *[_SOLE_LOCK] * len(numbers)], [_number(publication, "letters"), *numbers])


def lock_slug(slug: str, publication: Publication) -> None:
    """Let nobody else take the end of an address until the transaction ends."""
    _lock([_SOLE_LOCK], [_number(publication, "slug", slug)])


def lock_publication(publication: Publication) -> None:
    """Let nobody else store a letter of a publication until the transaction ends."""
    _lock([_SOLE_LOCK], [_number(publication, "letters")])


def words_of(draft: Draft, slug: str) -> Iterable[tuple[str, ...]]:
    """Return what a letter is looked for by: two letters that have none of it in common are stored side by side."""
    for key in draft.keys:
        yield "key", key.kind, key.value
    # As PostgreSQL compares titles, or more alike: letters of two cases are one.
    yield "title", draft.title.upper().casefold()
    yield "text", draft.body_text
    yield "slug", slug


def _number(publication: Publication, *words: str) -> int:
    text = "\0".join((str(publication.pk), *words))
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8, person=b"letters")
    return int.from_bytes(digest.digest(), "big", signed=True)


def _lock(functions: Sequence[str], numbers: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(functions)}", numbers)
