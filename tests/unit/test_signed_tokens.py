"""Marks say which mail to whom, and nobody else can write one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.signed_tokens import SignedTokens

KEY = b"a key"
numbers = st.integers(min_value=1, max_value=2**63 - 1)


@given(numbers, numbers)
def test_what_was_written_is_read_whatever_became_of_its_case(dispatch: int, subscriber: int) -> None:
    mark = SignedTokens([KEY], "way").write(dispatch, subscriber)
    assert re.fullmatch(r"[0-9a-f]{28,56}", mark)
    assert SignedTokens([KEY], "way").read(mark.upper()) == (dispatch, subscriber)


def test_another_purpose_and_another_key_are_refused() -> None:
    mark = SignedTokens([KEY], "way").write(7, 12)
    assert SignedTokens([KEY], "other").read(mark) is None
    assert SignedTokens([b"another"], "way").read(mark) is None


def test_an_older_key_still_reads() -> None:
    assert SignedTokens([b"new", KEY], "way").read(SignedTokens([KEY], "way").write(7, 12)) == (7, 12)


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    assert SignedTokens([KEY], "way").read(text) is None


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_mark_that_was_cut_short_is_refused(cut: int) -> None:
    mark = SignedTokens([KEY], "way").write(123456, 1234567)
    assert SignedTokens([KEY], "way").read(mark[:-cut]) is None
