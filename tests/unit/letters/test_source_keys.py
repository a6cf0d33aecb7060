"""By what a source names its letter."""

from __future__ import annotations

import pytest

from distributor.domain.source_keys import (
    VALUE_LIMIT,
    FeedName,
    SourceKey,
    address_keys,
    feed_name,
    file_keys,
    guid_keys,
    id_keys,
)

FEED = feed_name(url="http://h.example/feed/", own_link="https://h.example/rss.xml", site="https://www.h.example/")


def test_a_feed_is_named_by_where_it_was_read_then_by_its_own_word_then_by_its_site() -> None:
    assert FeedName(("h.example/feed", "h.example/rss.xml"), "h.example") == FEED
    assert FEED.name == "h.example/feed"
    assert feed_name(own_link="https://h.example/rss.xml", site="https://h.example/").name == "h.example/rss.xml"
    assert feed_name(site="https://h.example/").name == "h.example"
    assert feed_name(url="feed.xml").name == ""


def test_a_short_id_counts_in_its_feed_and_likely_in_its_site() -> None:
    assert guid_keys(" 17 ", FEED) == (
        SourceKey("guid", "h.example/feed 17"),
        SourceKey("guid", "h.example/rss.xml 17"),
        SourceKey("site guid", "h.example 17"),
    )
    assert guid_keys("17", FeedName(("h.example/feed",))) == (SourceKey("guid", "h.example/feed 17"),)
    assert guid_keys("17", FeedName()) == ()


@pytest.mark.parametrize(
    ("guid", "value"),
    [
        ("http://h.example/?p=17", "h.example/?p=17"),
        ("https://www.h.example/?p=17", "h.example/?p=17"),
        ("tag:h.example,2026:17", "tag:h.example,2026:17"),
        ("urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"),
        ("1225c695-cfb8-4ebb-aaaa-80da344efa6a", "1225c695-cfb8-4ebb-aaaa-80da344efa6a"),
    ],
)
def test_an_id_that_is_unique_everywhere_needs_no_feed(guid: str, value: str) -> None:
    assert guid_keys(guid, FEED) == guid_keys(guid, FeedName()) == (SourceKey("guid", value),)


@pytest.mark.parametrize("guid", ["", "  ", "https://h.example/"])
def test_what_every_entry_may_have_is_no_id(guid: str) -> None:
    assert guid_keys(guid, FEED) == ()


def test_the_first_address_that_names_a_letter_counts() -> None:
    assert address_keys(["https://h.example/", "", "https://h.example/a"]) == (SourceKey("address", "h.example/a"),)
    assert address_keys(["https://h.example/"]) == ()


def test_an_id_and_a_file_are_taken_as_they_are() -> None:
    assert id_keys(" spring-2026 ") == (SourceKey("id", "spring-2026"),)
    assert file_keys("/letters/Spring.md") == (SourceKey("file", "/letters/Spring.md"),)
    assert id_keys(" ") == file_keys("") == ()


def test_a_long_name_is_kept_by_its_hash() -> None:
    keys = {file_keys("/" + letter * VALUE_LIMIT)[0] for letter in "ab"}
    assert len(keys) == 2
    assert all(len(key.value) <= VALUE_LIMIT for key in keys)
