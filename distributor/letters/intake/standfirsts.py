"""The standfirst: the sentence or two between a letter's title and its text, which pages set apart from both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from distributor.letters.intake import chrome, people
from distributor.letters.intake.parts import Block, one_line

_LEAST: Final = 40  # characters
_LONGEST: Final = 900
_MOST_LINKS: Final = 0.4  # of its text
_MOST: Final = 3  # paragraphs: pages that have more above their letter show something else there
_BEGINNING: Final = 60  # characters by which a standfirst and the page's own description are the same
_MARKS: Final = re.compile(r"[\W_]+")


def take_in(blocks: Sequence[Block], *, summary: str) -> None:
    """Make the standfirst a part of the letter, where it stands between the title and the letter's own element.

    What says the same as the page's `summary` is it, whatever it is called; else sentences below the title are, unless
    the page calls them something else.
    """
    title_at = next((at for at, block in enumerate(blocks) if block.hint == "title"), None)
    if title_at is None:
        return
    first = next((at for at in range(title_at + 1, len(blocks)) if _is_text(blocks[at])), len(blocks))
    blocks_between = [block for block in blocks[title_at + 1 : first] if not block.inside or block.hint]
    standfirsts = [block for block in blocks_between if _is_summary(block, summary)]
    for block in standfirsts:
        block.inside, block.hint = True, "standfirst"
    if standfirsts or first == len(blocks):
        return
    candidates = [block for block in blocks_between if not block.inside and _may_be(block)]
    for block in candidates if len(candidates) <= _MOST else ():
        block.inside, block.hint = True, "standfirst"


def _is_text(block: Block) -> bool:
    return block.inside and not block.hint and chrome.is_prose(block.text)


def _is_summary(block: Block, summary: str) -> bool:
    text, other = _letters(block.text), _letters(summary)
    shorter, longer = sorted((text, other), key=len)
    return len(shorter) >= _LEAST and len(block.text) <= _LONGEST and longer.startswith(shorter[:_BEGINNING])


def _letters(text: str) -> str:
    return _MARKS.sub("", text).casefold()


def _may_be(block: Block) -> bool:
    text = one_line(block.text)
    return (
        block.hint in ("", "aside", "heading")
        and _LEAST <= len(text) <= _LONGEST
        and block.links <= _MOST_LINKS
        and chrome.is_prose(text)
        and not people.byline(text)
        and not chrome.is_chrome_around(text)
        and not chrome.is_call(text)
    )
