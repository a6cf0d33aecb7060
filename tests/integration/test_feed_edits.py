"""Entries of a watched feed that change, change back, or are not to go out any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.domain.source_keys import address_keys
from distributor.letters.models import Letter, Publication
from distributor.newsroom import feed_actions, feed_entries, intake_rules
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.feed_entries import EntriesResult
from distributor.newsroom.models import FeedEntry, WatchedFeed
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

RULES = intake_rules.RuleSettings(channels=("scripted",), approve=True, hold_minutes=60)


@pytest.fixture
def feed(post_channel: ScriptedChannel) -> WatchedFeed:
    publication: Publication = world.make_publication()
    world.connect(publication, "scripted")
    watched = feed_actions.add(publication, "https://l.example/feed", FeedSettings(rules=RULES))
    read(watched, [entry("The oldest")])
    WatchedFeed.objects.update(connected_at=timezone.now())
    watched.refresh_from_db()
    return watched


def entry(title: str, text: str = "As ever.", address: str = "") -> Draft:
    address = address or f"https://l.example/{title.lower().replace(' ', '-')}"
    html = f"<p>{title}. {text}</p>"
    return Draft(address, title, html, f"{title}. {text}", canonical_url=address, keys=address_keys([address]))


def read(feed: WatchedFeed, drafts: Sequence[Draft]) -> EntriesResult:
    return feed_entries.take_in_entries(feed, drafts, now=timezone.now())


def horn(text: str) -> Draft:
    return entry("The horn", text)


def test_an_entry_that_is_edited_back_says_again_what_it_said(feed: WatchedFeed) -> None:
    for text in ("Loud.", "Quiet.", "Loud."):
        result = read(feed, [horn(text), entry("The oldest")])
    letter = Letter.objects.get(title="The horn")
    assert (letter.body_text, letter.versions.count()) == ("The horn. Loud.", 3)
    assert (result.news, Dispatch.objects.count()) == (0, 1)
    for _ in range(2):
        read(feed, [horn("Loud."), entry("The oldest")])
    assert letter.versions.count() == 3
    for text in ("Quiet.", "Loud."):
        read(feed, [horn(text), entry("The oldest")])
    letter.refresh_from_db()
    assert (letter.body_text, letter.versions.count()) == ("The horn. Loud.", 5)


def test_two_entries_of_one_letter_do_not_take_turns(feed: WatchedFeed) -> None:
    both = [horn("Loud."), horn("Quiet.")]
    for _ in range(4):
        read(feed, both)
    assert Letter.objects.get(title="The horn").versions.count() == 2


def test_what_an_editor_changed_stays_as_long_as_the_feed_says_nothing_else(feed: WatchedFeed) -> None:
    read(feed, [horn("Loud.")])
    letter = Letter.objects.get(title="The horn")
    Letter.objects.filter(pk=letter.pk).update(body_text="As an editor has it.")
    for _ in range(2):
        read(feed, [horn("Loud.")])
    letter.refresh_from_db()
    assert letter.body_text == "As an editor has it."


def test_an_entry_that_is_a_draft_again_does_not_go_out(feed: WatchedFeed) -> None:
    read(feed, [horn("Loud.")])
    assert Dispatch.objects.get().state == "held"
    result = read(feed, [replace(horn("Loud."), withheld="Its feed says “status: draft”.")])
    assert Dispatch.objects.get().state == "draft"
    assert any("drafts again: 1 dispatch" in note for note in result.notes)
    result = read(feed, [replace(horn("Quiet."), withheld="Its feed says “status: draft”.")])
    assert result.notes
    assert not any("drafts again" in note for note in result.notes)  # it was a draft already


def test_a_letter_that_a_feed_only_has_as_well_goes_by_no_rules_of_it(feed: WatchedFeed, draft: Draft) -> None:
    letter = world.make_letter(draft, feed.publication)
    WatchedFeed.objects.update(channels=["scripted"], lists=["readers"])
    now = timezone.now()
    row = FeedEntry.objects.create(feed=feed, letter=letter, kind="known", digest="d", noted_at=now, seen_at=now)
    assert intake_rules.of_letter(letter) == intake_rules.RuleSettings()
    row.kind = FeedEntry.Kind.NEWS
    row.save()
    assert intake_rules.of_letter(letter).channels == ("scripted",)
