"""When two addresses are one letter's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.letter_addresses import canonical_address, letter_address, same_path, without_tracking

ADDRESS = "https://harbor.example/letters/a"


@pytest.mark.parametrize(
    "url",
    [
        "http://harbor.example/letters/a",
        "https://harbor.example/letters/a/",
        "https://www.harbor.example/letters/a",
        "HTTPS://Harbor.Example:443/letters/a",
        "http://harbor.example:80/letters//a",
        "https://harbor.example/letters/a/index.html",
        "https://harbor.example/letters/a?utm_source=rss&utm_medium=rss&utm_campaign=a",
        "https://harbor.example/letters/a?fbclid=IwAR0&mc_cid=1&mc_eid=2",
        "https://harbor.example/letters/a?source=rss----1a2b---4",
        "https://harbor.example/letters/a?ref=newsletter",
        "https://harbor.example/letters/a?ref=kakaotalk",
        "https://harbor.example/letters/a#comments",
        "https://harbor.example/letters/a;jsessionid=0A1B",
        "https://harbor.example/letters/a?PHPSESSID=0a1b",
        " https://reader@harbor.example/letters/%61 ",
    ],
)
def test_what_is_added_on_the_way_does_not_count(url: str) -> None:
    assert letter_address(url) == letter_address(ADDRESS) == "harbor.example/letters/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://harbor.example/letters/A",
        "https://harbor.example/letters/a/2",
        "https://harbor.example/letters/a?p=17",
        "https://harbor.example/letters/a?source=17",
        "https://harbor.example/letters/a?ref=17",
        "https://harbor.example/letters/a?from=2026",
        "https://harbor.example:8080/letters/a",
        "https://news.harbor.example/letters/a",
        "https://harbor.example/letters/a#!/17",
        "https://harbor.example/letters/a#/17",
    ],
)
def test_what_may_name_another_letter_counts(url: str) -> None:
    assert letter_address(url) not in ("", letter_address(ADDRESS))


def test_parameters_count_in_any_order() -> None:
    assert letter_address("https://h.example/?b=2&a=1") == letter_address("http://h.example?a=1&b=2&utm_source=x")


def test_a_script_is_written_in_one_way() -> None:
    plain = letter_address("https://편지.example/편지/안개")
    assert plain == "xn--9b6b95p.example/%ED%8E%B8%EC%A7%80/%EC%95%88%EA%B0%9C"
    encoded = "https://xn--9b6b95p.example/%ed%8e%b8%ec%a7%80/%EC%95%88%EA%B0%9C"
    decomposed = "https://편지.example/\u1111\u1167\u11ab\u110c\u1175/안개"
    assert letter_address(encoded) == letter_address(decomposed) == plain
    assert letter_address("https://h.example/%c6%ed%c1%f6") == "h.example/%C6%ED%C1%F6"  # EUC-KR


@pytest.mark.parametrize(
    "url",
    ["", "a letter", "ftp://h.example/a", "mailto:a@h.example", "https://", "https://[", "https://h.example:99999/a"],
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    assert canonical_address(url) == ""


def test_a_front_page_names_no_letter() -> None:
    assert canonical_address("https://www.harbor.example/?utm_source=rss") == "harbor.example"
    assert letter_address("https://www.harbor.example/index.html") == ""
    assert letter_address("https://harbor.example/?p=17") == "harbor.example/?p=17"


def test_www_alone_is_a_host() -> None:
    assert letter_address("https://www.example/a") == "www.example/a"


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://h.example/a/?utm_source=rss&p=1&fbclid=2#top", "https://h.example/a/?p=1#top"),
        ("https://h.example/a?utm_source=rss", "https://h.example/a"),
        ("https://H.example/a/?b=2&a=1", "https://H.example/a/?b=2&a=1"),
        ("https://h.example/a?", "https://h.example/a?"),
        ("", ""),
    ],
)
def test_an_address_is_cleaned_of_the_way_to_it_alone(url: str, plain: str) -> None:
    assert without_tracking(url) == plain


def test_a_move_of_the_site_keeps_the_path() -> None:
    assert same_path("https://harbor.example/a/", "http://new.example/a?utm_source=x")
    assert not same_path("https://harbor.example/a", "https://harbor.example/b")
    assert not same_path("https://harbor.example/", "https://new.example/")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for url in (text, f"https://h.example/{text}", f"https://h.example/a?{text}"):
        address = canonical_address(url)
        assert canonical_address(f"https://{address}") in ("", address)
