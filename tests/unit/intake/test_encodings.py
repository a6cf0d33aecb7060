"""Pages that do not say their encoding, or are in UTF-16: read as browsers do, with a word about guesses."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.letters.intake import parse

P1 = "La cloche du bac fut fondue l’année où naquit ma tante, et elle sonne encore pour un bateau qui ne vient plus."
P2 = "La réparer coûterait moins qu’une soirée de feux d’artifice, et l’école a offert d’en payer le tiers à l’été."
PAGE = (
    "<!doctype html><html><head><title>Une cloche muette</title></head><body><h1>Une cloche muette</h1>"
    f"<p>{P1}</p><p>{P2}</p></body></html>"
)


def test_a_western_page_without_a_charset_is_read_and_told() -> None:
    (draft,) = parse(PAGE.encode("cp1252"), name="lettre.html")
    assert draft.body_text == f"{P1}\n\n{P2}"
    assert any("windows-1252" in notice for notice in draft.notices)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_with_a_mark(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    (draft,) = parse(mark + PAGE.encode(encoding), name="lettre.html")
    assert draft.body_text == f"{P1}\n\n{P2}"
    assert draft.notices == ()


def test_a_korean_page_without_a_charset_is_no_western_one() -> None:
    text = "종은 고모가 태어난 해에 만들어졌고, 지금도 오지 않는 배를 위해 울립니다."
    korean = f"<html><body><h1>조용한 종</h1><p>{text}</p></body></html>"
    with pytest.raises(SourceError, match="UTF-8"):
        parse(korean.encode("cp949"), name="letter.html")


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(SourceError, match="UTF-16"):
        parse(b"\xff\xfe" + PAGE.encode("utf-16-le") + b"\x00\xd8a\x00", name="lettre.html")
