"""Bylines and bios."""

from __future__ import annotations

import pytest

from distributor.letters.intake.people import bio, byline, split_bios


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Seo Haneul", ["Seo Haneul"]),
        ("BY MIRA HOLT", ["MIRA HOLT"]),
        ("By Mira Holt and Jo Lane", ["Mira Holt", "Jo Lane"]),
        ("By A. B. Holt, Mira Lane and Jo van der Berg", ["A. B. Holt", "Mira Lane", "Jo van der Berg"]),
        ("By Mira Holt, Jo Lane, and Ana Ruiz", ["Mira Holt", "Jo Lane", "Ana Ruiz"]),
        ("By Kim, Lee and Park", ["Kim", "Lee", "Park"]),
        ("By Mira Holt, staff writer", ["Mira Holt"]),
        ("By Mira Holt and Jo Lane, Harbor Letters", ["Mira Holt", "Jo Lane"]),
        ("By Martin Luther Lane, Jr.", ["Martin Luther Lane, Jr."]),
        ("by Mira Holt | March 2, 2026", ["Mira Holt"]),
        ("By Bjørn O’Neil and D’Angelo Ruiz", ["Bjørn O’Neil", "D’Angelo Ruiz"]),
        ("Written by Ana Ruiz", ["Ana Ruiz"]),
        ("글 홍길동", ["홍길동"]),
        ("글: 서하늘, 김바다", ["서하늘", "김바다"]),
        ("글·사진 홍길동", ["홍길동"]),
        ("홍길동 기자", ["홍길동"]),
        ("홍길동·김영희 기자", ["홍길동", "김영희"]),
        ("서하늘 기자 입력 2026.04.11 08:00", ["서하늘"]),
    ],
)
def test_bylines(line: str, names: list[str]) -> None:
    assert [author.name for author in byline(line)] == names


@pytest.mark.parametrize(
    "line",
    ["By the sea", "By noon we were home.", "By and large it worked", "글 쓰는 사람", "Byron", "", "By " + "A" * 300],
)
def test_what_is_no_byline(line: str) -> None:
    assert byline(line) == ()


def test_an_address_in_the_byline() -> None:
    (author,) = byline("홍길동 기자 gil@site.example")
    assert (author.name, author.email) == ("홍길동", "gil@site.example")


def test_bios() -> None:
    found = bio("Mira Holt (mira@x.example) is a poet. She swims.", ())
    assert found
    assert (found.name, found.email, found.bio) == (
        "Mira Holt",
        "mira@x.example",
        "Mira Holt (mira@x.example) is a poet. She swims.",
    )
    assert bio("서하늘은 등대지기이며 섬 도서관의 사서이다.", ["서하늘"])
    assert bio("Jo Lane keeps the swing bridge.", ["Jo Lane"])


@pytest.mark.parametrize(
    "text", ["Mira Holt", "서하늘 드림", "Somebody is a poet.", "I met Mira Holt, and she is a poet."]
)
def test_what_introduces_nobody(text: str) -> None:
    assert bio(text, ["Mira Holt", "서하늘"]) is None


def test_two_people_in_one_paragraph() -> None:
    text = "Mira Holt is a poet. She swims. Jo Lane (jo@x.example) is a baker."
    assert split_bios(text, ["Mira Holt", "Jo Lane"]) == [
        "Mira Holt is a poet. She swims.",
        "Jo Lane (jo@x.example) is a baker.",
    ]
