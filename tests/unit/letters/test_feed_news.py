"""Which entries of a feed are news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.feed_news import GRACE, Choice, Entry, EntryKind, entry_kinds, selection

CONNECTED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def entry_kind(entry: Entry, *, connected_at: datetime | None) -> EntryKind:
    """Return what an entry is that stands alone in its feed."""
    (kind,) = entry_kinds([entry], connected_at=connected_at)
    return kind


@pytest.mark.parametrize("published_at", [None, CONNECTED - 90 * DAY, CONNECTED + DAY])
def test_a_first_reading_has_no_news(published_at: datetime | None) -> None:
    assert entry_kind(Entry(created=True, published_at=published_at), connected_at=None) == "archive"


@pytest.mark.parametrize("published_at", [None, CONNECTED - GRACE, CONNECTED + DAY])
def test_a_new_letter_is_news(published_at: datetime | None) -> None:
    assert entry_kind(Entry(created=True, published_at=published_at), connected_at=CONNECTED) == "news"


def test_what_is_older_than_the_connection_is_archive() -> None:
    entry = Entry(created=True, published_at=CONNECTED - GRACE - timedelta(seconds=1))
    assert entry_kind(entry, connected_at=CONNECTED) == "archive"


def test_undated_entries_behind_all_that_was_there_are_a_widened_feeds() -> None:
    new, known = Entry(created=True), Entry(created=False)
    entries = [new, known, new, known, new, new, Entry(created=True, published_at=CONNECTED + DAY)]
    kinds = entry_kinds(entries, connected_at=CONNECTED)
    assert kinds == ("news", "known", "news", "known", "archive", "archive", "news")
    assert entry_kinds([new, new], connected_at=CONNECTED) == ("news", "news")


def test_one_undated_entry_of_a_feed_with_dates_is_news_and_several_are_not() -> None:
    known, new = Entry(created=False, published_at=CONNECTED), Entry(created=True)
    assert entry_kinds([known, new], connected_at=CONNECTED) == ("known", "news")
    assert entry_kinds([known, new, new], connected_at=CONNECTED) == ("known", "archive", "archive")


@pytest.mark.parametrize("connected_at", [None, CONNECTED])
def test_a_letter_that_is_there_is_known(connected_at: datetime | None) -> None:
    assert entry_kind(Entry(created=False, published_at=CONNECTED + DAY), connected_at=connected_at) == "known"


@pytest.mark.parametrize(
    ("choice", "goes_out"),
    [("news", (True, False, False)), ("newest", (True, False, True)), ("all", (True, True, True))],
)
def test_a_person_chooses_which_go_out(choice: Choice, goes_out: tuple[bool, ...]) -> None:
    entries = [Entry(created=True), Entry(True, CONNECTED), Entry(True, CONNECTED + DAY)]
    assert selection(entries, ["news", "archive", "known"], choice) == goes_out


def test_without_dates_the_first_is_the_newest() -> None:
    assert selection([Entry(created=True), Entry(created=True)], ["archive", "archive"], "newest") == (True, False)
    assert selection([], [], "newest") == ()
