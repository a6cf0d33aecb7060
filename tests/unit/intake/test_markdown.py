"""Letters from Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.channels import registry
from distributor.channels.share_bar import SHARE_RECORDS
from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.domain.source_keys import SourceKey
from distributor.letters.intake import parse, read_sources
from distributor.letters.publication_settings import values

SAMPLES = Path(__file__).parents[2] / "samples"


def only(text: str) -> Draft:
    (draft,) = parse(text.encode(), name="letter.md")
    return draft


def test_front_matter() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-front-matter.md"))
    assert draft.title == "Minutes of a meeting with the snow"
    assert draft.series == SeriesView("Notes from the Upper Valley", 4)
    assert draft.authors[0].email == "pekka@valley-notes.example"
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-02-11T06:45:00+01:00"
    assert draft.share_bar == ("mail", "link", "twitter", "mastodon")
    assert draft.image_url == "https://valley-notes.example/img/snow.jpg"
    assert draft.image_alt == "A plough at the last bend of a white road"
    assert draft.missing == ()
    assert draft.body_html.startswith("<p>Present: the snow, the plough, <em>myself</em>.")
    assert 'href="https://valley-notes.example/notes/gearbox.html"' in draft.body_html
    assert "Other business\n\n* The post bus" in draft.body_text


@pytest.mark.parametrize("name", registry.names())
def test_a_share_bar_in_front_matter_takes_each_channel_by_every_name_that_we_show(name: str) -> None:
    labels = {registry.get(name).capabilities.label, *SHARE_RECORDS[name].label.values()}
    for label in (name, *labels):
        draft = only(f"---\ntitle: A title\nshare_bar: [{label!r}]\n---\nHello, all of you out there.\n")
        assert draft.share_bar == (name,), label
        assert values.share_bar(label) == [name]


def test_channels_as_people_write_them() -> None:
    words = "Kakao Talk, E-mail, X (Twitter), copy link, Blue Sky, a pigeon"
    draft = only(f"---\ntitle: A title\nshare_bar: {words}\n---\nHello, all of you out there.\n")
    assert draft.share_bar == ("kakao", "mail", "twitter", "link", "bluesky", "a pigeon")


def test_flat_keys() -> None:
    said = (
        "title: A title\nseries: Salt\nnumber: eleventh\nauthor: Mira Holt\nemail: m@x.example\nbio: Swims.\n"
        "date: 2026-03-02\nchannels: mail, X\nslug: salt-11\nid: 2026-11"
    )
    draft = only(f"---\n{said}\n---\nHello, all of you out there.\n")
    assert draft.series == SeriesView("Salt", 11)
    assert draft.authors == (AuthorView("Mira Holt", "m@x.example", "Swims."),)
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-03-02T00:00:00+00:00"
    assert draft.share_bar == ("mail", "twitter")
    assert (draft.slug, draft.keys) == ("salt-11", (SourceKey("id", "2026-11"),))


def test_a_slug_is_an_address_and_no_key() -> None:
    assert only("---\ntitle: Weekly\nslug: weekly\n---\nHello, all of you out there.\n").keys == ()


def test_a_picture_in_the_text_says_what_it_shows() -> None:
    said = "---\ntitle: Fog\nimage: https://l.example/fog.jpg\n---\n"
    text = "![The pier in fog](https://l.example/fog.jpg)\n\nHello, all of you out there.\n"
    assert only(said + text).image_alt == "The pier in fog"
    assert only("---\ntitle: Fog\nalt: Of nothing\n---\nHello, all of you out there.\n").image_alt == ""


def test_parts_in_the_text() -> None:
    draft = only(
        "# A title\n\n*This is the third letter in the “Salt” series. ― ED.*\n\nBy Mira Holt and Jo Lane\n\n"
        "Dear sea,\n\n"
        "You were right about the wall, and we were not.\n\nMira Holt (m@x.example) is a mason by trade.\n"
    )
    assert draft.title == "A title"
    assert draft.series == SeriesView("Salt", 3)
    assert [author.name for author in draft.authors] == ["Mira Holt", "Jo Lane"]
    assert draft.body_text == "Dear sea,\n\nYou were right about the wall, and we were not."


def test_raw_html_is_made_safe() -> None:
    draft = only(
        "# A title\n\nHello there, <script>alert(1)</script>all of you <b onclick=x>out</b> there.\n\n"
        "<iframe src=x></iframe>"
    )
    assert draft.body_html == "<p>Hello there, all of you <b>out</b> there.</p>"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: [unclosed\n---\nHello, all of you.", "The front matter of “letter.md” can't be read"),
        ("---\ntitle: A\ndate: someday\n---\nHello, all of you.", "The date “someday” of “letter.md” can't be read"),
        ("---\ntitle: A\ndate: 2026-13-45\n---\nHello, all of you.", "can't be read"),
        ("---\ntitle: A\n---\n", "“letter.md” holds no letter"),
        ("Just a line", "“letter.md” holds no letter"),
    ],
)
def test_what_can_not_be_used(text: str, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        only(text)


def test_front_matter_runs_nothing() -> None:
    with pytest.raises(SourceError, match="front matter"):
        only("---\ntitle: !!python/object/apply:os.system ['true']\n---\nHello, all of you out there.")
