"""Telling a hub and search engines: rows with the change, calls afterwards, nothing lost and nothing held up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import redis
from django.db import transaction
from django.utils import timezone

from distributor.channels import registry, stored_variants
from distributor.channels.base import Credentials, Intent, PostChannel
from distributor.cli import doctor
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import composition
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.domain.outcomes import Accepted, Receipt
from distributor.letters import pings
from distributor.letters.models import Letter, Page, Ping
from distributor.letters.pages import DatabasePageStore
from tests.integration import processes, world
from tests.integration.request_recorder import DROP, Recorder, recorder

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "a1b2c3d4-lantern"
SITE = "http://127.0.0.1:8000"
FEEDS = [
    f"{SITE}/lantern/{stream}feed.{kind}"
    for stream in ("", "series/letters-from-the-pier/", "authors/ida-holm/")
    for kind in ("rss", "atom", "json")
]


@pytest.fixture
def hub(settings: Any) -> Iterator[Recorder]:
    with recorder() as known:
        settings.WEBSUB_HUB = known.url
        yield known


@pytest.fixture
def index(settings: Any) -> Iterator[Recorder]:
    with recorder() as known:
        settings.INDEXNOW_URL, settings.INDEXNOW_KEY = known.url, KEY
        yield known


def publish(draft: Draft) -> Dispatch:
    (dispatch,) = world.queue(world.make_letter(draft), "link")
    world.work(dispatch)
    assert dispatch.state == "sent"
    return dispatch


def recall(dispatch: Dispatch) -> None:
    channel: PostChannel = registry.get("link")  # type: ignore[assignment]
    receipt = Receipt(dispatch.receipt["remote_id"], dispatch.receipt["url"])  # type: ignore[index]
    variant = stored_variants.read(dispatch.variant or {})
    assert isinstance(channel.recall(Credentials(0, "web", {}), variant, receipt), Accepted)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for one in Ping.objects.all():
        found[one.state] = found.get(one.state, 0) + 1
    return found


def later() -> None:
    """Let the time have come for everything that waits."""
    Ping.objects.filter(state="waiting").update(next_at=timezone.now())


def test_without_a_hub_or_a_key_nobody_is_told(draft: Draft) -> None:
    publish(draft)
    assert not Ping.objects.exists()


def test_the_hub_is_told_of_every_feed_of_the_letter(hub: Recorder, draft: Draft) -> None:
    publish(draft)
    assert (states(), hub.heard) == ({"waiting": 9}, [])
    pings.send_due()
    assert sorted(hub.topics()) == sorted(FEEDS)
    assert {one.values["hub.mode"] for one in hub.heard} == {"publish"}
    assert all(one.values["hub.topic"] == one.values["hub.url"] for one in hub.heard)
    assert states() == {"done": 9}
    pings.send_due()
    assert len(hub.heard) == 9


def test_a_page_that_changes_or_goes_is_told_again(hub: Recorder, index: Recorder, draft: Draft) -> None:
    dispatch = publish(draft)
    pings.send_due()
    DatabasePageStore().put(composition.draft(dispatch), Intent(str(uuid4()), 1, timezone.now()))
    pings.send_due()
    assert (len(hub.heard), len(index.heard)) == (18, 2)
    Page.objects.update(intent=dispatch.key)
    recall(dispatch)
    pings.send_due()
    assert (len(hub.heard), len(index.heard)) == (27, 3)
    recall(dispatch)  # it is gone already: no news
    pings.send_due()
    assert (len(hub.heard), len(index.heard)) == (27, 3)


def test_published_twice_by_one_dispatch_is_told_once(hub: Recorder, draft: Draft) -> None:
    dispatch = publish(draft)
    DatabasePageStore().put(composition.draft(dispatch), Intent(str(dispatch.key), 2, timezone.now()))
    assert states() == {"waiting": 9}


def test_a_feed_that_changed_several_times_is_told_of_once(hub: Recorder, draft: Draft) -> None:
    dispatch = publish(draft)
    DatabasePageStore().put(composition.draft(dispatch), Intent(str(uuid4()), 1, timezone.now()))
    assert states() == {"waiting": 18}
    pings.send_due()
    assert sorted(hub.topics()) == sorted(FEEDS)
    assert states() == {"done": 18}


def test_search_engines_are_told_of_all_pages_in_one_call(index: Recorder, draft: Draft, settings: Any) -> None:
    publication = world.make_publication()
    for title in ("First", "등대는 혼자 켜지지 않습니다"):
        world.publish(draft, publication, title, timezone.now())
    with transaction.atomic():
        for letter in Letter.objects.all():
            pings.note(letter)
    pings.send_due()
    (told,) = index.heard
    assert told.values["host"] == "127.0.0.1:8000"
    assert told.values["key"] == KEY
    assert told.values["keyLocation"] == f"{SITE}/{KEY}.txt"
    assert all(url.isascii() for url in told.values["urlList"])
    assert sorted(map(unquote, told.values["urlList"])) == [
        f"{SITE}/lantern/letters/first/",
        f"{SITE}/lantern/letters/등대는-혼자-켜지지-않습니다/",
    ]


def test_korean_feeds_have_ascii_addresses(hub: Recorder, draft: Draft) -> None:
    publish(replace(draft, series=SeriesView("섬에서 보내는 편지", 1), authors=(AuthorView("김민지"),)))
    pings.send_due()
    assert all(topic.isascii() for topic in hub.topics())
    assert f"{SITE}/lantern/authors/김민지/feed.atom" in map(unquote, hub.topics())


@pytest.mark.parametrize("answer", [DROP, 429, 500, 503])
def test_a_hub_in_trouble_is_left_alone_and_told_later(hub: Recorder, draft: Draft, answer: int) -> None:
    hub.answers = [answer]
    publish(draft)
    pings.send_due()
    assert len(hub.heard) == 1  # the other eight are not tried against a wall
    assert states() == {"waiting": 9}
    assert all(one.next_at > timezone.now() for one in Ping.objects.all())
    pings.send_due()
    assert len(hub.heard) == 1
    later()
    pings.send_due()
    assert states() == {"done": 9}
    assert set(hub.topics()) == set(FEEDS)


def test_a_hub_says_when_to_come_again(hub: Recorder, draft: Draft) -> None:
    hub.answers = [(429, {"Retry-After": "1800"})]
    publish(draft)
    pings.send_due()
    wait = Ping.objects.order_by("pk")[0].next_at - timezone.now()
    assert timedelta(minutes=25) < wait <= timedelta(minutes=30)


def test_a_hub_that_stays_away_is_given_up_after_a_day(hub: Recorder, draft: Draft) -> None:
    hub.answers = [503] * 20
    publish(draft)
    pings.send_due()
    Ping.objects.update(next_at=timezone.now(), created_at=timezone.now() - pings.PATIENCE)
    pings.send_due()
    assert states() == {"failed": 9}
    Ping.objects.update(created_at=timezone.now())
    assert [finding.message for finding in doctor._pings()] == ["The hub answers 503: no, since I say so"]


def test_what_is_refused_is_not_tried_again(index: Recorder, draft: Draft, caplog: pytest.LogCaptureFixture) -> None:
    index.answers = [422]
    publish(draft)
    pings.send_due()
    ping = Ping.objects.get()
    assert (ping.state, ping.reason) == ("failed", "IndexNow answers 422: no, since I say so")
    assert "Nobody could be told" in caplog.text
    later()
    pings.send_due()
    assert len(index.heard) == 1


def test_a_hub_that_is_not_in_the_settings_any_more_is_not_waited_for(
    hub: Recorder, draft: Draft, settings: Any
) -> None:
    publish(draft)
    settings.WEBSUB_HUB = ""
    pings.send_due()
    assert states() == {"failed": 9}
    assert hub.heard == []


def test_what_a_dead_worker_took_comes_up_again(hub: Recorder, draft: Draft) -> None:
    publish(draft)
    assert len(pings._take(Ping.Kind.HUB)) == 9  # and it dies
    pings.send_due()
    assert hub.heard == []
    Ping.objects.update(next_at=timezone.now())
    pings.send_due()
    assert states() == {"done": 9}


def test_a_page_that_could_not_be_put_up_is_not_told_of(hub: Recorder, draft: Draft) -> None:
    dispatch = publish(draft)
    Ping.objects.all().delete()
    with transaction.atomic():
        DatabasePageStore().put(composition.draft(dispatch), Intent(str(uuid4()), 1, timezone.now()))
        assert Ping.objects.exists()
        transaction.set_rollback(True)
    assert not Ping.objects.exists()


def test_publishing_does_not_wait_for_a_hub_that_is_not_there(draft: Draft, settings: Any) -> None:
    settings.WEBSUB_HUB = "http://127.0.0.1:9/"  # nobody listens there
    publish(draft)
    pings.send_due()
    assert states() == {"waiting": 9}
    assert Ping.objects.order_by("pk")[0].reason == "The hub does not answer (ConnectError)."


def test_only_the_hub_itself_may_be_in_our_own_network(hub: Recorder, draft: Draft) -> None:
    hub.answers = [(302, {"Location": "http://127.0.0.1:9/secret"})]
    publish(draft)
    pings.send_due()
    assert Ping.objects.filter(state="failed").get().reason.startswith("The hub answers 302")


def test_what_ended_long_ago_is_forgotten(hub: Recorder, draft: Draft) -> None:
    publish(draft)
    pings.send_due()
    Ping.objects.update(ended_at=timezone.now() - pings.RETENTION - timedelta(minutes=1))
    pings.send_due()
    assert not Ping.objects.exists()


def test_a_worker_tells_the_hub_soon_after_publishing(
    hub: Recorder, draft: Draft, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real processes: the page is published by a worker, whose wake-up has another task make the calls."""
    monkeypatch.setenv("DISTRIBUTOR_WEBSUB_HUB", hub.url)
    letter = world.make_letter(draft)
    with ExitStack() as stack:
        stack.enter_context(processes.worker())
        stack.enter_context(processes.beat())
        world.queue(letter, "link")
        hub.wait_for(9)
    assert sorted(hub.topics()) == sorted(FEEDS)
