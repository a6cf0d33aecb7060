"""Which stored letter a source is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from distributor.domain.letter_match import Match, SourceLetter, StoredLetter, match
from distributor.domain.source_keys import SourceKey
from distributor.domain.text_likeness import likeness, same_words

HORN = (
    "The horn is back on the pier since Monday, and it calls every forty seconds when the fog comes in.\n\n"
    "The harbor master says that it will stay until the new light is paid for, which may take years."
)
GAUGE = (
    "A gauge was put up by the ferry when my mother sold fish here, and it still reports each hour.\n\n"
    "A new one costs less than one night of flooded stalls, so let us buy it before winter."
)
WEEKLY = SourceLetter("Weekly", HORN)
ADDRESS, OTHER_ADDRESS = SourceKey("address", "h.example/a"), SourceKey("address", "h.example/b")
GUID = SourceKey("guid", "h.example/feed 1")
SITE_GUID = SourceKey("site guid", "h.example 1")
FILE = SourceKey("file", "/letters/weekly.md")
IDENTIFIER = SourceKey("id", "spring")


def stored(letter: SourceLetter, *keys: SourceKey, number: int = 1) -> StoredLetter:
    return StoredLetter(number, letter, keys)


@pytest.mark.parametrize("key", [ADDRESS, GUID, IDENTIFIER, FILE, SITE_GUID])
def test_one_key_makes_one_letter_whatever_its_words_become(key: SourceKey) -> None:
    assert match(replace(WEEKLY, body_text=GAUGE), [key], [stored(WEEKLY, key)]) == Match(1)
    assert match(WEEKLY, [OTHER_ADDRESS, key], [stored(WEEKLY, key)]) == Match(1)


@pytest.mark.parametrize("key", [ADDRESS, GUID, IDENTIFIER, FILE])
def test_a_mended_title_is_the_same_letter(key: SourceKey) -> None:
    assert match(replace(WEEKLY, title="The weekly letter"), [key], [stored(WEEKLY, key)]) == Match(1)


def test_an_id_that_a_feed_gives_is_that_letter_also_under_other_words() -> None:
    assert match(SourceLetter("The gauge", GAUGE), [GUID], [stored(WEEKLY, GUID)]) == Match(1)


@pytest.mark.parametrize(
    ("key", "doubt"),
    [
        (ADDRESS, "another letter was there before"),
        (FILE, "another letter was there before"),
        (IDENTIFIER, "another letter has its id"),
    ],
)
def test_what_names_another_letter_now_is_asked_about(key: SourceKey, doubt: str) -> None:
    asked = match(SourceLetter("The gauge", GAUGE), [key], [stored(WEEKLY, key)])
    assert (asked.letter_id, asked.candidates, asked.doubt) == (None, (1,), doubt)


def test_the_words_of_an_entry_without_a_name_are_that_letter_and_others_are_asked_about() -> None:
    words, mended = SourceKey("entry", "h.example/feed 1f"), SourceKey("entry", "h.example/feed 2e")
    assert match(WEEKLY, [words], [stored(WEEKLY, words)]) == Match(1)
    assert match(replace(WEEKLY, body_text=GAUGE), [mended], [stored(WEEKLY)]).candidates == (1,)
    assert match(SourceLetter("The gauge", GAUGE), [mended], []) == Match()


def test_a_short_id_of_the_site_needs_the_title_or_the_path() -> None:
    held = stored(replace(WEEKLY, canonical_url="https://h.example/a"), SITE_GUID)
    gauge = SourceLetter("The gauge", GAUGE)
    assert match(gauge, [SITE_GUID, OTHER_ADDRESS], [held]) == Match()
    assert match(replace(gauge, canonical_url="https://new.example/a/"), [SITE_GUID], [held]) == Match(1)
    assert match(replace(gauge, title="weekly!"), [SITE_GUID], [held]) == Match(1)


def test_keys_of_two_letters_are_asked_about() -> None:
    asked = match(WEEKLY, [GUID, ADDRESS], [stored(WEEKLY, GUID), stored(WEEKLY, ADDRESS, number=2)])
    assert (asked.letter_id, asked.candidates) == (None, (1, 2))


def test_new_keys_are_a_new_letter_under_a_title_that_is_there() -> None:
    assert match(replace(WEEKLY, body_text=GAUGE), [OTHER_ADDRESS], [stored(WEEKLY, ADDRESS)]) == Match()


def test_a_moved_letter_is_asked_about() -> None:
    mended = replace(WEEKLY, body_text=HORN.replace("forty", "thirty"))
    assert match(mended, [SourceKey("file", "/moved.md")], [stored(WEEKLY, FILE)]).candidates == (1,)


@pytest.mark.parametrize("source", [replace(WEEKLY, body_text=GAUGE), SourceLetter("Weekli", HORN)])
def test_without_a_key_a_title_or_a_text_that_is_there_is_asked_about(source: SourceLetter) -> None:
    asked = match(source, [], [stored(WEEKLY, FILE), stored(SourceLetter("The gauge", "Another."), number=2)])
    assert (asked.letter_id, asked.candidates) == (None, (1,))


def test_without_a_key_and_without_a_twin_it_is_new() -> None:
    assert match(SourceLetter("The gauge", GAUGE), [], [stored(WEEKLY)]) == Match()
    assert match(WEEKLY, [], []) == Match()


def test_likeness_tells_mended_words_from_another_letter() -> None:
    assert likeness(HORN, HORN) == 1
    assert likeness(HORN, HORN.replace("forty", "thirty")) > 0.8
    assert likeness(HORN, GAUGE) < 0.3
    assert likeness("안개 낀 항구의 등대", "안개 낀 항구의 등대") == 1
    assert likeness("港の灯は今夜も消えない。", "霧笛が戻ってきた朝のこと。") < 0.3
    assert likeness("", "") == likeness("…", "!") == 1
    assert likeness("A word", "") == 0


def test_titles_are_compared_by_their_words_or_their_signs() -> None:
    assert same_words("Weekly: the tide", "weekly – The Tide!")
    assert not same_words("Weekly 1", "Weekly 2")
    assert same_words("🎉", "🎉")
    assert not same_words("🎉", "🌊")
