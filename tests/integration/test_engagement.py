"""Opens and clicks, added up per person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.audience.engagement import note_clicks, note_opens
from distributor.audience.models import Engagement, Subscriber

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def people() -> list[int]:
    return [Subscriber.objects.create(email=f"{name}@example.com").pk for name in ("ada", "bo")]


def look(subscriber: int) -> tuple[int, int, datetime | None, datetime | None]:
    one = Engagement.objects.get(subscriber=subscriber)
    return one.opens, one.clicks, one.last_open_at, one.last_click_at


def test_counters_grow_and_times_go_forward(people: list[int]) -> None:
    ada, bo = people
    hour = timedelta(hours=1)
    assert note_opens([(bo, NOON), (ada, NOON + hour), (ada, NOON)]) == 2
    assert note_opens([(ada, NOON - hour)]) == 1
    assert look(ada) == (3, 0, NOON + hour, None)
    assert look(bo) == (1, 0, NOON, None)
    assert note_clicks([(ada, NOON)]) == 1
    assert look(ada) == (3, 1, NOON + hour, NOON)


def test_who_clicks_has_opened(people: list[int]) -> None:
    note_clicks([(people[0], NOON)])
    assert look(people[0]) == (0, 1, NOON, NOON)


def test_who_is_gone_is_passed_over(people: list[int]) -> None:
    assert note_opens([(10**12, NOON)]) == 0
    assert note_opens([]) == 0
    assert not Engagement.objects.exists()
