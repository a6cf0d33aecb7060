"""Watched feeds on the desk: adding, looking, changing, answering, and what the pages say."""

from __future__ import annotations

import pytest
from django.test import Client

from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from distributor.newsroom import feed_actions
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import FeedEntry, WatchedFeed
from tests.integration import world
from tests.integration.desk import errors, html, said
from tests.integration.processes import Practice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

NEW = "/desk/feeds/new/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


def typed(publication: Publication, **values: str) -> dict[str, object]:
    usual = {"url": "https://lantern.example/feed", "interval_minutes": "15", "news_limit": "5"}
    return {"publication": publication.pk, **usual, **values}


def watch(publication: Publication, practice: Practice) -> WatchedFeed:
    rules = RuleSettings(channels=("link",), approve=True)
    feed = feed_actions.add(publication, f"{practice.url}/newsroom/feed.atom", FeedSettings("The Pier", 15, rules))
    feed_actions.look_now(feed)
    return feed


def test_a_feed_is_added_and_shown(publication: Publication, editor: Client) -> None:
    assert "No feed is watched" in html(editor.get("/desk/feeds/"))
    answer = editor.post(NEW, typed(publication, channels="Link, mail", hold_minutes="10", approve="yes"))
    feed = WatchedFeed.objects.get()
    assert answer.headers["Location"] == f"/desk/feeds/{feed.pk}/"
    assert (feed.channels, feed.hold_minutes, feed.approve, feed.added_by) == (["link", "mail"], 10, True, "mina")
    assert "Not yet" in html(editor.get("/desk/feeds/"))
    page = html(editor.get(f"/desk/feeds/{feed.pk}/"))
    assert "It was not looked at yet." in page
    assert "They go out by themselves, 5 in 24 hours at most · link, mail · held for 10 min" in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"url": ""}, "Give the address of the feed"),
        ({"url": "ftp://lantern.example/"}, "Only http and https"),
        ({"interval_minutes": "0"}, "every 1 to 1,440 minutes"),
        ({"channels": "pigeon"}, "There is no channel “pigeon”"),
        ({"lists": "nobody"}, "has no list “nobody”"),
        ({"segment": "nobody"}, "nobody"),
        ({"news_limit": "many"}, "Give a whole number"),
    ],
)
def test_a_mistake_gets_one_sentence(
    given: dict[str, str], sentence: str, publication: Publication, editor: Client
) -> None:
    answer = editor.post(NEW, typed(publication, **given))
    assert answer.status_code == 422
    (said_wrong,) = errors(answer)
    assert sentence in said_wrong
    assert not WatchedFeed.objects.exists()


def test_a_feed_is_looked_at_changed_paused_resumed_and_removed(
    publication: Publication, practice: Practice, editor: Client
) -> None:
    feed = watch(publication, practice)
    path = f"/desk/feeds/{feed.pk}/"
    assert "as soon as a worker is free" in said(editor.post(f"{path}look/"))
    editor.post(f"{path}edit/", {"name": "The Pier", "interval_minutes": "60", "news_limit": "2"})
    feed.refresh_from_db()
    assert (feed.interval_minutes, feed.approve, feed.channels) == (60, False, [])
    assert editor.post(f"{path}edit/", {"interval_minutes": "x", "news_limit": "2"}).status_code == 422
    assert "is paused" in said(editor.post(f"{path}pause/"))
    assert "No look is planned." in html(editor.get(path))
    assert "resume it first" in said(editor.post(f"{path}look/"))
    assert "is watched" in said(editor.post(f"{path}resume/"))
    assert editor.post(f"{path}dance/").status_code == 404
    assert "its letters stay" in said(editor.post(f"{path}remove/"))
    assert editor.get(path).status_code == 404


def test_the_page_says_why_a_look_failed(publication: Publication, editor: Client) -> None:
    feed = feed_actions.add(publication, "http://lantern.invalid/feed", FeedSettings())
    feed_actions.look_now(feed)
    for path in ("/desk/feeds/", f"/desk/feeds/{feed.pk}/"):
        page = html(editor.get(path))
        assert "there is no server of that name" in page
        assert "Fails" in page


@pytest.mark.parametrize("answer", [{"new": "yes"}, {"corrects": "L{letter}"}], ids=["new", "corrects"])
def test_an_entry_that_asks_is_answered(
    answer: dict[str, str], publication: Publication, practice: Practice, editor: Client
) -> None:
    feed = watch(publication, practice)
    address = f"{practice.url}/newsroom/letters/1"
    letter = world.make_letter(Draft(address, "Of whales", "<p>Blow.</p>", "Blow.", canonical_url=address), publication)
    practice.publish("One")
    feed_actions.look_now(feed)
    (entry,) = FeedEntry.objects.all()
    page = html(editor.get(f"/desk/feeds/{feed.pk}/"))
    assert "A letter of its own" in page
    assert "1 letter asks you" in html(editor.get("/desk/feeds/"))
    assert "Give the number" in said(editor.post(f"/desk/feeds/entries/{entry.pk}/", {}))
    values = {name: value.format(letter=letter.pk) for name, value in answer.items()}
    assert "“One” is L" in said(editor.post(f"/desk/feeds/entries/{entry.pk}/", values))
    entry.refresh_from_db()
    assert (entry.kind, entry.letter == letter) == ("news" if "new" in answer else "known", "new" not in answer)
    assert "does not ask any more" in said(editor.post(f"/desk/feeds/entries/{entry.pk}/", values))
