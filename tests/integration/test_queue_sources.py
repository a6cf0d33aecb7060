"""`queue` and what it is given: feeds, drafts, letters that are there, and the question which letter it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.commands import House, house

GAUGE = "The gauge was put up when my father fished here, and it still reports once an hour to a line nobody answers."
DREDGER = "The dredger works when its owner is free, not when it should, and two ferries waited outside for hours."


@pytest.fixture
def lantern() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def feed(*numbers: int, more: str = "") -> str:
    items = "".join(
        f"<item><title>Letter {number}</title><link>https://harbor.example/{number}</link>"
        f"<guid isPermaLink='false'>{number}</guid><pubDate>Sun, 0{number} Mar 2026 09:00:00 +0900</pubDate>"
        f"<description>Letter number {number}. {GAUGE}</description></item>"
        for number in numbers
    )
    return (
        f"<rss version='2.0'><channel><title>H</title><link>https://harbor.example/</link>{items}{more}</channel></rss>"
    )


NEWS = (
    "<item><title>News</title><link>https://harbor.example/news</link><guid isPermaLink='false'>99</guid>"
    f"<description>{DREDGER}</description></item>"
)


def queue(lantern: House, *arguments: str | Path, given: str = "") -> list[dict[str, Any]]:
    """Queue and return what is answered, one object a letter."""
    import json  # noqa: PLC0415

    ran = lantern.run("queue", *arguments, "--channels", "link", "--json", given=given)
    assert ran.code == 0, ran.said
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_first_feed_floods_nobody_and_news_go_out(lantern: House, tmp_path: Path) -> None:
    file = tmp_path / "feed.rss"
    file.write_text(feed(3, 2, 1))
    first = queue(lantern, file)
    assert [answer["dispatches"] for answer in first] == [[], [], []]
    assert "Queue one with “distributor queue L…”" in first[0]["notes"][0]
    assert lantern.fine("status")["dispatches"] == []

    file.write_text(feed(4, 3, 2, 1, more=NEWS))
    second = {answer["letter"]["title"]: len(answer["dispatches"]) for answer in queue(lantern, file)}
    assert second == {"News": 1, "Letter 4": 0, "Letter 3": 0, "Letter 2": 0, "Letter 1": 0}

    third = lantern.run("queue", file, "--channels", "link")
    assert "5 letters (L1 to L5): There already, and not queued again" in third.out

    one = queue(lantern, f"L{first[0]['letter']['id']}")
    assert [len(answer["dispatches"]) for answer in one] == [1]
    assert sum(len(answer["dispatches"]) for answer in queue(lantern, file, "--entries", "all")) == 3


def test_the_newest_of_a_first_feed_goes_out_where_that_is_asked_for(lantern: House, tmp_path: Path) -> None:
    (tmp_path / "feed.rss").write_text(feed(1, 3, 2))
    answers = queue(lantern, tmp_path / "feed.rss", "--entries", "newest")
    assert {answer["letter"]["title"]: len(answer["dispatches"]) for answer in answers} == {
        "Letter 3": 1, "Letter 1": 0, "Letter 2": 0,
    }  # fmt: skip


def test_a_draft_is_planned_as_one_and_says_why(lantern: House, tmp_path: Path) -> None:
    file = tmp_path / "gauge.md"
    file.write_text(f"---\ntitle: The gauge\ndraft: true\n---\n\n{GAUGE}\n")
    (answer,) = queue(lantern, file)
    assert [dispatch["state"] for dispatch in answer["dispatches"]] == ["draft"]
    assert answer["notes"] == [
        "Its front matter says “draft: true”. So it is planned as a draft: approve it when it may go out."
    ]
    assert "draft: true" in lantern.run("inspect", file).out


def test_a_pasted_title_that_is_there_is_asked_about(lantern: House) -> None:
    (first,) = queue(lantern, "-", given=f"# Weekly\n\n{GAUGE}\n")
    number = f"L{first['letter']['id']}"
    refusal = lantern.refused("queue", "-", "--channels", "link", given=f"# Weekly\n\n{DREDGER}\n")
    assert refusal.startswith(f"“Weekly” may correct {number} “Weekly”, or be a letter of its own:")
    assert refusal.rstrip().endswith(f"Answer with --corrects {number}, or with --new.")

    (second,) = queue(lantern, "-", "--new", given=f"# Weekly\n\n{DREDGER}\n")
    assert second["letter"]["id"] != first["letter"]["id"]
    (corrected,) = queue(lantern, "-", "--corrects", number, given=f"# Weekly!\n\n{GAUGE}\n")
    assert (corrected["letter"]["id"], corrected["letter"]["title"]) == (first["letter"]["id"], "Weekly!")
    (listed,) = lantern.fine("versions", number)["versions"][1:]
    assert (listed["changes"], listed["origin"]) == (["title"], "standard input")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-", "--new", "--corrects", "L1"], "two answers to one question"),
        (["-", "--corrects", "L99"], "There is no letter L99"),
        (["L99"], "There is no letter L99"),
    ],
)
def test_what_can_not_be_meant_is_refused(lantern: House, arguments: list[str], sentence: str) -> None:
    assert sentence in lantern.refused("queue", *arguments, given=f"# Weekly\n\n{GAUGE}\n")


def test_a_corrected_file_goes_nowhere_else(lantern: House, tmp_path: Path) -> None:
    file = tmp_path / "gauge.md"
    file.write_text(f"---\ntitle: The gauge\nchannels: link, facebook\n---\n\n{GAUGE}\n")
    (first,) = queue(lantern, file, "--hold", "60")
    file.write_text(file.read_text().replace("once an hour", "twice an hour"))
    again = lantern.fine("queue", file)
    assert again["letter"]["id"] == first["letter"]["id"]
    assert again["dispatches"] == []
    assert again["notes"][0].endswith("is held already and stays as it is.")
    assert "The source has changed since it was approved" in again["notes"][1]
    assert again["notes"][-1] == (
        "It was there already, and is not queued for Facebook: name the channels to queue it for them."
    )
    named = lantern.fine("queue", file, "--channels", "facebook")
    assert [dispatch["channel"] for dispatch in named["dispatches"]] == ["facebook"]


def test_what_was_cancelled_is_queued_again_for_the_same_channels(lantern: House, tmp_path: Path) -> None:
    file = tmp_path / "gauge.md"
    file.write_text(f"---\ntitle: The gauge\nchannels: link, facebook\n---\n\n{GAUGE}\n")
    (first,) = queue(lantern, file, "--hold", "60")
    lantern.fine("cancel", str(first["dispatches"][0]["id"]), "--yes")
    again = lantern.fine("queue", file)
    assert [dispatch["channel"] for dispatch in again["dispatches"]] == ["link"]


def test_the_news_of_a_feed_go_out_whatever_is_asked(lantern: House, tmp_path: Path) -> None:
    (pasted,) = queue(lantern, "-", given=f"# Letter 3\n\nLetter number 3. {GAUGE}\n")
    file = tmp_path / "feed.rss"
    file.write_text(feed(1))
    queue(lantern, file)
    file.write_text(feed(3, 1, more=NEWS))
    answers = queue(lantern, file)
    (asked,) = [answer for answer in answers if answer["letter"] is None]
    assert f"Answer with --corrects L{pasted['letter']['id']}, or with --new." in asked["notes"][0]
    numbers = {answer["letter"]["title"]: len(answer["dispatches"]) for answer in answers if answer["letter"]}
    assert numbers == {"News": 1, "Letter 1": 0}
    corrected = queue(lantern, file, "--corrects", f"L{pasted['letter']['id']}")
    assert all(answer["letter"] for answer in corrected)
    assert pasted["letter"]["id"] in [answer["letter"]["id"] for answer in corrected]
