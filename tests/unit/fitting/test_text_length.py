"""Lengths as the networks count them. The cases for X are those of twitter-text's conformance suite and newer emoji."""

from __future__ import annotations

import pytest
from hypothesis import given

from distributor.domain.capabilities import LengthUnit
from distributor.domain.text_length import length, measure, valid
from distributor.practice.threads import api as practice_threads
from distributor.practice.twitter import length as practice_twitter
from tests.unit.fitting.texts import EVERY, PROPERTY, TEXTS, X, clusters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("I am a Tweet", 12),
        ("http://test.co", 23),
        ("example.com", 23),
        ("Handle a link http://" + "a" * 300 + "/x without an ending", 341),
        ("randomurl" * 7 + "s.com", 68),  # no name may be longer than 63 characters
        ("안녕하세요", 10),
        ("故人西辞黄鹤楼，", 16),
        ("😷👾😡🔥💩", 10),
        ("H🐱☺👨‍👩‍👧‍👦", 7),
        ("🙋🏽👨‍🎤", 4),
        ("1⃣", 2),
        ("Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴󠁧󠁢󠁥󠁮󠁧󠁿", 34),
        ("ABC\u202a\uffffABC\ufffe", 12),
        ("\u2066\u202ahttp://foobar.پاکستان/\u202c\u2069", 31),
        ("– — ‘ ’ “ ” ″ ′", 15),
        ("…", 2),
        ("A\u0301", 1),  # NFC first
        ("a\r\nb", 3),
        ("\ud800", 2),
        ("\x00", 1),
    ],
)
def test_weighted(text: str, expected: int) -> None:
    assert length(text, "weighted") == expected


@pytest.mark.parametrize(
    "emoji",
    [
        *("🫱🏻", "🫱🏻‍🫲🏿", "🐦‍🔥", "🙂‍↔️", "🏃🏾‍♀️‍➡️", "🧑🏿‍🦽‍➡️", "👨‍👩‍👧‍👦", "🧑🏻‍❤️‍💋‍🧑🏿", "❤️‍🔥"),
        *("🇰🇷", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#️⃣", "🫩", "🫆", "🪏", "☺", "☺️", "©️", "™", "🏳️‍🌈", "👁️‍🗨️"),
    ],
)
def test_an_emoji_sequence_counts_two_on_x(emoji: str) -> None:
    assert length(emoji, "weighted") == 2
    assert length(f"a{emoji}, {emoji}b", "weighted") == 8
    assert length(emoji, "graphemes") == 1
    assert practice_twitter.weighted_length(emoji) == 2  # by rules of its own


@pytest.mark.parametrize("flag", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇰🇷"])
def test_the_practice_world_counts_flags_as_the_networks_do(flag: str) -> None:
    assert practice_twitter.weighted_length(f"a{flag}, {flag}b") == length(f"a{flag}, {flag}b", "weighted") == 8
    assert practice_threads.text_length(flag) == length(flag, "emoji-bytes") == len(flag.encode())


def test_what_is_no_sequence_counts_one_by_one_on_x() -> None:
    assert length("😀🏻", "weighted") == 4  # a smiley takes no skin tone
    assert length("🇰", "weighted") == 2
    assert length("©", "weighted") == 1
    assert length("123#*", "weighted") == 5


@pytest.mark.parametrize(
    ("counts", "expected"),
    [("characters", 14), ("graphemes", 6), ("utf8-bytes", 43), ("utf16-units", 20), ("emoji-bytes", 38)],
)
def test_the_other_ways_to_count(counts: LengthUnit, expected: int) -> None:
    assert length("a한e\u0301👨‍👩‍👧‍👦🇰🇷漢", counts) == expected
    assert length("\ud800", counts) == {"utf8-bytes": 3}.get(counts, 1)


def test_a_link_counts_what_the_channel_says() -> None:
    text = "see https://harbor.example.com/letters/tide-tables and example.com"
    assert length(text, "characters") == len(text)
    assert length(text, "characters", link=23) == len("see  and ") + 46
    assert measure(text, X) == len("see  and ") + 46


def test_what_x_takes() -> None:
    assert valid("a" * 280, X)
    assert not valid("a" * 281, X)
    assert not valid("", X)
    assert not valid("a\ufffe", X)
    assert valid("漢" * 140, X)
    assert not valid("漢" * 140 + "a", X)


@PROPERTY
@given(TEXTS)
def test_any_text_has_a_length(text: str) -> None:
    for capabilities in EVERY:
        assert (measure(text, capabilities) > 0) == bool(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Hello, 바다 漢字", 12),  # one a character, whatever its bytes
        ("🌊", 4),
        ("☂️", 6),
        ("🫱🏻", 8),
        ("👨‍👩‍👧‍👦", 25),
        ("🇰🇷", 8),
        ("1️⃣ 1", 9),
        ("©", 1),
        ("©️", 5),
        ("e\u0301", 2),
        ("🌊" * 125, 500),
        ("\ud800", 1),
    ],
)
def test_an_emoji_counts_its_bytes_on_threads(text: str, expected: int) -> None:
    assert length(text, "emoji-bytes") == expected


@PROPERTY
@given(TEXTS)
def test_clusters_add_up(text: str) -> None:
    for counts in ("utf8-bytes", "emoji-bytes"):
        assert length(text, counts) == sum(length(cluster, counts) for cluster in clusters(text))


@PROPERTY
@given(TEXTS)
def test_emoji_bytes_lie_between_characters_and_bytes(text: str) -> None:
    assert len(text) <= length(text, "emoji-bytes") <= length(text, "utf8-bytes")
