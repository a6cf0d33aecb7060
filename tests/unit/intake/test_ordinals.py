"""Numbers as letters name them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.letters.intake.ordinals import in_english, in_korean, value

ENGLISH = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 11: "eleventh", 12: "twelfth",
           20: "twentieth", 21: "twenty-first", 40: "fortieth", 99: "ninety-ninth", 100: "one hundredth",
           101: "one hundred and first"}  # fmt: skip
KOREAN = {
    1: "첫",
    2: "두",
    3: "세",
    4: "네",
    7: "일곱",
    10: "열",
    11: "열한",
    20: "스무",
    21: "스물한",
    35: "서른다섯",
    99: "아흔아홉",
}


@pytest.mark.parametrize(("number", "words"), ENGLISH.items())
def test_english_words(number: int, words: str) -> None:
    assert in_english(number) == words
    assert value(words) == number


@pytest.mark.parametrize(("number", "words"), KOREAN.items())
def test_korean_words(number: int, words: str) -> None:
    assert in_korean(number) == words
    assert value(words) == number


@given(st.integers(1, 99))
@settings(deadline=None)
def test_what_is_written_is_read(number: int) -> None:
    suffix = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    written = (
        str(number),
        f"{number}{suffix}",
        in_english(number),
        in_english(number).replace("-", " ").title(),
        in_korean(number),
    )
    assert {value(each) for each in written} == {number}


@pytest.mark.parametrize(
    ("text", "number"), [("십이", 12), ("이십", 20), ("칠", 7), ("구십구", 99), ("⑦", 7), ("hundred and third", 103)]
)
def test_other_spellings(text: str, number: int) -> None:
    assert value(text) == number


@pytest.mark.parametrize("text", ["", "0", "0th", "umpteenth", "영", "7e3", "12345", "the"])
def test_what_is_no_number(text: str) -> None:
    assert value(text) is None
