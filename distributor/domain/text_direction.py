"""In which direction a text reads: by its letters first, and by its language where it has none that say so.

Unicode Standard Annex #9: letters of the classes R and AL read from right to left, those of L from left to right.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

Direction = Literal["ltr", "rtl"]

_LOOKED_AT = 2_000  # characters
# Languages whose usual script reads from right to left (CLDR, characterOrder).
_LANGUAGES = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "pa-arab", "ps", "sd", "syr", "ug", "ur", "uz-arab", "yi"}
)
_LATIN_SUBTAGS = frozenset({"latn", "cyrl"})


def of_text(text: str, language: str = "") -> Direction:
    """Return how a text reads: as most of its first letters do. One without letters reads as its language does."""
    classes = [unicodedata.bidirectional(character) for character in text[:_LOOKED_AT]]
    leftwards = sum(1 for name in classes if name in ("R", "AL"))
    rightwards = classes.count("L")
    if not leftwards and not rightwards:
        return of_language(language)
    # A name or a number from elsewhere changes nothing; half and half, the language decides.
    if leftwards == rightwards:
        return of_language(language)
    return "rtl" if leftwards > rightwards else "ltr"


def of_language(language: str) -> Direction:
    """Return how a language (a BCP 47 tag) is written; one that is not known from left to right."""
    subtags = language.lower().replace("_", "-").split("-")
    if _LATIN_SUBTAGS & set(subtags[1:]):
        return "ltr"
    script = f"{subtags[0]}-arab" if "arab" in subtags[1:] else subtags[0]
    return "rtl" if subtags[0] in _LANGUAGES or script in _LANGUAGES else "ltr"
