"""What can be clicked in a post on Bluesky, and where it begins and ends in bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.bluesky.facets import MOST_MENTIONS, facets

DID = "did:plc:abc"


def found(text: str, known: tuple[str, ...] = ("kim.example.org",)) -> list[tuple[str, Any]]:
    """Return what each facet covers, cut out of the text by its bytes, and what it says."""
    made = facets(text, lambda handle: DID if handle in known else None)
    content = text.encode()
    shown = []
    for facet in made:
        [feature] = facet["features"]
        kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
        value = feature.get("uri") or feature.get("tag") or feature.get("did")
        shown.append((content[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), (kind, value)))
    return shown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", []),
        ("see https://a.example.org/x.", [("https://a.example.org/x", ("link", "https://a.example.org/x"))]),
        ("바다 🌊 https://a.example.org/길", [("https://a.example.org/", ("link", "https://a.example.org/"))]),
        ("read example.com today", [("example.com", ("link", "https://example.com"))]),
        ("http://127.0.0.1:8000/a", [("http://127.0.0.1:8000/a", ("link", "http://127.0.0.1:8000/a"))]),
        (
            "#tide #2026 #물때, (#sea) a#b",
            [("#tide", ("tag", "tide")), ("#물때", ("tag", "물때")), ("#sea", ("tag", "sea"))],
        ),
        ("＃바다 #a.b! #", [("＃바다", ("tag", "바다")), ("#a.b", ("tag", "a.b"))]),
        (f"#{'a' * 65}", []),
        ("https://a.example.org/#part", [("https://a.example.org/#part", ("link", "https://a.example.org/#part"))]),
        ("hi @kim.example.org!", [("@kim.example.org", ("mention", DID))]),
        ("hi @Kim.Example.org.", [("@Kim.Example.org", ("mention", DID))]),
        ("hi @lee.example.org and @kim", []),
        ("write to minji@kim.example.org", []),
        ("@kim.example.org@mastodon.example", []),
        (
            "$TIDE, ($quay) and $B2B’s",
            [("$TIDE", ("tag", "$TIDE")), ("$quay", ("tag", "$QUAY")), ("$B2B", ("tag", "$B2B"))],
        ),
        ("$100 US$5 $TOOLONG a$B $A-B", []),
    ],
)
def test_facets(text: str, wanted: list[tuple[str, tuple[str, str]]]) -> None:
    assert found(text) == wanted


def test_each_name_is_asked_for_once_and_not_without_end() -> None:
    asked: list[str] = []

    def resolve(handle: str) -> str:
        asked.append(handle)
        return DID

    names = " ".join(f"@{name}.example.org" for name in "abcdefghijklmnopqrst")
    made = facets(f"{names} {names}", resolve)
    assert len(asked) == len(set(asked)) == MOST_MENTIONS
    assert len(made) == 2 * MOST_MENTIONS


@given(st.text(alphabet="a.#@ 가🌊é/:hтtps\n-(", max_size=60))
def test_they_never_overlap_and_never_cut_a_character(text: str) -> None:
    content, end = text.encode(), 0
    for facet in facets(text, lambda _handle: DID):
        start, stop = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert end <= start < stop <= len(content)
        content[start:stop].decode()
        end = stop
