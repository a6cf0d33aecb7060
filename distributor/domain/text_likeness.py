"""How much two texts have in common, whatever a few mended words did to them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

# Chinese and Japanese put no spaces between words: a character is the unit there.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+(?:['’][^\W_]+)*")


def likeness(text: str, second_text: str) -> float:
    """Return how much of two texts is the same, 0 to 1: the share of their pairs of neighbouring words (Dice).

    Different letters of one language have less than 0.2 in common, one with a new paragraph among five has 0.9 in
    common with what it was. Two texts without a word are the same.
    """
    pairs, other_pairs = _pairs(text), _pairs(second_text)
    total = pairs.total() + other_pairs.total()
    return 2 * (pairs & other_pairs).total() / total if total else 1.0


def same_words(text: str, second_text: str) -> bool:
    """Whether two short texts have the same words, whatever their letter case and punctuation; else the same signs."""
    return _words_or_signs(text) == _words_or_signs(second_text)


def _words_or_signs(text: str) -> list[str]:
    return WORD.findall(text.casefold()) or text.casefold().split()


def _pairs(text: str) -> Counter[tuple[str, str]]:
    words = WORD.findall(text.casefold())
    return Counter(pairwise(["", *words])) if words else Counter()
