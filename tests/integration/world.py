"""Makes publications, letters, lists and accounts for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.channels import registry
from distributor.channels.base import Options
from distributor.delivery import release
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.claims import is_addressed
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.dispatch_actions import Role
from distributor.domain.letters import Draft
from distributor.domain.source_keys import address_keys
from distributor.letters import actions as letters
from distributor.letters import versions
from distributor.letters.models import Letter, Page, Publication
from distributor.letters.pages import page_path, page_url
from distributor.people import roles

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"  # as readers have it


def make_colleague(
    name: str = "mina", role: Role = "manager", publication: Publication | None = None, *, password: str | None = None
) -> User:
    """Make somebody who uses the desk, with a role in a publication or in all; no door lets them in but a test's."""
    user = User.objects.create_user(name, password=password, is_staff=True)
    roles.store(user, role, publication)
    return user


def make_publication(slug: str = "lantern") -> Publication:
    return letters.create_publication(name="The Lantern Post", slug=slug, sender_email="letters@lantern.example")


def make_letter(draft: Draft, publication: Publication | None = None) -> Letter:
    """Take in a letter that is known by its draft's `source`, a new one under whatever title and text."""
    known = replace(draft, keys=address_keys([draft.source]))
    return letters.take_in(known, publication=publication or make_publication(), is_new=True).letter


def publish(draft: Draft, publication: Publication, title: str, at: datetime) -> Letter:
    """Make a letter whose page went live at a time."""
    letter = make_letter(replace(draft, title=title, source=f"https://l.example/{title}"), publication)
    variant = registry.get("link").compose(letter.view(site_url=settings.SITE_URL, url=page_url(letter)), Options())
    Page.objects.create(
        letter=letter,
        intent=Dispatch().key,
        path=page_path(letter),
        variant=variant.to_json(),
        published_at=at,
    )
    return letter


def put_online(draft: Draft, publication: Publication, **changes: Any) -> Letter:
    """Take in a letter that differs from the draft by these values, and publish it as an editor does."""
    changed = replace(draft, **{"source": f"https://lantern.example/{uuid4()}", **changes})
    letter = make_letter(changed, publication)
    (dispatch,) = queue(letter, "link")
    work(dispatch)
    assert dispatch.state == "sent", dispatch.reason
    return letter


def make_list(publication: Publication, size: int, slug: str = "readers", *, first: int = 0) -> MailingList:
    made = MailingList.objects.create(publication=publication, slug=slug, name=slug.capitalize())
    names = {f"reader{number}@inbox.example": f"Reader {number}" for number in range(first, first + size)}
    Subscriber.objects.bulk_create(
        (Subscriber(email=email, name=name) for email, name in names.items()), ignore_conflicts=True
    )
    subscribers = Subscriber.objects.filter(email__in=names).order_by("pk")
    Subscription.objects.bulk_create(Subscription(subscriber=subscriber, list=made) for subscriber in subscribers)
    return made


def rename(letter: Letter, title: str) -> None:
    """Have a letter's source say another title."""
    Letter.objects.filter(pk=letter.pk).update(title=title)
    versions.record(letter, actor="", origin="its source")


def connect(publication: Publication, channel: str, name: str = "main") -> None:
    accounts.connect(publication, channel, name, {"token": "t-secret"})


def queue(letter: Letter, *channels: str, lists: Sequence[MailingList] = ()) -> list[Dispatch]:
    return list(queue_letter(letter, channels=channels, lists=lists).dispatches)


def send(dispatch_id: int) -> None:
    """Run the task by which a worker does its part of a released dispatch."""
    from tasks import delivery  # noqa: PLC0415 - it names the settings to processes

    channel = Dispatch.objects.values_list("channel", flat=True).get(pk=dispatch_id)
    task = delivery.mail if is_addressed(channel) else delivery.post
    task(dispatch_id)


def work(*dispatches: Dispatch) -> None:
    """Do what the tick and a worker would do for these."""
    release.tick()
    for dispatch in dispatches:
        dispatch.refresh_from_db()
        if dispatch.state == "sending":
            send(dispatch.pk)
        dispatch.refresh_from_db()


def reader(number: int) -> Subscriber:
    """Return one of the subscribers that `make_list` makes."""
    return Subscriber.objects.get(email=f"reader{number}@inbox.example")


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Do something as on an earlier day: when an event came in is told by our clock alone."""
    moment = timezone.now() - timedelta(days=days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: moment)
        yield


def be_quiet(publication: Publication) -> datetime:
    """Let a publication's quiet hours have begun an hour ago; return when they end."""
    now = timezone.now()
    publication.quiet_from = (now - timedelta(hours=1)).time()
    publication.quiet_until = (now + timedelta(hours=3)).time()
    publication.save()
    return now + timedelta(hours=3)
