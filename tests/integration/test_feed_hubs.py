"""WebSub: hubs are asked to tell of news, verify that we meant it, and are believed only with their signature."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from distributor.delivery.accounts.encryption import unseal
from distributor.delivery.models import Dispatch
from distributor.letters.models import Publication
from distributor.newsroom import feed_actions, feed_claims, feed_reports, hub_subscriptions
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import HubSubscription, WatchedFeed
from tests.integration import processes, world
from tests.integration.processes import Practice, wait_for
from tests.integration.web import web
from tests.servers.base import free_port

BY_ITSELF = RuleSettings(channels=("link",), approve=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def feed(publication: Publication, practice: Practice) -> WatchedFeed:
    """A feed with a hub, that was read once."""
    made = feed_actions.add(publication, f"{practice.url}/newsroom/feed.atom", FeedSettings(rules=BY_ITSELF))
    feed_actions.look_now(made)
    made.refresh_from_db()
    return made


def values(feed: WatchedFeed) -> dict[str, str]:
    return unseal(bytes(HubSubscription.objects.get(feed=feed).sealed_values))


def verify(feed: WatchedFeed, mode: str = "subscribe", **changes: str) -> Any:
    subscription = HubSubscription.objects.get()
    question = {"hub.mode": mode, "hub.topic": subscription.topic, "hub.challenge": "c-7", **changes}
    return Client().get(f"/webhooks/feeds/{unseal(bytes(subscription.sealed_values))['key']}", question)


def message(feed: WatchedFeed, body: bytes = b"", *, secret: str = "", method: str = "sha256") -> int:
    known = values(feed)
    digest = hmac.new((secret or known["secret"]).encode(), body, getattr(hashlib, method)).hexdigest()
    path = f"/webhooks/feeds/{known['key']}"
    headers = {"X-Hub-Signature": f"{method}={digest}"}
    return Client().post(path, body, content_type="application/atom+xml", headers=headers).status_code


def is_due(feed: WatchedFeed) -> bool:
    return WatchedFeed.objects.filter(pk=feed.pk, next_look_at__lte=timezone.now()).exists()


def test_a_hub_is_asked_and_verified(feed: WatchedFeed, practice: Practice) -> None:
    subscription = HubSubscription.objects.get(feed=feed)
    assert (subscription.hub, subscription.topic) == (f"{practice.url}/newsroom/hub", feed.url)
    assert subscription.state == "asking"
    answer = verify(feed, **{"hub.lease_seconds": "1000"})
    assert (answer.status_code, answer.content) == (200, b"c-7")
    assert answer.headers["Content-Type"].startswith("text/plain")
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert subscription.lease_until is not None
    assert timedelta(seconds=700) < subscription.next_at - timezone.now() < timedelta(seconds=801)
    assert "tells of news, until" in feed_reports.report(feed_actions.find(feed.pk)).hub


@pytest.mark.parametrize(
    "changes",
    [{"hub.topic": "https://elsewhere.example/"}, {"hub.mode": "unsubscribe"}, {"hub.mode": "publish"}],
    ids=["another topic", "unasked leaving", "no mode of ours"],
)
def test_what_we_did_not_ask_for_is_not_verified(feed: WatchedFeed, changes: dict[str, str]) -> None:
    assert verify(feed, **changes).status_code == 404
    assert HubSubscription.objects.get().state == "asking"
    assert Client().get("/webhooks/feeds/guess", {"hub.mode": "subscribe"}).status_code == 404
    assert Client().post("/webhooks/feeds/guess", b"", content_type="text/xml").status_code == 410


def test_a_hub_may_say_no(feed: WatchedFeed) -> None:
    assert verify(feed, "denied", **{"hub.reason": "not for you"}).status_code == 200
    assert HubSubscription.objects.get().state == "denied"
    assert (
        "does not tell of news: The hub denies it: not for you" in feed_reports.report(feed_actions.find(feed.pk)).hub
    )


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_message_makes_a_look_whatever_it_holds(feed: WatchedFeed, method: str) -> None:
    verify(feed)
    assert not is_due(feed)
    assert message(feed, b"<feed>anything</feed>", method=method) == 202
    assert is_due(feed)
    assert feed_claims.claim_due() == 1


def test_a_message_that_is_not_signed_changes_nothing(feed: WatchedFeed) -> None:
    verify(feed)
    assert message(feed, b"news", secret="a guess") == 202
    assert Client().post(f"/webhooks/feeds/{values(feed)['key']}", b"", content_type="text/xml").status_code == 202
    assert not is_due(feed)
    assert HubSubscription.objects.get().told_at is None


def test_a_hub_that_does_not_come_is_asked_again_less_and_less(feed: WatchedFeed, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"  # where nobody answers to the hub
    hub_subscriptions.ask_due()
    subscription = HubSubscription.objects.get()
    assert (subscription.state, subscription.attempts) == ("asking", 1)
    assert "has not come to verify it at http://127.0.0.1:9" in subscription.reason
    assert subscription.next_at - timezone.now() > timedelta(minutes=9)
    HubSubscription.objects.update(next_at=timezone.now())
    hub_subscriptions.ask_due()
    subscription.refresh_from_db()
    assert subscription.next_at - timezone.now() > timedelta(minutes=19)


def test_a_hub_that_is_away_is_told_of(feed: WatchedFeed) -> None:
    HubSubscription.objects.update(hub="http://127.0.0.1:9/hub", practice=False)
    hub_subscriptions.ask_due()
    assert "not a public internet address" in HubSubscription.objects.get().reason
    HubSubscription.objects.update(hub=f"{feed.url}/nothing", practice=True, next_at=timezone.now())
    hub_subscriptions.ask_due()
    assert "The hub answers 404" in HubSubscription.objects.get().reason


@pytest.mark.parametrize("end", ["pause", "remove"])
def test_who_ends_a_watch_unsubscribes(feed: WatchedFeed, end: str) -> None:
    verify(feed)
    getattr(feed_actions, end)(feed)
    assert HubSubscription.objects.get().state == "leaving"
    assert verify(feed, "subscribe").status_code == 404
    answer = verify(feed, "unsubscribe")
    assert (answer.status_code, answer.content) == (200, b"c-7")
    assert not HubSubscription.objects.exists()


def test_a_hub_that_never_hears_of_our_leaving_is_forgotten(feed: WatchedFeed) -> None:
    feed_actions.pause(feed)
    for _ in range(hub_subscriptions.LEAVE_ATTEMPTS):
        HubSubscription.objects.update(next_at=timezone.now())
        hub_subscriptions.ask_due()
    assert not HubSubscription.objects.exists()


def test_by_a_hub_a_letter_is_queued_at_once(
    publication: Publication, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real processes: web, worker and beat; the newsroom publishes, its hub tells, a worker reads and queues."""
    port = free_port()
    monkeypatch.setenv("DISTRIBUTOR_SITE_URL", f"http://127.0.0.1:{port}")
    feed = feed_actions.add(publication, f"{practice.url}/newsroom/feed.atom", FeedSettings(rules=BY_ITSELF))
    with ExitStack() as stack:
        stack.enter_context(web(port=port))
        stack.enter_context(processes.worker())
        stack.enter_context(processes.beat())
        wait_for(lambda: practice.subscribers() == 1, what="the subscription")
        practice.publish("The horn is back")
        wait_for(Dispatch.objects.exists, what="the letter, by the hub")  # the next look is minutes away
    assert feed.looks.filter(news=1).get().cause == "hub"
