"""Letters from feeds: one an entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import SeriesView
from distributor.letters.intake import parse, read_sources

SAMPLES = Path(__file__).parents[2] / "samples"


def test_rss() -> None:
    pear, hedge = read_sources(str(SAMPLES / "letters.rss"))
    assert pear.title == "The pear tree at the bus stop"
    assert pear.source == pear.canonical_url == "https://orchard-gazette.example/letters/pear-tree"
    assert pear.series == SeriesView("Trees of This Town", 2)
    assert (pear.authors[0].name, pear.authors[0].email) == ("Ada Quill", "ada@orchard-gazette.example")
    assert pear.section == "Letters"
    assert pear.published_at
    assert pear.published_at.isoformat() == "2026-04-14T06:00:00+00:00"
    assert 'src="https://orchard-gazette.example/img/pear.jpg"' in pear.body_html
    assert pear.body_text.startswith("Dear passengers,")
    assert pear.missing == ("image_url", "share_bar")
    assert hedge.title == "A hedge & its opinions"
    assert hedge.body_text == "A hedge is cut twice a year, and twice a year it disagrees."


def test_atom() -> None:
    eighth, unaddressed = read_sources(str(SAMPLES / "letters.atom"))
    assert eighth.source == "https://seommaeul.example/letters/8"
    assert eighth.series == SeriesView("섬에서 보내는 편지", 8)
    assert eighth.authors[0].email == "bada@seommaeul.example"
    assert eighth.language == "ko"
    assert eighth.published_at
    assert eighth.published_at.isoformat() == "2026-04-18T08:00:00+09:00"
    assert unaddressed.source == "tag:seommaeul.example,2026:9"
    assert unaddressed.canonical_url == ""


def test_json_feed() -> None:
    library, late = read_sources(str(SAMPLES / "letters.feed.json"))
    assert library.authors[0].name == "Ines Falk"
    assert library.image_url == "https://quiet-shelf.example/img/31.jpg"
    assert library.section == "Letters"
    assert late.source == "shelf-30"
    assert late.body_html.count("<p>") == 2


def test_a_picture_of_an_entry_says_what_it_shows() -> None:
    item = {
        "id": "https://l.example/fog",
        "title": "Fog",
        "image": "https://l.example/fog.jpg",
        "content_html": '<p>The horn is back.</p><img src="https://l.example/fog.jpg?s=2" alt="The pier in fog">',
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [item]}
    (draft,) = parse(json.dumps(feed).encode(), name="feed.json")
    assert draft.image_alt == "The pier in fog"


def test_an_entry_that_stands_twice_counts_once() -> None:
    feed = (SAMPLES / "letters.rss").read_text(encoding="utf-8")
    item = feed[feed.index("<item>") : feed.index("</item>") + len("</item>")]
    assert len(parse(feed.replace(item, item * 2).encode(), name="letters.rss")) == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Empty</title></channel></rss>',
            "a feed without letters",
        ),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a feed without letters"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "JSON is broken"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "has a list of items"),
    ],
)
def test_what_can_not_be_used(content: str, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        parse(content.encode(), name="feed.json" if content.startswith("{") else "feed.rss")


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "it has no entries."),
        ([{"title": "x", "content_html": "<p>x</p>"}] * 80_000, "its first 200 entries have no text but a title."),
        ([{"content_html": "<p>x</p>"}] * 3, "its 3 entries have no title."),
        (
            [{"title": "T", "content": "<p>x</p>"}],
            "its entry has no text (JSON Feed has it in content_html or content_text).",
        ),
        (
            [{"title": "T", "content_html": "<p><img src='/a.jpg'></p>"}] * 2,
            "its 2 entries have no text but pictures or buttons.",
        ),
        (
            [{"title": "T", "content_html": "<p>T</p>"}, {"title": "", "content_html": "<p>T</p>"}],
            "its 2 entries have no text but a title, or no title.",
        ),
    ],
)
def test_a_feed_without_letters_says_what_its_entries_lack(items: list[dict[str, str]], reason: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": items}
    with pytest.raises(SourceError) as problem:
        parse(json.dumps(feed).encode(), name="feed.json")
    assert str(problem.value) == f"“feed.json” is a feed without letters: {reason}"


def test_a_feed_opens_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the house")
    feed = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY s SYSTEM "file://{secret}">]><rss version="2.0"><channel>'
        "<title>F</title><item><title>A title</title><description>&lt;p&gt;Words &s; and words, all of them harmless."
        "&lt;/p&gt;</description></item></channel></rss>"
    )
    assert all("secret of" not in draft.body_text for draft in parse(feed.encode(), name="feed.rss"))
