"""The keys of stored letters: which letter has those of a source, and whose they are from now on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import md5
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import MD5

from distributor.domain.errors import UnclearLetter
from distributor.domain.letter_match import Match, SourceLetter, StoredLetter, match
from distributor.domain.letters import Draft
from distributor.domain.source_keys import SourceKey
from distributor.letters.models import Letter, LetterKey, Publication

_TWINS = 50  # of those with one title or text, the latest are looked at
_MOST_NAMES = 3  # letters in a sentence
# With OFFSET each draft is looked up by an index; PostgreSQL would join otherwise, and make the hash of every text.
_STRANGERS = """
SELECT draft.place - 1 FROM unnest(%(titles)s::text[], %(hashes)s::text[]) WITH ORDINALITY AS draft(title, hash, place)
WHERE NOT EXISTS (
    SELECT FROM letters_letter l
    WHERE l.publication_id = %(publication)s AND upper(l.title) = upper(draft.title) OFFSET 0
) AND NOT EXISTS (
    SELECT FROM letters_letter l
    WHERE l.publication_id = %(publication)s AND md5(l.body_text) = draft.hash OFFSET 0
) AND NOT EXISTS (
    SELECT FROM unnest(%(places)s::bigint[], %(kinds)s::text[], %(values)s::text[]) AS key(place, kind, value)
    WHERE key.place = draft.place - 1 AND EXISTS (
        SELECT FROM letters_letterkey k
        WHERE k.publication_id = %(publication)s AND k.kind = key.kind AND k.value = key.value OFFSET 0
    ) OFFSET 0
)
"""


def letter_of(draft: Draft, publication: Publication, *, is_new: bool = False) -> Letter | None:
    """Return the letter that a draft is, locked; None for a new one.

    Where that is not sure it is a new one if `is_new`. Raises UnclearLetter where nobody has said so.
    """
    if strangers([draft], publication):
        return None
    result = _match(draft, publication)
    if result.doubt and not is_new:
        raise _unclear(draft, result)
    if result.letter_id is None:
        return None
    # What comes under another of its keys at the same time waits.
    return publication.letters.select_for_update(of=("self",)).get(pk=result.letter_id)


def strangers(drafts: Sequence[Draft], publication: Publication) -> set[int]:
    """Return the places of those drafts of which no letter has a key, the title or the text: they are new for sure."""
    keys = [(place, key) for place, draft in enumerate(drafts) for key in draft.keys]
    parameters: dict[str, Any] = {
        "publication": publication.pk,
        "titles": [draft.title for draft in drafts],
        "hashes": [_text_hash(draft.body_text) for draft in drafts],
        "places": [place for place, _ in keys],
        "kinds": [key.kind for _, key in keys],
        "values": [key.value for _, key in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRANGERS, parameters)
        return {place for (place,) in cursor.fetchall()}


def give(letter: Letter, keys: Sequence[SourceKey], *, from_others: bool) -> None:
    """Add keys to a letter's. Those that another letter has become this one's if `from_others`, else they stay."""
    give_all([(letter, keys)], from_others=from_others)


def give_all(pairs: Iterable[tuple[Letter, Sequence[SourceKey]]], *, from_others: bool) -> None:
    """Do the same for several letters with their keys, of which no two have the same."""
    rows = [
        LetterKey(publication_id=letter.publication_id, letter=letter, kind=key.kind, value=key.value)
        for letter, keys in pairs
        for key in dict.fromkeys(keys)
    ]
    if not rows:
        return
    if from_others:
        columns = ["publication", "kind", "value"]
        LetterKey.objects.bulk_create(rows, update_conflicts=True, update_fields=["letter"], unique_fields=columns)
    else:
        LetterKey.objects.bulk_create(rows, ignore_conflicts=True)


def _match(draft: Draft, publication: Publication) -> Match:
    owned_keys: dict[int, list[SourceKey]] = defaultdict(list)
    rows = LetterKey.objects.filter(publication=publication, value__in=[key.value for key in draft.keys])
    for row in rows.order_by("letter_id"):
        key = next((key for key in draft.keys if (key.kind, key.value) == (row.kind, row.value)), None)
        if key is not None:
            owned_keys[row.letter_id].append(key)
    owners = publication.letters.filter(pk__in=owned_keys).order_by("pk")
    letters = list(owners) or list(_twins(draft, publication).order_by("-pk")[:_TWINS])
    return match(
        SourceLetter(draft.title, draft.body_text, draft.canonical_url),
        draft.keys,
        [StoredLetter(letter.pk, _source_letter(letter), tuple(owned_keys.get(letter.pk, ()))) for letter in letters],
    )


def _twins(draft: Draft, publication: Publication) -> QuerySet[Letter]:
    rows = publication.letters.annotate(text_hash=MD5("body_text"))
    return rows.filter(Q(title__iexact=draft.title) | Q(text_hash=_text_hash(draft.body_text)))


def _text_hash(text: str) -> str:
    """Return a text's hash as the index of letters has it."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _source_letter(letter: Letter) -> SourceLetter:
    return SourceLetter(letter.title, letter.body_text, letter.canonical_url)


def _unclear(draft: Draft, result: Match) -> UnclearLetter:
    letters = Letter.objects.in_bulk(result.candidates)
    names = " or ".join(f"L{number} “{letters[number].title}”" for number in result.candidates[:_MOST_NAMES])
    return UnclearLetter(
        f"“{draft.title}” may correct {names}, or be a letter of its own: {result.doubt}. Say which it is.",
        result.candidates,
    )
