"""Bytes whose character set is wrongly declared or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.mail.charsets import decode

TEXTS = [
    ("부재중 자동응답입니다", "cp949"),
    ("부재중", "cp949"),
    ("부재중", "iso2022_kr"),
    ("550 존재하지 않는 사용자입니다", "cp949"),
    ("ただいま不在です。", "cp932"),
    ("ただいま不在です。", "euc_jp"),
    ("ただいま不在です。", "iso2022_jp"),
    ("自动回复: 我不在", "gb18030"),
    ("Автоматический ответ", "koi8_r"),
    ("Пользователь не найден", "cp1251"),
    ("Réponse automatique", "cp1252"),
    ("Abwesenheit: München", "utf-8"),
    ("plain words", "ascii"),
]


@pytest.mark.parametrize("declared", ["", "utf-8", "us-ascii", "x-unknown"])
@pytest.mark.parametrize(("text", "codec"), TEXTS)
def test_what_is_declared_wrongly_or_not_at_all_is_read(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared) == text


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [("Größe", "latin-1", "ISO-8859-1"), ("똠방각하", "cp949", "ks_c_5601-1987"), ("我不在", "big5", "Big5")],
)
def test_what_is_declared_counts_where_the_bytes_fit(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared) == text


def test_a_text_that_was_cut_within_a_letter_is_read() -> None:
    assert decode("부재중".encode()[:-1], "utf-8") == "부재"


@given(st.binary(), st.sampled_from(["", "utf-8", "cp949", "unicode_escape", "\x00"]))
def test_nothing_is_raised(value: bytes, declared: str) -> None:
    assert isinstance(decode(value, declared), str)
