"""What the ledger and the insights keep about one person is told, and what names them is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from distributor.audience import privacy
from distributor.audience.models import Subscriber, Suppression
from distributor.delivery.models import Delivery
from distributor.domain.bounces import WINDOW
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Rejected
from distributor.domain.returns import Kind, MailEvent
from distributor.insights import personal_data, returns, tracking
from distributor.insights.models import ReturnedEvent
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_is_told_and_nothing_names_an_erased_person(draft: Draft, mail_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "letterbox")
    mail_channel.answer = lambda _: Rejected("<reader0@inbox.example>: not today", "5.7.1")
    (dispatch,) = world.queue(letter, "letterbox", lists=[world.make_list(letter.publication, 1)])
    world.work(dispatch)
    person = Subscriber.objects.get()
    now = timezone.now()
    tracking.note_open(dispatch.pk, person.pk, at=now)
    returns.take_in([MailEvent(Kind.SOFT_BOUNCE, "dsn", "1", now, email=person.email, reason="full: reader0")])

    told = privacy.stored_data("Reader0@inbox.example")
    assert told["deliveries"][0]["outcome"] == "rejected"
    assert told["deliveries"][0]["mail"] == letter.title
    assert [one["kind"] for one in told["followed and returned"]["returned"]] == ["soft bounce"]
    assert len(told["followed and returned"]["opens"]) == 1

    privacy.erase("reader0@inbox.example")
    assert Delivery.objects.get().outcome == "rejected"
    assert ReturnedEvent.objects.get().kind == "soft bounce"
    with connection.cursor() as cursor:
        for table in ("delivery_delivery", "delivery_attempt", "insights_returnedevent"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%%reader0%%'")
            assert cursor.fetchone() == (0,)


def test_what_came_back_long_ago_is_removed_and_what_followed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.insights import forget_returns  # noqa: PLC0415 - it names the settings to processes

    monkeypatch.setattr(personal_data, "STEP", 2)
    now = timezone.now()
    emails = [f"reader{number}@inbox.example" for number in range(6)]
    returns.take_in(MailEvent(Kind.HARD_BOUNCE, "dsn", one, now, email=one, status="5.1.1") for one in emails)
    assert WINDOW.days < settings.RETURNS_DAYS
    kept_for = timedelta(days=settings.RETURNS_DAYS)
    ReturnedEvent.objects.exclude(email=emails[0]).update(received_at=now - kept_for - timedelta(minutes=1))
    ReturnedEvent.objects.filter(email=emails[1]).update(received_at=now - kept_for + timedelta(minutes=1))
    forget_returns()
    assert set(ReturnedEvent.objects.values_list("email", flat=True)) == set(emails[:2])
    assert Suppression.objects.count() == 6
    assert personal_data.forget_before(now - kept_for) == 0
