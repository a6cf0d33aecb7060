"""Feeds that hold all that was ever published: the newest entries are read, in whichever order they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from distributor.letters.intake.feed_length import newest_entries
from distributor.letters.intake.parser import parse

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def rss(numbers: range, *, dated: bool = True, extra: str = "") -> str:
    items = []
    for number in numbers:
        date = f"<pubDate>{format_datetime(DAY + timedelta(days=number))}</pubDate>" if dated else ""
        text = f"<description><![CDATA[<p>Said on day {number}.{extra}</p>]]></description>"
        items.append(f"<item><title>Letter {number}</title><link>https://l.example/{number}</link>{date}{text}</item>")
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>L</title>{"".join(items)}</channel></rss>'


def titles(text: str) -> list[str]:
    drafts = parse(newest_entries(text).encode(), name="feed", url="https://l.example/feed", content_type="text/xml")
    return [draft.title for draft in drafts]


def test_a_short_feed_is_left_as_it_is() -> None:
    text = rss(range(200, 0, -1))
    assert newest_entries(text) is text


@pytest.mark.parametrize("dated", [True, False])
def test_of_a_long_one_the_first_are_kept(dated: bool) -> None:
    assert titles(rss(range(5000, 0, -1), dated=dated)) == [f"Letter {number}" for number in range(5000, 4800, -1)]


def test_of_one_that_begins_with_the_oldest_the_last_are_kept() -> None:
    assert titles(rss(range(1, 1001))) == [f"Letter {number}" for number in range(801, 1001)]


def test_what_looks_like_an_end_within_a_letter_is_none() -> None:
    text = rss(range(400, 0, -1), extra=" An &lt;item&gt; ends with </item>.")
    cut = newest_entries(text)
    assert cut.count("<![CDATA[") == cut.count("]]>")
    assert cut.endswith("</item></channel></rss>")
