"""Ordinal numbers as letters name them: "7th", "twenty-first", "No. 12", "일곱 번째", "제7화". Pure."""

from __future__ import annotations

import re

LARGEST_IN_WORDS = 199

# fmt: off
_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_ORDINAL_ENDS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

# Counting words stand before "번째"; 하나 … 넷 and 스물 stand before a bare "째".
_NATIVE_UNITS = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
_NATIVE_TENS = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"]
_NATIVE_SHORT = {"둘": 2, "셋": 3, "넷": 4, "첫": 1, "하나": 1, "스무": 20, "열하나": 11, "열둘": 12, "백": 100}
_SINO_DIGITS = {digit: value for value, digit in enumerate("영일이삼사오육칠팔구")}

_CIRCLED_DIGITS = {chr(0x2460 + number - 1): number for number in range(1, 21)}


def in_english(number: int) -> str:
    """Return an ordinal in English words, 1 to 199: 21 → "twenty-first"."""
    words = re.split(r"([ -])", _cardinal(number))
    last = words[-1]
    if last in _ORDINAL_ENDS:
        words[-1] = _ORDINAL_ENDS[last]
    elif last.endswith("y"):
        words[-1] = f"{last[:-1]}ieth"
    else:
        words[-1] = f"{last}th"
    return "".join(words)


def in_korean(number: int) -> str:
    """Return the native counting word before "번째", 1 to 99: 1 → "첫", 20 → "스무", 21 → "스물한"."""
    if number == 1:
        return "첫"
    if number == 20:
        return "스무"
    return _NATIVE_TENS[number // 10] + _NATIVE_UNITS[number % 10]


def _cardinal(number: int) -> str:
    if number >= 100:
        remainder = number % 100
        return f"{_UNITS[number // 100]} hundred" + (f" and {_cardinal(remainder)}" if remainder else "")
    if number >= 20:
        return _TENS[number // 10] + (f"-{_UNITS[number % 10]}" if number % 10 else "")
    return _UNITS[number]


def _spellings(words: str) -> set[str]:
    """All the ways one number is written, with hyphens as spaces."""
    plain = words.replace("-", " ")
    spellings = {plain, plain.replace(" and ", " ")}
    if plain.startswith("one hundred"):
        spellings |= {spelling.removeprefix("one ") for spelling in tuple(spellings)}
    return spellings


_ENGLISH_ORDINALS = {
    spelling: number for number in range(1, LARGEST_IN_WORDS + 1) for spelling in _spellings(in_english(number))
}
_ENGLISH_CARDINALS = {
    spelling: number for number in range(1, LARGEST_IN_WORDS + 1) for spelling in _spellings(_cardinal(number))
}
_KOREAN = {in_korean(number): number for number in range(1, 100)} | _NATIVE_SHORT | {"한": 1}


def _alternatives(spellings: dict[str, int]) -> str:
    longest_first = sorted(spellings, key=len, reverse=True)
    return "|".join(spelling.replace(" ", r"[\s-]+") for spelling in longest_first)


def _english(ends: list[str], tens_ends: list[str], hundred: str) -> str:
    """Return a pattern of the numbers 1 to 199, built as their words are: a list of all of them compiles slowly.

    `ends` are the words of 0 to 19 and `tens_ends` those of 20, 30 … 90 as they stand last; `hundred` that of 100.
    """
    small = f"{'|'.join(sorted(ends[1:], key=len, reverse=True))}"
    digit = f"{'|'.join(sorted(ends[1:10], key=len, reverse=True))}"
    below = rf"(?:(?:{'|'.join(_TENS[2:])})[\s-]+(?:{digit})|{'|'.join(tens_ends)}|{small})"
    return rf"(?:(?:one[\s-]+)?hundred[\s-]+(?:and[\s-]+)?{below}|(?:one[\s-]+)?{hundred}|{below})"


_ORDINAL_WORDS = _english(
    [in_english(number) for number in range(20)], [in_english(number) for number in range(20, 100, 10)], "hundredth"
)
_CARDINAL_WORDS = _english(list(_UNITS), list(_TENS[2:]), "hundred")

# Pieces of patterns: what they match is for `value`.
ORDINAL = rf"(?:\d{{1,4}}\s?(?:st|nd|rd|th)\b|\b(?:{_ORDINAL_WORDS})\b)"
CARDINAL = rf"(?:\d{{1,4}}(?!\d)|\b(?:{_CARDINAL_WORDS})\b)"
KOREAN_COUNT = (
    rf"(?:\d{{1,4}}|{_alternatives(_KOREAN)}|[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
)


def value(text: str) -> int | None:
    """Return the number that one ordinal or cardinal expression means (1 to 9,999), or None.

    Takes what ORDINAL, CARDINAL and KOREAN_COUNT match: "7th", "Twenty-First", "twelve", "일곱", "십이", "⑦".
    """
    text = re.sub(r"[\s-]+", " ", text.strip().lower())
    if text in _CIRCLED_DIGITS:
        return _CIRCLED_DIGITS[text]
    digits = re.fullmatch(r"(\d{1,4})\s?(?:st|nd|rd|th)?", text)
    if digits:
        return int(digits[1]) or None
    for spellings in (_ENGLISH_ORDINALS, _ENGLISH_CARDINALS, _KOREAN):
        if text in spellings:
            return spellings[text]
    return _sino(text.replace(" ", ""))


def _sino(text: str) -> int | None:
    parts = re.fullmatch(r"([일이삼사오육칠팔구]?)(십?)([일이삼사오육칠팔구]?)", text)
    if not text or not parts or (parts[1] and parts[3] and not parts[2]):
        return None
    tens = (_SINO_DIGITS[parts[1]] if parts[1] else 1) * 10 if parts[2] else 0
    units = parts[3] or (parts[1] if not parts[2] else "")
    return tens + (_SINO_DIGITS[units] if units else 0) or None
