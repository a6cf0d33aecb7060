"""Reading bytes whose character set is not said, or said wrongly, as servers and old mail programs write them.

What is declared counts where the bytes fit it; else UTF-8, else what the letters that come out speak for. The library
that guesses character sets needs more text than the one line that a server or a subject has.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

# Codecs that decode any bytes without a complaint of their own; Python has others that are no character sets.
_CHARSETS = re.compile(
    r"utf-?8|(us-)?ascii|iso-?8859-\d{1,2}|windows-125\d|cp125\d|koi8-[ru]|euc-(kr|jp)|ks_c_5601-1987|cp949|ms949|uhc|"
    r"iso-2022-(kr|jp)|shift_jis|cp932|gb2312|gbk|gb18030|big5"
)
# What is called by the smaller set's name is often written in the larger one.
_LARGER: Final = {
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "ms949": "cp949",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_SAMPLE = 4000  # bytes that are looked at for a guess
_ESCAPE = b"\x1b$"  # of ISO-2022: ASCII bytes that are none
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_CYRILLIC_SMALL = re.compile(r"(?<![a-zA-Z])[а-яё](?![a-zA-Z])")
_LATIN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ«»‘’“”–—…°€ ]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def _common_hangul(text: str) -> int:
    """Count syllables of KS X 1001, which hold nearly all that is written: other text decodes to the rest."""
    return _encodable(text, "euc_kr", range(0xB0, 0xC9))


def _common_han(text: str) -> int:
    """Count characters of the first level of GB 2312: the frequent ones, by their sound."""
    return _encodable(text, "gb2312", range(0xB0, 0xD8))


def _encodable(text: str, codec: str, rows: range) -> int:
    return sum(character.encode(codec, "replace")[0] in rows for character in _FOREIGN.findall(text))


def _count(pattern: re.Pattern[str]) -> Callable[[str], int]:
    return lambda text: len(pattern.findall(text))


# In this order: the set, what in its text speaks for it, and the least share of that in all that is not ASCII. Text of
# one set decodes in others too, but to rare characters, or to capitals in the place of small letters.
_GUESSES: Final[tuple[tuple[str, Callable[[str], int], float], ...]] = (
    ("koi8_r", _count(_CYRILLIC_SMALL), 0.8),
    ("cp1251", _count(_CYRILLIC_SMALL), 0.8),
    ("cp949", _common_hangul, 0.7),
    ("euc_jp", _count(_KANA), 0.3),
    ("cp932", _count(_KANA), 0.3),
    ("gb18030", _common_han, 0.7),
    ("cp1252", _count(_LATIN), 0.9),
)


def decode(value: bytes, charset: str = "") -> str:
    """Return bytes as text. Never raises: what can't be read becomes “�”.

    - `charset`: what is declared, in any case of letters; "" for nothing. One that we do not know counts as nothing.
    """
    ascii_only = value.isascii()
    if ascii_only and _ESCAPE not in value:
        return value.decode("ascii")
    if ascii_only:
        return _strict(value, "iso2022_kr" if b"\x1b$)C" in value else "iso2022_jp") or value.decode("ascii")
    declared = _codec(charset)
    if declared and (text := _strict(value, declared)) is not None:
        return text
    if (text := _strict(value, "utf-8")) is not None:
        return text
    return _guess(value) or value.decode(declared or "utf-8", "replace")


def _codec(charset: str) -> str:
    name = charset.lower()
    return _LARGER.get(name, name) if _CHARSETS.fullmatch(name) else ""


def _strict(value: bytes, codec: str) -> str | None:
    """Return the text, or None for bytes that are none; the last letter may be cut off."""
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(value, False)
    except (UnicodeError, LookupError):
        return None


def _guess(value: bytes) -> str:
    for codec, count, share in _GUESSES:
        text = _strict(value[:_SAMPLE], codec)
        if text and count(text) >= share * len(_FOREIGN.findall(text)):
            return value.decode(codec, "replace")
    return ""
