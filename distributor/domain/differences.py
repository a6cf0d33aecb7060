"""What changed between two contents of a letter, so that a person can read it: field by field, in words and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from distributor.domain.letter_content import LetterContent, changed_fields
from distributor.domain.letters import AuthorView, SeriesView

PieceState = Literal["same", "removed", "added"]

# Chinese and Japanese put no spaces between words: a character is the unit there.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+(?:['’][^\W_]+)*|\s+|.", re.DOTALL)
_WORDS_COMPARED = 2_000  # of one line: comparing takes the square of it; longer lines are one piece each
_LINES_COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: in both, only in the text before, or only in the one after."""

    state: PieceState
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of `LetterContent` that changed: both values as texts, and how the one became the other.

    The pieces that are not `added` make up `before`, those that are not `removed` make up `after`.
    """

    field: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


def differences(before: LetterContent, after: LetterContent) -> tuple[FieldDifference, ...]:
    """Return what differs between two contents of a letter, in the order of its fields; empty where nothing does.

    The markup is compared only where the text is the same: what changed then is a link, a picture or an emphasis.
    """
    names = changed_fields(before, after)
    if "body_text" in names:
        names = tuple(name for name in names if name != "body_html")
    return tuple(_field_difference(name, getattr(before, name), getattr(after, name)) for name in names)


def text_difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return how one text became the other: by lines, and within lines that changed by words."""
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(len(old_lines), len(new_lines)) > _LINES_COMPARED:
        return _merged_neighbours(_replacement(before, after))
    return _merged_neighbours(_by_lines(old_lines, new_lines))


def _field_difference(name: str, before: object, after: object) -> FieldDifference:
    old_text, new_text = _text(before), _text(after)
    return FieldDifference(name, old_text, new_text, text_difference(old_text, new_text))


def _text(value: object) -> str:
    """Return a field's value as a person reads it."""
    if isinstance(value, SeriesView):
        return f"{value.title}, {value.number}" if value.number is not None else value.title
    if isinstance(value, AuthorView):
        return "\n".join(part for part in (value.name, value.email, value.bio) if part)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text}" for name, text in sorted(value.items()))
    if isinstance(value, tuple):
        return "\n".join(map(_text, value))
    return "" if value is None else str(value)


def _by_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        old_lines, new_lines = before[start:end], after[new_start:new_end]
        if tag == "equal":
            yield Piece("same", "".join(old_lines))
        elif len(old_lines) == len(new_lines):
            for old_line, new_line in zip(old_lines, new_lines, strict=True):
                yield from _by_words(old_line, new_line)
        else:
            yield from _by_words("".join(old_lines), "".join(new_lines))


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old_words, new_words = _WORD.findall(before), _WORD.findall(after)
    if max(len(old_words), len(new_words)) > _WORDS_COMPARED:
        yield from _replacement(before, after)
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old_words, new_words).get_opcodes():
        old_text, new_text = "".join(old_words[start:end]), "".join(new_words[new_start:new_end])
        if tag == "equal":
            yield Piece("same", old_text)
        else:
            yield from _replacement(old_text, new_text)


def _replacement(before: str, after: str) -> Iterator[Piece]:
    yield Piece("removed", before)
    yield Piece("added", after)


def _merged_neighbours(pieces: Iterator[Piece]) -> tuple[Piece, ...]:
    """Return pieces without empty ones, neighbours of one state as one."""
    joined_pieces: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined_pieces and joined_pieces[-1].state == piece.state:
            joined_pieces[-1] = Piece(piece.state, joined_pieces[-1].text + piece.text)
        else:
            joined_pieces.append(piece)
    return tuple(joined_pieces)
