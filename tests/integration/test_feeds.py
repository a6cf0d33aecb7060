"""Watched feeds: every entry a letter once, news by the feed's rules, and nothing twice whatever a feed says."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from distributor.channels import feed_requests, http
from distributor.channels.addresses import ALLOWED_NETWORKS
from distributor.cli import doctor_intake
from distributor.delivery.actions import perform
from distributor.delivery.models import Dispatch
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.domain.source_keys import address_keys
from distributor.letters import actions as letters
from distributor.letters.models import Letter, Publication
from distributor.newsroom import feed_actions, feed_claims, feed_entries, feed_looks, feed_reports
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import FeedEntry, FeedLook, WatchedFeed
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.processes import Practice
from tests.ports import added

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

BY_ITSELF = RuleSettings(channels=("scripted",), approve=True)
OWN_HOSTS = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "１２７.0.0.1", "[::1]", "[::ffff:7f00:1]"]
OWN_HOSTS += ["localhost", "LocalHost.", "feeds.localhost", "127.0.0.1."]


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    made = world.make_publication()
    world.connect(made, "scripted")
    return made


def watch(
    publication: Publication, practice: Practice, path: str = "feed.atom", rules: RuleSettings = BY_ITSELF
) -> WatchedFeed:
    """Watch a feed of the practice newsroom that was read once."""
    feed = feed_actions.add(publication, f"{practice.url}/newsroom/{path}", FeedSettings(rules=rules), actor="mina")
    look(feed)
    return feed


def look(feed: WatchedFeed) -> FeedLook:
    found = feed_actions.look_now(feed)
    assert found is not None
    feed.refresh_from_db()
    return found


def titles() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("title", flat=True))


def deliver(channel: ScriptedChannel) -> list[str]:
    """Do what ticks and workers would; return all that was posted so far."""
    world.work(*Dispatch.objects.filter(state__in=("held", "scheduled")).order_by("pk"))
    return channel.asked


def test_what_is_in_a_feed_at_first_is_the_archive(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    practice.publish("One")
    practice.publish("Two")
    feed = watch(publication, practice)
    assert titles() == ["One", "Two"]
    assert (deliver(post_channel), Dispatch.objects.count()) == ([], 0)
    assert {row.kind for row in feed.entries.all()} == {"archive"}
    assert feed_reports.report(feed).findings == "2 entries: 2 letters for the archive"


def test_every_entry_since_the_last_look_goes_out_once_and_in_order(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    practice.publish("One")
    feed = watch(publication, practice)
    for title in ("Two", "Three", "Four"):
        practice.publish(title)
    found = look(feed)
    assert (found.news, found.releases) == (3, 3)
    assert deliver(post_channel) == ["Two", "Three", "Four"]
    for _ in range(3):
        assert look(feed).news == 0
    assert deliver(post_channel) == ["Two", "Three", "Four"]


def test_a_feed_asks_unless_it_is_told_to_let_letters_go(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    feed = watch(publication, practice, rules=RuleSettings(channels=("scripted",)))
    practice.publish("One")
    assert look(feed).releases == 0
    assert Dispatch.objects.get().state == "draft"
    assert deliver(post_channel) == []


def test_series_hold_lists_and_segment_are_the_feeds(publication: Publication, practice: Practice) -> None:
    world.make_list(publication, 2, "readers")
    world.make_list(publication, 2, "friends")
    rules = RuleSettings("From the Pier", ("mail", "scripted"), ("friends",), hold_minutes=30, approve=True)
    feed = watch(publication, practice, rules=rules)
    practice.publish("One")
    look(feed)
    letter = Letter.objects.get()
    assert letter.series is not None
    assert letter.series.title == "From the Pier"
    mail = letter.dispatches.get(channel="mail")
    assert [row.slug for row in mail.lists.all()] == ["friends"]
    assert letter.dispatches.get(channel="scripted").hold_minutes == 30
    assert letter.dispatches.get(channel="scripted").state == "held"


def test_a_list_that_is_gone_makes_letters_ask_and_never_widens_who_gets_them(
    publication: Publication, practice: Practice
) -> None:
    world.make_list(publication, 2, "everybody")
    friends = world.make_list(publication, 1, "friends", first=5)
    feed = watch(publication, practice, rules=RuleSettings("", ("mail",), ("friends",), approve=True))
    friends.delete()
    practice.publish("One")
    assert look(feed).releases == 0
    assert not Dispatch.objects.exists()
    (row,) = feed_reports.open_entries(feed)
    assert "has no list “friends”" in row.reason


def test_unusually_many_news_ask_a_person(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    feed = watch(publication, practice)
    for number in range(6):
        practice.publish(f"Letter {number}")
    found = look(feed)
    assert (found.news, found.releases, found.asks) == (6, 0, 6)
    assert deliver(post_channel) == []
    assert {row.state for row in Dispatch.objects.all()} == {"draft"}
    assert all("6 new letters came at once" in row.reason for row in Dispatch.objects.all())
    assert feed_reports.report(feed).asks == 6
    perform("approve", Dispatch.objects.order_by("pk")[0].pk, role="editor")
    assert feed_reports.report(feed).asks == 5  # who was answered does not ask any more
    Dispatch.objects.filter(state="scheduled").delete()
    practice.publish("The next one")
    assert look(feed).releases == 0
    feed_actions.resume(feed)  # a person has seen it
    practice.publish("The one after")
    feed.refresh_from_db()
    look(feed)
    assert deliver(post_channel) == ["The one after"]


def test_a_letter_that_came_by_another_door_is_known(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    feed = watch(publication, practice)
    address = practice.publish("One")
    html = "<p>Dear neighbours,</p><p>This is One.</p>"
    by_hand = Draft(address, "One", html, "This is One.", canonical_url=address, keys=address_keys([address]))
    letters.take_in(by_hand, publication=publication)
    found = look(feed)
    assert (found.news, titles()) == (0, ["One"])
    assert deliver(post_channel) == []


def test_a_letter_that_changes_is_a_version_and_goes_out_no_more(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = watch(publication, practice)
    practice.publish("One")
    look(feed)
    assert deliver(post_channel) == ["One"]
    changed = feed_looks._drafts

    def mended(response: feed_requests.FeedResponse) -> Any:
        content = (response.content or b"").replace(b"This is One", b"This is the mended One")
        return changed(feed_requests.FeedResponse(response.url, response.url, content, response.content_type))

    monkeypatch.setattr(feed_looks, "_drafts", mended)
    WatchedFeed.objects.update(content_hash="")
    assert look(feed).news == 0
    letter = Letter.objects.get()
    assert "mended" in letter.body_text
    assert letter.versions.count() == 2
    assert deliver(post_channel) == ["One"]


@pytest.mark.parametrize("kind", ["unchanged", "other-ids", "other-ids-only", "very-long", "wrong-encoding"])
def test_a_feed_that_lies_makes_exactly_one_post_for_each_entry(
    kind: str, publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    practice.publish("An earlier one", "<p>Before all the others.</p>")
    feed = watch(publication, practice, f"lies/{kind}")
    for title in ("등대의 편지", "The fog horn", "The pier at noon"):
        practice.publish(title, f"<p>Dear neighbours, {title} is a matter of its own.</p>")
        for _ in range(3):
            WatchedFeed.objects.update(read_at=timezone.now() - timedelta(days=1))
            look(feed)
            deliver(post_channel)
    assert feed.failures == 0, feed.reason
    assert Counter(post_channel.asked) == {"등대의 편지": 1, "The fog horn": 1, "The pier at noon": 1}
    assert Letter.objects.filter(title="An earlier one").count() == 1


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("cut-off", "broke off"),
        ("circle", "redirects more than"),
        ("private", "169.254.169.254"),
        ("no-encoding", "says that it is in utf-8, but it is not"),
        ("page", "is a page, not a feed"),
        ("nothing-there", "answers 404"),
    ],
)
def test_a_feed_that_can_not_be_read_says_so_and_is_asked_less_often(
    kind: str, sentence: str, publication: Publication, practice: Practice
) -> None:
    practice.publish("등대의 편지")
    feed = watch(publication, practice, f"lies/{kind}")
    assert sentence in feed.reason
    assert (feed.failures, feed.connected_at, titles()) == (1, None, [])
    first = feed.next_look_at
    for _ in range(4):
        look(feed)
    assert feed.next_look_at - timezone.now() > timedelta(minutes=15 * 2**4)
    assert first < feed.next_look_at
    assert feed_reports.report(feed).state == "failing"


def test_a_slow_feed_is_given_up_in_time(
    publication: Publication, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_looks, "fetch_feed", partial(feed_requests.fetch_feed, within=0.5))
    feed = watch(publication, practice, "lies/slow")
    assert "does not answer in time" in feed.reason


def test_410_ends_the_watch_and_says_so(publication: Publication, practice: Practice) -> None:
    feed = watch(publication, practice, "lies/gone")
    assert (feed.state, feed.reason.endswith("its site has ended this feed.")) == ("ended", True)
    assert feed_claims.claim_due() == 0
    with pytest.raises(BadInput, match="resume it first"):
        feed_actions.look_now(feed)
    assert feed_reports.report(feed).next_look_at is None


def test_doctor_says_which_feeds_fail_and_what_asks(publication: Publication, practice: Practice) -> None:
    assert list(doctor_intake.intake()) == []
    watch(publication, practice, "lies/gone")
    feed = watch(publication, practice, "lies/circle")
    look(feed)
    assert len(list(doctor_intake.intake())) == 1  # twice is a site's bad hour
    look(feed)
    FeedEntry.objects.create(
        feed=feed, digest="d", kind="failed", title="x", asks=True, noted_at=timezone.now(), seen_at=timezone.now()
    )
    ended, failing, asking = (finding.message for finding in doctor_intake.intake())
    assert "its site has ended this feed" in ended
    assert "redirects more than 5 times" in failing
    assert asking.startswith("1 of what came in by itself asks a person")


def test_429_is_obeyed(publication: Publication, practice: Practice) -> None:
    feed = watch(publication, practice, "lies/busy")
    assert feed.next_look_at - timezone.now() > timedelta(minutes=115)
    assert "429" in feed.reason


def test_a_permanent_redirect_is_followed_and_remembered(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    practice.publish("One")
    feed = watch(publication, practice, "lies/moved")
    assert feed.url == f"{practice.url}/newsroom/feed.atom"
    assert "has moved for good" in feed.looks.get().notes[0]
    practice.publish("Two")
    look(feed)
    assert deliver(post_channel) == ["Two"]


def test_an_entry_that_may_be_another_letter_asks_and_holds_up_nothing_else(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel, draft: Draft
) -> None:
    feed = watch(publication, practice)
    address = f"{practice.url}/newsroom/letters/1"
    other = Draft(address, "Quite another letter", "<p>Of whales.</p>", "Of whales.", canonical_url=address)
    world.make_letter(other, publication)
    practice.publish("One")
    practice.publish("Two")
    assert look(feed).news == 1
    assert deliver(post_channel) == ["Two"]
    (row,) = feed_reports.open_entries(feed)
    assert (row.kind, row.letter) == ("unclear", None)
    look(feed)
    feed_entries.answer(row.pk, actor="mina", now=timezone.now())
    assert deliver(post_channel) == ["Two", "One"]
    assert feed_reports.open_entries(feed) == []
    with pytest.raises(BadInput, match="does not ask any more"):
        feed_entries.answer(row.pk, now=timezone.now())


def test_a_feed_with_only_beginnings_asks(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    feed = watch(publication, practice)
    practice.publish("One", "<p>The horn is back, and […]</p>")
    look(feed)
    assert Dispatch.objects.get().state == "draft"
    assert "only the letter's beginning" in Dispatch.objects.get().reason


def test_two_workers_never_take_one_feed_in_twice(
    publication: Publication, practice: Practice, post_channel: ScriptedChannel
) -> None:
    feed = watch(publication, practice)
    practice.publish("One")
    WatchedFeed.objects.update(next_look_at=timezone.now())
    assert (feed_claims.claim_due(), feed_claims.claim_due()) == (1, 0)
    feed.refresh_from_db()
    first = feed.claim
    assert first is not None
    with pytest.raises(BadInput, match="right now"):
        feed_actions.look_now(feed)
    WatchedFeed.objects.update(claimed_until=timezone.now())  # its worker was killed, or is slow
    assert feed_claims.claim_due() == 1
    feed.refresh_from_db()
    assert feed.claim is not None
    assert feed_looks.look(feed.pk, first) is None
    assert titles() == []
    assert feed_looks.look(feed.pk, feed.claim) is not None
    assert feed_looks.look(feed.pk, uuid4()) is None
    assert deliver(post_channel) == ["One"]


def test_a_feed_that_is_paused_while_it_is_read_takes_nothing_in(publication: Publication, practice: Practice) -> None:
    feed = watch(publication, practice)
    practice.publish("One")
    claim = feed_claims.claim_now(feed)
    feed_actions.pause(feed)
    assert feed_looks.look(feed.pk, claim) is None
    assert titles() == []
    with pytest.raises(BadInput, match="paused already"):
        feed_actions.pause(feed)
    feed = feed_actions.resume(feed)
    assert look(feed).news == 1


def test_who_tells_of_news_while_a_feed_is_read_makes_another_look(
    publication: Publication, practice: Practice
) -> None:
    feed = watch(publication, practice)
    claim = feed_claims.claim_now(feed)
    feed_actions.ask_for_look(feed)
    assert feed_looks.look(feed.pk, claim) is not None
    assert feed_claims.claim_due() == 1


def test_the_honest_feed_is_asked_only_for_changes(publication: Publication, practice: Practice) -> None:
    practice.publish("One")
    feed = watch(publication, practice)
    assert feed.etag
    claim = feed_claims.claim_now(feed)
    WatchedFeed.objects.update(next_cause="interval")
    found = feed_looks.look(feed.pk, claim)
    assert found is not None
    assert (found.outcome, found.entries) == ("unchanged", 0)


def test_a_look_comes_within_the_interval(publication: Publication, practice: Practice) -> None:
    feed = watch(publication, practice)
    for _ in range(20):
        look(feed)
        assert feed.looked_at is not None
        assert timedelta(minutes=12) <= feed.next_look_at - feed.looked_at <= timedelta(minutes=14.25)


@pytest.mark.parametrize(
    ("url", "settings", "sentence"),
    [
        ("ftp://l.example/feed", FeedSettings(), "Only http and https"),
        ("https://me:secret@l.example/feed", FeedSettings(), "user name or a password"),
        ("https://l.example/feed", FeedSettings(interval_minutes=0), "every 1 to 1,440 minutes"),
        ("https://l.example/feed", FeedSettings(rules=RuleSettings(channels=("pigeon",))), "no channel “pigeon”"),
        ("https://l.example/feed", FeedSettings(rules=RuleSettings(lists=("nobody",))), "no list “nobody”"),
        ("https://l.example/feed", FeedSettings(rules=RuleSettings(news_limit=5_000)), "0 to 1,000 letters a day"),
        ("https://l.example/feed", FeedSettings(rules=RuleSettings(hold_minutes=99_999)), "minutes"),
    ],
)
def test_what_can_not_be_watched_gets_one_sentence(
    url: str, settings: FeedSettings, sentence: str, publication: Publication
) -> None:
    with pytest.raises(BadInput, match=sentence):
        feed_actions.add(publication, url, settings)
    assert not WatchedFeed.objects.exists()


def test_a_feed_is_watched_once(publication: Publication) -> None:
    feed = feed_actions.add(publication, "https://l.example/feed", FeedSettings())
    with pytest.raises(BadInput, match=r"watches https.*feed already"):
        feed_actions.add(publication, "https://l.example/feed#top", FeedSettings())
    assert (feed.name, feed.practice) == ("l.example", False)
    assert feed_actions.edit(feed, FeedSettings("The Pier", 60, BY_ITSELF)).interval_minutes == 60
    feed_actions.remove(feed)
    assert not WatchedFeed.objects.exists()


def test_only_feeds_of_the_practice_world_may_be_on_this_machine(publication: Publication, practice: Practice) -> None:
    feed = feed_actions.add(publication, "https://l.example/feed", FeedSettings())
    WatchedFeed.objects.update(url="http://127.0.0.1:9/feed")  # as a name may lead there later
    look(feed)
    assert "not a public internet address" in feed.reason
    assert http.FETCH_WITHIN > 0


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_a_feed_on_this_machine_is_refused_however_it_is_written(publication: Publication, host: str) -> None:
    with pytest.raises(BadInput, match="not a public internet address"):
        feed_actions.add(publication, f"http://{host}/feed", FeedSettings())
    with added(ALLOWED_NETWORKS, "test", (ip_network("127.0.0.0/8"), ip_network("::1/128"))):
        assert feed_actions.add(publication, f"http://{host}/feed", FeedSettings()).interval_minutes == 15


@pytest.mark.parametrize(
    ("host", "words"), [("169.254.169.254", "secrets"), ("0xa9fea9fe", "secrets"), ("x..example", "no host")]
)
def test_a_host_that_is_never_asked_is_refused(publication: Publication, host: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        feed_actions.add(publication, f"http://{host}/feed", FeedSettings())


def test_what_is_kept_of_looks_is_bounded(
    publication: Publication, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_looks, "LOOKS_KEPT", 3)
    practice.publish("One")
    feed = watch(publication, practice)
    for _ in range(5):
        look(feed)
    assert feed.looks.count() == 3
    FeedEntry.objects.update(seen_at=timezone.now() - timedelta(days=91))
    practice.publish("Two")
    WatchedFeed.objects.update(content_hash="")
    look(feed)
    assert feed.entries.count() == 2
