"""Which stored letter a source is: by its keys, never by its title. Where that is not sure, a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from distributor.domain.letter_addresses import same_path
from distributor.domain.source_keys import SourceKey
from distributor.domain.text_likeness import likeness, same_words

# Between another letter (below 0.2 in common) and the same one with words mended (above 0.8).
_ANOTHER_LIKENESS = 0.3
_SAME_LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class SourceLetter:
    """What is looked at of a letter, stored or just read."""

    title: str
    body_text: str
    canonical_url: str = ""


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A stored letter that a source may be: its number, what it says, and which of the source's keys it has."""

    id: int
    letter: SourceLetter
    keys: tuple[SourceKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Which letter a source is: that of `letter_id`, a new one (None), or, with a `doubt`, one of `candidates` or none.

    `doubt` is half a sentence: why it is not sure.
    """

    letter_id: int | None = None
    candidates: tuple[int, ...] = ()
    doubt: str = ""


def match(source: SourceLetter, keys: Sequence[SourceKey], stored_letters: Sequence[StoredLetter]) -> Match:
    """Return which letter a source with these keys is.

    `stored_letters` are those of the publication that have one of the keys, the same title or the same text.

    - Keys that lead to one letter: it is that one, under whatever title. Only where a person may have given the key to
      another letter (an address, a file, an id that was copied along) and title and text are both others, that is
      asked. The ids of feeds and of the API are given by programs.
    - Keys that lead to several letters are asked about.
    - New keys: a new letter, also under a title that is there; asked where text and title are both there already.
    - No key at all (typed, pasted, from a pipe), or the words of a feed's entry that has no other: a new letter; asked
      where the title or the text is there already.
    """
    owners = [
        candidate
        for candidate in stored_letters
        if any(_counts(key, keys, source, candidate) for key in candidate.keys)
    ]
    if len(owners) > 1:
        return _unsure(owners, "its addresses and ids belong to different letters")
    if owners:
        (owner,) = owners
        if _is_fixed(owner.keys) or not is_another(source, owner.letter):
            return Match(owner.id)
        has_place = any(key.kind != "id" for key in owner.keys)
        return _unsure(owners, "another letter was there before" if has_place else "another letter has its id")
    titles = [candidate for candidate in stored_letters if _same_title(source, candidate.letter)]
    texts = [candidate for candidate in stored_letters if _same_text(source, candidate.letter)]
    if all(key.kind == "entry" for key in keys):
        twins = [candidate for candidate in stored_letters if candidate in titles or candidate in texts]
        return _unsure(twins, "it says nothing of which letter it is, and there is one that has its title or its text")
    twins = [candidate for candidate in titles if candidate in texts]
    return _unsure(twins, "it comes from another place than the one that has its title and its text")


def _unsure(candidates: Sequence[StoredLetter], doubt: str) -> Match:
    return Match(candidates=tuple(candidate.id for candidate in candidates), doubt=doubt) if candidates else Match()


def _counts(key: SourceKey, keys: Sequence[SourceKey], source: SourceLetter, candidate: StoredLetter) -> bool:
    """Whether a key that both have makes them one: feeds of one site may count their entries alike."""
    if key not in keys:
        return False
    if key.kind != "site guid":
        return True
    return _same_title(source, candidate.letter) or same_path(source.canonical_url, candidate.letter.canonical_url)


def _is_fixed(keys: Sequence[SourceKey]) -> bool:
    """Whether one of the keys is given to no other letter later."""
    return any(key.kind in ("guid", "site guid", "entry", "program id") for key in keys)


def is_another(source: SourceLetter, letter: SourceLetter) -> bool:
    """Whether title and text are both so different that these are two letters, and not one that was mended."""
    return not _same_title(source, letter) and likeness(source.body_text, letter.body_text) < _ANOTHER_LIKENESS


def _same_title(source: SourceLetter, letter: SourceLetter) -> bool:
    return same_words(source.title, letter.title)


def _same_text(source: SourceLetter, letter: SourceLetter) -> bool:
    return likeness(source.body_text, letter.body_text) >= _SAME_LIKENESS
