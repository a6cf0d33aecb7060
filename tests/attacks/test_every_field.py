"""Markup in every field that somebody outside can fill: every page shows it as the text that it is.

What is looked for is an element and an attribute that only such a field can have made, in the page as a browser parses
it, and not a spelling: so it is found however it got through.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.utils import timezone
from lxml import html

from distributor.audience.models import MailingList, Subscriber, Subscription, Suppression
from distributor.delivery.models import Dispatch
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.insights.models import ReturnedEvent
from distributor.letters.models import Letter, Publication
from distributor.newsroom import door_actions, feed_actions
from distributor.newsroom.door_actions import DoorSettings
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.models import Arrival, FeedEntry, FeedLook, IntakeDoor, WatchedFeed
from tests.attacks.addresses import ADDRESSES
from tests.integration import world

# Redis begins empty: who asked too often in the same minute would see a refusal in place of each page.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

PROBE = "probe"
MARKUP = (
    f"""x'"><{PROBE} on{PROBE}=1>x</{PROBE}>'on{PROBE}=1 "on{PROBE}=1 {{{{ 7 * 191 }}}}</textarea></title></script>"""
)
EVALUATED = "1337"


def is_free_text(field: models.Field[object, object]) -> bool:
    return (
        type(field) in (models.CharField, models.TextField)
        and not field.choices
        and not field.unique
        and field.name not in {"slug", "channel", "time_zone", "language", "colour", "target_key", "content_type"}
    )


def poison(row: models.Model) -> None:
    """Write markup into every free text of a row."""
    for field in row._meta.concrete_fields:  # Django's documented way to a model's fields
        if is_free_text(field):
            setattr(row, field.attname, MARKUP[: field.max_length or None])
    row.save()


@pytest.fixture
def poisoned(draft: Draft) -> Letter:
    """A letter that went out on the web, with readers, and markup in every text of every row."""
    hostile = replace(
        draft,
        title=MARKUP,
        series=SeriesView(MARKUP, 7),
        editor_note=MARKUP,
        authors=(AuthorView(MARKUP[:200], "ida@lantern.example", MARKUP),),
        section=MARKUP[:100],
        summary=MARKUP,
        social={"twitter": MARKUP},
        slug="fog",
        body_html=f"<p>{MARKUP}</p>",
        body_text=MARKUP,
        canonical_url="",
        source="hostile",
        share_bar=("link", "mail"),
    )
    publication = world.make_publication()
    letter = world.make_letter(hostile, publication)
    readers = world.make_list(publication, 2)
    dispatches = world.queue(letter, "link", "mail", lists=[readers])
    world.work(dispatches[0])
    Suppression.objects.create(email="gone@lantern.example", reason="complaint", source="a person", detail=MARKUP)
    for row in (*Publication.objects.all(), *MailingList.objects.all(), *Subscriber.objects.all()):
        poison(row)
    for dispatch in Dispatch.objects.all():
        Dispatch.objects.filter(pk=dispatch.pk).update(reason=MARKUP, target=MARKUP)
    feed = feed_actions.add(publication, "https://l.example/feed", FeedSettings(MARKUP[:200]))
    now = timezone.now()
    FeedEntry.objects.create(
        feed=feed, digest="d", kind="unclear", title=MARKUP, reason=MARKUP, asks=True, noted_at=now, seen_at=now
    )
    FeedLook.objects.create(feed=feed, at=now, cause="hub", outcome="failed", notes=[MARKUP])
    WatchedFeed.objects.update(reason=MARKUP, failures=1)
    door = door_actions.add(publication, "json", DoorSettings(MARKUP[:200]))
    Arrival.objects.create(door=door, at=now, next_at=now, state="asks", title=MARKUP, reason=MARKUP)
    Subscriber.objects.update(attributes={"city": MARKUP, MARKUP: "x"})
    assert Subscription.objects.exists()
    return letter


def test_markup_stays_text_on_every_page(poisoned: Letter) -> None:
    admin = Client()
    admin.force_login(User.objects.create_user("mina", first_name=MARKUP[:150], is_staff=True, is_superuser=True))
    dispatches = list(Dispatch.objects.values_list("pk", flat=True))
    pages = 0
    for client in (Client(), admin):
        rows = (*dispatches, *WatchedFeed.objects.values_list("pk", flat=True))
        rows = (*rows, *IntakeDoor.objects.values_list("pk", flat=True))
        for address in ADDRESSES:
            if address.route == "readyz":  # no worker ticks here
                continue
            numbers = (poisoned.pk, *rows) if "int" in address.places.values() else (poisoned.pk,)
            for number in set(numbers):
                path = address.path(number=number)
                answer = client.get(path, {"find": MARKUP, "kind": MARKUP, "page": MARKUP, "q": MARKUP})
                if answer.status_code >= 500:
                    pytest.fail(f"{path}: {answer.status_code}")
                if "html" in answer.headers.get("Content-Type", "") and answer.content:
                    pages += 1
                    check(path, answer.content)
    assert pages > 40  # it looked at something


def check(path: str, content: bytes) -> None:
    page = html.document_fromstring(content)
    assert page.find(f".//{PROBE}") is None, path
    attributes = {str(name) for element in page.iter() for name in element.attrib}
    assert f"on{PROBE}" not in attributes, path
    assert EVALUATED not in "".join(map(str, page.itertext())), path


def test_an_upload_that_fails_says_its_name_as_text(poisoned: Letter, editor: Client) -> None:
    for path, values in (
        ("/desk/letters/new/", {"publication": poisoned.publication_id, "text": MARKUP, "address": MARKUP}),
        ("/desk/segments/new/", {"publication": poisoned.publication_id, "name": MARKUP, "rule": MARKUP}),
        (f"/desk/letters/{poisoned.pk}/queue/", {"when": MARKUP, "channels": [MARKUP], "hold": MARKUP}),
        ("/desk/returns/undo/", {"since": MARKUP, "reason": MARKUP, "domain": MARKUP}),
        ("/desk/settings/", {"name": MARKUP}),
        ("/desk/login/", {"username": MARKUP, "password": "x"}),
    ):
        answer = editor.post(path, values, follow=True)
        assert answer.status_code < 500, path
        check(path, answer.content)


def test_what_came_back_is_shown_as_text(poisoned: Letter, editor: Client) -> None:
    now = timezone.now()
    for number, certain in enumerate((True, False)):
        ReturnedEvent.objects.create(
            kind="complaint", source=MARKUP[:32], event_id=str(number), email=MARKUP[:254], status=MARKUP[:16],
            reason=MARKUP[:500], certain=certain, at=now, received_at=now, raw={MARKUP: MARKUP}, decided_by=MARKUP[:99],
        )  # fmt: skip
    for path in ("/desk/returns/", "/desk/returns/undo/", "/desk/returns/suppressed/"):
        answer = editor.get(path)
        assert answer.status_code == 200
        check(path, answer.content)
