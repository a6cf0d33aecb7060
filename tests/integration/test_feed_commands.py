"""`distributor feeds`: what each command does and says, and what it answers to mistakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.commands import House, house


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def test_a_feed_is_added_listed_changed_paused_and_removed(home: House) -> None:
    made = home.fine(
        "feeds", "add", "https://lantern.example/feed", "--channels", "link", "--hold", "5", "--limit", "3"
    )
    name = made["reference"]
    assert (made["state"], made["looked_at"], made["rules"]["hold_minutes"]) == ("watched", None, 5)
    assert made["rules"]["approve"] is False
    assert [row["reference"] for row in home.fine("feeds", "list")] == [name]
    changed = home.fine("feeds", "edit", name, "--approve", "--hold", "-", "--every", "60", "--series", "From the Pier")
    assert (changed["interval_minutes"], changed["rules"]["approve"]) == (60, True)
    assert (changed["rules"]["hold_minutes"], changed["rules"]["channels"]) == (None, ["link"])
    assert home.fine("feeds", "pause", name)["state"] == "paused"
    assert "is paused and is not looked at" in home.refused("feeds", "look", name)
    assert home.fine("feeds", "resume", name)["state"] == "watched"
    text = home.run("feeds", "list").out
    assert "lantern.example" in text
    assert "go out by themselves, up to 3" in home.run("feeds", "show", name).out
    assert home.fine("feeds", "remove", name) == {"removed": name}
    assert "No feed is watched yet" in home.run("feeds", "list").out


def test_a_look_says_what_failed(home: House) -> None:
    name = home.fine("feeds", "add", "http://lantern.invalid/feed")["reference"]
    found = home.fine("feeds", "look", name)
    assert found["outcome"] == "failed"
    assert "there is no server of that name" in found["notes"][0]
    shown = home.fine("feeds", "show", name)
    assert (shown["state"], len(shown["looks"])) == ("failing", 1)
    assert "It failed. http://lantern.invalid/feed can't be reached" in home.run("feeds", "look", name).out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "ftp://lantern.example/feed"), "Only http and https"),
        (("add", "https://lantern.example/f", "--channels", "pigeon"), "no channel “pigeon”"),
        (("add", "https://lantern.example/f", "--hold", "long"), "“long” is not a hold"),
        (("show", "F99"), "There is no watched feed F99"),
        (("show", "lantern"), "“lantern” names no feed"),
        (("answer", "E9", "--new"), "does not ask any more"),
        (("answer", "E9"), "Answer with --corrects LETTER, or with --new"),
        (("answer", "x", "--new"), "“x” names no entry"),
    ],
    ids=["scheme", "channel", "hold", "nobody", "name", "answered", "no answer", "no entry"],
)
def test_mistakes_get_one_sentence(home: House, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in home.refused("feeds", *words)
