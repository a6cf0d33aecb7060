"""Names, dates, addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from distributor.domain.letters import AuthorView, SeriesView
from distributor.rendering import bodies, phrases
from distributor.rendering.addresses import ascii_url


def test_names() -> None:
    kim, lee, park = AuthorView("Kim"), AuthorView("Lee"), AuthorView("Park")
    assert phrases.names((), "en") == ""
    assert phrases.names((kim,), "en") == "Kim"
    assert phrases.names((kim, lee, park), "en") == "Kim, Lee and Park"
    assert phrases.names((kim, lee), "ko-KR") == "Kim · Lee"


def test_series_lines() -> None:
    assert phrases.series_line(None, "en") == ""
    assert phrases.series_line(SeriesView("Tides"), "en") == "From the series “Tides”"
    assert phrases.series_line(SeriesView("Tides", 9), "fr") == "Letter 9 in “Tides”"
    assert phrases.series_line(SeriesView("조석", 9), "ko") == "“조석” 9번째 편지"


def test_the_date_is_the_readers() -> None:
    moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert phrases.date_line(moment, "Asia/Seoul", "en") == "1 January 2027"
    assert phrases.date_line(moment, "UTC", "ko") == "2026년 12월 31일"
    assert phrases.date_line(None, "UTC", "en") == ""
    assert phrases.date_line(moment, "Nowhere/Land", "en").endswith(("2026", "2027"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a%20b?c=d#e", "https://example.com/a%20b?c=d#e"),
        ("https://example.com/조석?x=표#끝", "https://example.com/%EC%A1%B0%EC%84%9D?x=%ED%91%9C#%EB%81%9D"),
        ("https://한국.com/a", "https://xn--3e0b707e.com/a"),
        ("https://" + "가" * 70 + ".com/", None),
        ("https://[가/", None),
        ("", ""),
    ],
)
def test_addresses_in_ascii(url: str, expected: str | None) -> None:
    assert ascii_url(url).isascii()
    if expected is not None:
        assert ascii_url(url) == expected


def test_links_and_pictures_of_a_body() -> None:
    body = '<p><a href="https://a.example">A</a> <a href="https://a.example">again</a> <a href="mailto:x@y">m</a></p>'
    assert bodies.links(body) == (bodies.BodyLink("A", "https://a.example"),)
    assert bodies.links("") == ()
    assert bodies.pictures_without_text('<img src="a"><img src="b" alt=" "><img src="c" alt="C">') == 2
