"""How lists grow, day by day on their publication's clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from distributor.audience import actions, bulk, growth
from distributor.audience.models import ListDay, MailingList, Subscription
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def readers() -> MailingList:
    publication = world.make_publication()
    publication.time_zone = "Asia/Seoul"
    publication.save()
    return world.make_list(publication, 6)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def test_days_add_up_and_those_that_are_over_stay(readers: MailingList) -> None:
    today = timezone.now().astimezone(SEOUL).date()
    old, middle = today - timedelta(days=5), today - timedelta(days=3)
    rows = list(Subscription.objects.order_by("pk"))
    for row, day in zip(rows, (old, old, old, middle, middle, today), strict=True):
        moment = at(day, 0)  # the day before, in UTC
        Subscription.objects.filter(pk=row.pk).update(since=moment, created_at=moment)
    Subscription.objects.filter(pk=rows[0].pk).update(state="left", left_at=at(middle, 23))
    growth.record()
    days = growth.growth([readers], until=today, days=7)
    assert [(day.active, day.newcomers, day.departures) for day in days] == [
        *((0, 0, 0), (3, 3, 0), (3, 0, 0), (4, 2, 1), (4, 0, 0), (4, 0, 0), (5, 1, 0))
    ]
    assert growth.growth([readers], until=today, days=2)[0].active == 4
    actions.reactivate([rows[0].pk])
    growth.record()
    growth.record()
    assert growth.growth([readers], until=today, days=7)[3].departures == 1
    assert ListDay.objects.filter(list=readers).count() == 3


def test_who_is_moved_comes_on_the_day_of_the_move(readers: MailingList) -> None:
    today = timezone.now().astimezone(SEOUL).date()
    moment = at(today - timedelta(days=5), 9)
    Subscription.objects.update(since=moment, created_at=moment)
    growth.record()
    friends = actions.create_list(readers.publication, "friends")
    bulk.move(bulk.Selection(), origin=readers, target=friends, actor="mina")
    growth.record()
    for mailing_list, newcomers, departures, active in ((readers, 0, 6, 0), (friends, 6, 0, 6)):
        last = growth.growth([mailing_list], until=today, days=3)[-1]
        assert (last.newcomers, last.departures, last.active) == (newcomers, departures, active)
    assert {day.newcomers for day in growth.growth([friends], until=today, days=9)[:-1]} == {0}


def test_a_short_list_is_counted_now_and_a_long_one_as_it_was_recorded(
    readers: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    Subscription.objects.filter(subscriber=world.reader(0)).update(state="left", left_at=timezone.now())
    assert growth.sizes([readers])[readers.pk] == growth.ListSize(5)
    monkeypatch.setattr(growth, "COUNT_LIMIT", 4)
    assert growth.sizes([readers])[readers.pk] == growth.ListSize(None, is_recent=True)
    growth.record()
    assert growth.sizes([readers])[readers.pk] == growth.ListSize(5, is_recent=True)
