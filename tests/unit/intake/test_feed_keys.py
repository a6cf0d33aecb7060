"""By what a feed's entries are recognised."""

from __future__ import annotations

import json

import pytest

from distributor.domain.letters import Draft
from distributor.domain.source_keys import SourceKey
from distributor.letters.intake import parse

TEXT = "A hedge is cut twice a year, and twice a year it disagrees with whoever holds the shears."


def item(title: str, link: str = "", guid: str = "", more: str = "") -> str:
    link = f"<link>{link}</link>" if link else ""
    guid = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
    return f"<item><title>{title}</title>{link}{guid}{more}<description>{TEXT} {title}.</description></item>"


def drafts(
    *items: str, url: str = "", path: str = "", head: str = "<link>https://hedge.example/</link>"
) -> list[Draft]:
    feed = (
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Hedges</title>{head}{''.join(items)}</channel></rss>"
    )
    return parse(feed.encode(), name="feed.rss", url=url, path=path)


def test_an_entry_has_its_id_in_the_feed_and_its_address() -> None:
    own = '<link>https://hedge.example/</link><atom:link rel="self" href="https://hedge.example/rss.xml"/>'
    (entry,) = drafts(
        item("Yew", "https://hedge.example/yew?utm_source=rss", "7"), url="http://h.example/feed", head=own
    )
    assert entry.keys == (
        SourceKey("guid", "h.example/feed 7"),
        SourceKey("guid", "hedge.example/rss.xml 7"),
        SourceKey("site guid", "hedge.example 7"),
        SourceKey("address", "hedge.example/yew"),
    )
    assert entry.feed == "h.example/feed"


@pytest.mark.parametrize(
    "link",
    ["https://hedge.example/yew?utm_source=rss", "http://hedge.example/yew/", "https://www.hedge.example/yew#comments"],
)
def test_the_same_link_in_another_spelling_is_the_same_key(link: str) -> None:
    (first,), (again,) = drafts(item("Yew", "https://hedge.example/yew")), drafts(item("Yew", link))
    assert first.keys == again.keys != ()


def test_a_saved_feed_is_named_by_its_site_or_its_file() -> None:
    assert drafts(item("Yew", guid="7"), path="/saved.rss")[0].feed == "hedge.example"
    (entry,) = drafts(item("Yew", guid="7"), path="/saved.rss", head="")
    assert (entry.feed, [key.kind for key in entry.keys]) == ("/saved.rss", ["entry"])


def test_two_entries_of_one_title_are_two_letters() -> None:
    entries = drafts(item("Weekly", "https://hedge.example/w1", "1"), item("Weekly", "https://hedge.example/w2", "2"))
    assert len(entries) == 2
    assert not set(entries[0].keys) & set(entries[1].keys)


def test_an_entry_that_stands_twice_counts_once() -> None:
    twice = (item("Yew", "https://hedge.example/yew", "7"), item("Yew", "https://hedge.example/yew/", "8"))
    assert [entry.title for entry in drafts(*twice, item("Box", guid="9"), item("Box", guid="9"))] == ["Yew", "Box"]


def test_entries_with_ids_of_their_own_are_letters_of_their_own_under_one_link() -> None:
    link = "https://hedge.example/podcast"
    entries = drafts(*(item(f"Hedge {n}", link, f"ep-{n}") for n in range(3)))
    assert [entry.title for entry in entries] == ["Hedge 0", "Hedge 1", "Hedge 2"]
    assert {key.kind for entry in entries for key in entry.keys} == {"site guid"}


def test_entries_without_ids_are_letters_of_their_own_under_one_link() -> None:
    entries = drafts(*(item(f"Hedge {n}", "https://hedge.example/weekly") for n in range(2)))
    assert [entry.title for entry in entries] == ["Hedge 0", "Hedge 1"]
    assert {key.kind for entry in entries for key in entry.keys} == {"entry"}


def test_an_entry_that_is_passed_over_is_told_unless_it_says_the_same() -> None:
    link = "https://hedge.example/yew"
    second = item("Yew", link).replace(TEXT, "It is cut.")
    assert "1 entry of this feed was passed over" in drafts(item("Yew", link), second)[0].notices[0]
    assert drafts(item("Yew", link), item("Yew", link))[0].notices == ()


def test_an_entry_with_neither_id_nor_address_is_recognised_by_its_words() -> None:
    first, second = drafts(item("Yew"), item("Box"), item("Box"))
    again = drafts(item("Yew"), item("Box", "https://hedge.example/"))
    assert [first.keys, second.keys] == [entry.keys for entry in again]
    assert first.keys != second.keys
    (elsewhere,) = drafts(item("Yew"), head="<link>https://other.example/</link>")
    assert elsewhere.keys != first.keys


def test_an_id_that_all_entries_have_is_nobodys() -> None:
    entries = drafts(
        *(item(f"Hedge {n}", f"https://hedge.example/{n}", "https://hedge.example/?p=1") for n in range(3))
    )
    assert [[key.kind for key in entry.keys] for entry in entries] == [["address"]] * 3


def test_a_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Hedges",
        "home_page_url": "https://hedge.example/",
        "feed_url": "https://hedge.example/feed.json",
        "items": [{"id": "7", "title": "Yew", "content_text": TEXT, "status": "draft"}],
    }
    (entry,) = parse(json.dumps(feed).encode(), name="feed.json")
    assert (entry.feed, entry.keys[0]) == ("hedge.example/feed.json", SourceKey("guid", "hedge.example/feed.json 7"))
    assert entry.withheld == "Its feed says “status: draft”."


@pytest.mark.parametrize("status", ["draft", "pending", "private", "future", "trash"])
def test_what_wordpress_exports_unpublished_is_withheld(status: str) -> None:
    (entry,) = drafts(item("Yew", guid="7", more=f"<wp:status>{status}</wp:status>"))
    assert entry.withheld == f"Its feed says “wp:status: {status}”."
    (public,) = drafts(item("Yew", guid="7", more="<wp:status>publish</wp:status>"))
    assert public.withheld == ""


def test_what_atom_calls_a_draft_is_withheld() -> None:
    entry = f"<title>Yew</title><id>tag:hedge.example,2026:7</id><summary>{TEXT}</summary>"
    control = "<app:control><app:draft>yes</app:draft></app:control>"
    namespaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:app="http://www.w3.org/2007/app"'
    feed = f"<feed {namespaces}><title>Hedges</title><entry>{entry}{control}</entry></feed>"
    (draft,) = parse(feed.encode(), name="feed.atom")
    assert draft.withheld == "Its feed says that it is a draft."
