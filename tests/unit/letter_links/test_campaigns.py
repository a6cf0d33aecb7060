from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.campaigns import add_parameters

SLUG = "what-the-fog-horn-knows"
NAMES = ("utm_source", "utm_medium", "utm_campaign")

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# What may stand in a query or fragment as it is.
raw = st.text("abcXYZ019-._~!$'()*+,;:@/?=&%20가", max_size=30)
addresses = st.builds(
    lambda host, path, query, fragment: (
        f"https://{host}/{path}{'?' + query if query else ''}{'#' + fragment if fragment else ''}"
    ),
    st.sampled_from(["lantern.example", "lantern.example:8443", "등대.example"]),
    st.text("abc/-가", max_size=20),
    raw,
    raw,
)


def tag(url: str, *, source: str = "twitter", campaign: str = SLUG) -> str:
    return add_parameters(url, source=source, medium="social", campaign=campaign)


def test_it_says_where_readers_came_from() -> None:
    assert tag("https://lantern.example/letters/fog/") == (
        "https://lantern.example/letters/fog/?utm_source=twitter&utm_medium=social&utm_campaign=what-the-fog-horn-knows"
    )


def test_a_query_and_a_fragment_stay_where_they_are() -> None:
    made = tag("https://lantern.example/letters/?id=7&q=a+b%20c#second")
    assert made.startswith("https://lantern.example/letters/?id=7&q=a+b%20c&utm_source=twitter&")
    assert made.endswith("#second")


def test_what_was_tagged_by_hand_stays() -> None:
    made = tag("https://lantern.example/?utm_source=poster&utm%5Fmedium=print")
    assert made == "https://lantern.example/?utm_source=poster&utm%5Fmedium=print&utm_campaign=what-the-fog-horn-knows"


def test_a_korean_slug_is_encoded() -> None:
    made = tag("https://lantern.example/", campaign="등대는-혼자")
    assert made.isascii()
    assert parse_qs(urlsplit(made).query)["utm_campaign"] == ["등대는-혼자"]


@pytest.mark.parametrize("url", ["", "mailto:ida@lantern.example", "/letters/fog/", "https://", "http://[::1"])
def test_what_is_no_web_address_is_left_alone(url: str) -> None:
    assert tag(url) == url


@given(addresses)
def test_everything_that_was_there_is_there(url: str) -> None:
    before, after = urlsplit(url), urlsplit(tag(url))
    assert after._replace(query="") == before._replace(query="")
    assert after.query.startswith(before.query)


@given(addresses)
def test_twice_is_once(url: str) -> None:
    assert tag(tag(url), source="facebook", campaign="another") == tag(url)


@given(addresses, words.filter(bool), words.filter(bool))
def test_each_parameter_is_there_once_and_can_be_read(url: str, source: str, campaign: str) -> None:
    before = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    after = parse_qsl(urlsplit(tag(url, source=source, campaign=campaign)).query, keep_blank_values=True)
    chosen = dict(zip(NAMES, (source, "social", campaign), strict=True))
    for name in NAMES:
        assert [value for key, value in after if key == name] == [before.get(name, chosen[name])]
