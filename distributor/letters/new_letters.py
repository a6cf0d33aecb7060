"""Letters that are new, stored with all that belongs to them: many at once take no more statements than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from distributor.domain.letters import Draft
from distributor.domain.source_keys import SourceKey
from distributor.letters import draft_rows, letter_keys, versions
from distributor.letters.credits import Credits
from distributor.letters.models import Byline, Letter, Publication, Version

SOURCE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A draft that is a letter of its own: the end of its address, which is free, and where it comes from, in words."""

    draft: Draft
    slug: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter that was stored just now, with all that was stored with it."""

    letter: Letter
    bylines: tuple[Byline, ...]
    keys: tuple[SourceKey, ...]
    version: Version


def store(
    drafts: Sequence[NewDraft], *, publication: Publication, actor: str, takes_keys: bool = False
) -> list[NewLetter]:
    """Store letters, in the given order, each with its first version; keys of others become theirs if `takes_keys`.

    In a transaction that has locked what they are looked for by (`source_locks`); no two have a key in common.
    """
    letter_credits = Credits([new.draft for new in drafts], publication)
    letters = [_letter(new, publication, letter_credits) for new in drafts]
    Letter.objects.bulk_create(letters)
    bylines: list[list[Byline]] = []
    contents = []
    for letter, new in zip(letters, drafts, strict=True):
        bylines.append(letter_credits.bylines(letter, new.draft))
        # Before the next one says something else of the same author.
        contents.append((letter, letter.content(bylines[-1]), new.origin))
    Byline.objects.bulk_create([byline for rows in bylines for byline in rows])
    letter_credits.save_changes()
    keys = [tuple(dict.fromkeys(new.draft.keys)) for new in drafts]
    letter_keys.give_all(zip(letters, keys, strict=True), from_others=takes_keys)
    first_versions = versions.record_first(contents, actor=actor)
    return [
        NewLetter(letter, tuple(rows), letter_key, version)
        for letter, rows, letter_key, version in zip(letters, bylines, keys, first_versions, strict=True)
    ]


def _letter(new: NewDraft, publication: Publication, letter_credits: Credits) -> Letter:
    letter = Letter(publication=publication, slug=new.slug)
    letter.source = (new.draft.source or new.origin)[:SOURCE_LENGTH]
    draft_rows.put(letter, new.draft, letter_credits)
    return letter
