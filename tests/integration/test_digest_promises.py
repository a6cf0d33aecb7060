"""Digests with real workers, beat and a relay: on time to all who are due, and exact whatever dies or is stopped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
from django.conf import settings
from django.test import Client

from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.channels.mail.relay import CONNECTIONS
from distributor.delivery import control, release
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import digests, ledger
from distributor.delivery.models import Batch, Delivery, Digest, Dispatch
from distributor.domain.letters import Draft
from distributor.insights.models import Click, Open
from distributor.letters.models import Publication
from distributor.letters.pages import page_url
from distributor.practice.networks import ACCOUNTS
from tests.integration import processes, world
from tests.integration.processes import Practice, has_mails, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 2_000
PROCESSES = 2  # in a worker's pool, each with connections of its own
STOPPED_WITHIN = 2.0  # seconds
BROWSER = {"User-Agent": world.BROWSER}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MAIL = ACCOUNTS[0]


def zone_where_it_is(hour: int) -> str:
    """Return a zone without changing clocks in which this hour (11 to 14) runs now: the sign is POSIX's, west is plus.

    There are zones from 14 hours east to 12 hours west: enough for these at any time of the day.
    """
    west = datetime.now(UTC).hour - hour
    return f"Etc/GMT{west:+d}"


@dataclass(frozen=True)
class Newsroom:
    """A publication whose digests go out at 13:00, in a zone where that has just passed."""

    publication: Publication
    draft: Draft
    now: datetime

    def publish(self, title: str, at: datetime) -> str:
        return page_url(world.publish(self.draft, self.publication, title, at))

    def readers(self, slug: str, size: int, *, zone: str = "", cadence: str = "daily", first: int = 0) -> MailingList:
        made = world.make_list(self.publication, size, slug, first=first)
        Subscription.objects.filter(list=made).update(since=LONG_AGO, cadence=cadence)
        Subscriber.objects.filter(subscriptions__list=made).update(time_zone=zone)
        return made

    def digest(self, now: datetime) -> Dispatch:
        """Plan as if it were this time, and return the digest's dispatch."""
        assert digests.plan(now=now) == 1
        return Dispatch.objects.filter(digest__isnull=False).latest("pk")


@pytest.fixture
def newsroom(draft: Draft, practice: Practice, broker: redis.Redis) -> Newsroom:
    publication = world.make_publication()
    publication.time_zone, publication.digest_hour = zone_where_it_is(13), 13
    publication.digests_from = LONG_AGO
    now = datetime.now(UTC)
    publication.digest_weekday = now.astimezone(ZoneInfo(publication.time_zone)).weekday()
    publication.save()
    accounts.connect(publication, MAIL.channel, MAIL.name, MAIL.values, practice=True)
    return Newsroom(publication, draft, now)


def state(dispatch: Dispatch) -> str:
    dispatch.refresh_from_db()
    return dispatch.state


def counts(dispatch: Dispatch) -> ledger.Counts:
    dispatch.refresh_from_db()
    return ledger.counts([dispatch])[dispatch.pk]


def ticked(condition: Callable[[], Any]) -> Callable[[], Any]:
    """Tick as beat does, before each look: a single tick passes over a dispatch that a worker has locked just then."""

    def look() -> Any:
        release.tick()
        return condition()

    return look


def people(made: MailingList) -> set[str]:
    return set(Subscriber.objects.filter(subscriptions__list=made).values_list("email", flat=True))


def at_rest(dispatch: Dispatch) -> bool:
    """Whether no worker is at any of its batches."""
    return not Batch.objects.filter(dispatch=dispatch, state=Batch.State.LEASED).exists()


def test_beat_sends_them_at_the_hour_to_all_who_are_due(newsroom: Newsroom, practice: Practice) -> None:
    newsroom.publish("Letter no 1.", newsroom.now - timedelta(hours=3))
    due = people(newsroom.readers("home", 300))
    due |= people(newsroom.readers("weekly", 40, cadence="weekly", first=1_000))
    due |= people(newsroom.readers("east", 40, zone=zone_where_it_is(14), first=2_000))
    newsroom.readers("west", 40, zone=zone_where_it_is(11), first=3_000)
    newsroom.readers("each", 40, cadence="each letter", first=4_000)
    with processes.beat(), processes.worker():
        wait_for(Dispatch.objects.all().exists, seconds=75, what="the minute comes at which digests are planned")
        wait_for(
            lambda: list(Dispatch.objects.values_list("state", flat=True)) == ["sent"] * 3,
            what="those of home, the east and the week are sent",
        )
    assert Counter(mail["recipient"] for mail in practice.mails()) == Counter(due)


def test_killed_workers_leave_one_outcome_each_and_the_same_mail(newsroom: Newsroom, practice: Practice) -> None:
    newsroom.publish("Letter no 1.", newsroom.now - timedelta(hours=3))
    readers = newsroom.readers("readers", READERS)
    kills = 2
    dispatch = newsroom.digest(newsroom.now)
    with processes.beat():
        for number in range(kills):
            goal = READERS * (number + 1) // (kills + 1)
            with processes.worker(f"doomed{number}"):  # killed at the end of the block
                wait_for(partial(has_mails, practice, goal), what=f"{goal} mails")
        assert practice.counts()["mail"] < READERS
        with processes.worker("survivor"):
            wait_for(lambda: state(dispatch) == "sent", what="the rest is sent")
    counted = counts(dispatch)
    assert counted.accepted == counted.recipients == READERS
    assert Delivery.objects.filter(dispatch=dispatch).count() == READERS
    got = Counter(mail["recipient"] for mail in practice.mails())
    assert set(got) == people(readers)
    assert sum(got.values()) - READERS <= kills * 2 * PROCESSES * CONNECTIONS
    assert len({mail["message_id"] for mail in practice.mails()}) == READERS  # a repeat is recognisable
    through = set(Subscription.objects.values_list("digested_through", flat=True))
    assert through == {Digest.objects.get().cutoff}
    assert digests.plan(now=newsroom.now + timedelta(days=1)) == 0  # nobody is owed anything


def test_pausing_and_cancelling_stop_it_at_once_and_its_letters_come_with_the_next(
    newsroom: Newsroom, practice: Practice
) -> None:
    yesterday = newsroom.now - timedelta(days=1)
    newsroom.publish("Letter no 1.", yesterday - timedelta(hours=2))
    readers = newsroom.readers("readers", 2 * READERS)
    with processes.worker():  # and no beat, which would make today's digest by itself
        dispatch = newsroom.digest(yesterday)
        wait_for(ticked(lambda: practice.counts()["mail"]), what="mail goes out")
        control.pause(dispatch.pk)
        wait_for(lambda: at_rest(dispatch), seconds=STOPPED_WITHIN, what="it is paused")
        sent = practice.counts()["mail"]
        assert counts(dispatch).accepted == sent < 2 * READERS
        control.resume(dispatch.pk)
        wait_for(ticked(lambda: practice.counts()["mail"] > sent), what="it goes on")
        control.cancel(dispatch.pk)
        wait_for(lambda: not counts(dispatch).waiting, seconds=STOPPED_WITHIN, what="everyone has an outcome")
        had = set(Delivery.objects.filter(outcome="accepted").values_list("subscriber_id", flat=True))
        assert counts(dispatch).cancelled == dispatch.recipients - len(had)
        assert len(had) == practice.counts()["mail"] < 2 * READERS
        assert "come with the next digest" in dispatch.reason

        newsroom.publish("Letter no 2.", newsroom.now - timedelta(hours=2))
        practice.reset()
        following = newsroom.digest(newsroom.now)
        wait_for(ticked(lambda: state(following) == "sent"), what="the next day's is sent")
    reached = set(Subscriber.objects.filter(pk__in=had).values_list("email", flat=True))
    subjects = {mail["recipient"]: mail["subject"] for mail in practice.mails()}
    assert set(subjects) == people(readers)
    assert all(
        subject == ("Letter no 2." if email in reached else "Letter no 2. and 1 more")
        for email, subject in subjects.items()
    )


def test_links_and_opens_of_a_digest_count_and_its_link_leaves(newsroom: Newsroom, practice: Practice) -> None:
    page = newsroom.publish("Letter no 1.", newsroom.now - timedelta(hours=3))
    newsroom.readers("readers", 3)
    dispatch = newsroom.digest(newsroom.now)
    with processes.beat(), processes.worker():
        wait_for(lambda: state(dispatch) == "sent", what="it is sent")
    first = practice.mails()[0]
    mail = practice.opened(first["id"])
    reader = Subscriber.objects.get(email=first["recipient"])
    site = re.escape(settings.SITE_URL)

    links = re.findall(rf'href="{site}(/c/[^"]*)"', mail["html"])
    led = {link: Client().get(link, headers=BROWSER).headers["Location"] for link in links}
    assert page in led.values()
    clicked = Click.objects.filter(dispatch_id=dispatch.pk, subscriber_id=reader.pk)
    assert clicked.count() == len(links)
    (picture,) = re.findall(rf'src="{site}(/o/[^"]*)"', mail["html"])
    assert Client().get(picture, headers=BROWSER).status_code == 200
    assert Open.objects.filter(dispatch_id=dispatch.pk, subscriber_id=reader.pk).count() == 1

    headers = dict(mail["headers"])
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = re.search(rf"<{site}(/u/[^>]*)>", headers["List-Unsubscribe"])
    assert leave is not None
    assert Client(enforce_csrf_checks=True).post(leave[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    left = Subscription.objects.filter(state=Subscription.State.LEFT)
    assert list(left.values_list("subscriber_id", flat=True)) == [reader.pk]
