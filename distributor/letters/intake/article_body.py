"""What a page's own data states as the letter's text: by it, boxes in the middle of the letter are told from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from distributor.letters.intake import chrome, dom
from distributor.letters.intake.parts import Block

_LEAST: Final = 600  # characters: what is shorter may be the letter's beginning only
_SHARE_OF_LETTER: Final = 0.7  # of the letter's sentences: else it states something else
_SHARE_OF_DATA: Final = 0.85  # of what it states: else the letter was not read as it stands there
_MARKS: Final = re.compile(r"[\W_]+")
_REASON: Final = "The page’s own data does not count it among the letter’s text."


def leave_out_others(blocks: Sequence[Block], *, text: str) -> None:
    """Mark what stands within or behind a letter and not in the text that its page's data states.

    What stands above its first paragraph, pictures and headings that have the letter's text below them stay.
    """
    if len(text) < _LEAST:
        return
    data_letters = _letters(dom.text_of(dom.fragment(text)) if "</" in text else text)
    letters = {at: _letters(block.text) for at, block in enumerate(blocks) if block.inside and block.hint != "title"}
    matches = {at for at, piece in letters.items() if piece and piece in data_letters}
    sentences = {at for at in letters if chrome.is_prose(blocks[at].text)}
    length = sum(len(letters[at]) for at in matches)
    own_length = sum(len(letters[at]) for at in sentences)
    if not matches & sentences or length < _SHARE_OF_DATA * len(data_letters) or length < _SHARE_OF_LETTER * own_length:
        return
    first, last = min(matches & sentences), max(matches)
    for at, piece in letters.items():
        block = blocks[at]
        if not piece or at in matches or at < first or block.hint in ("figure", "byline", "note", "bio"):
            continue
        if block.hint == "heading" and at < last and at + 1 in matches:
            continue
        block.hint, block.reason = "aside", _REASON


def _letters(text: str) -> str:
    return _MARKS.sub("", text).casefold()
