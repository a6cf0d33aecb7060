"""Announcements: written with what they are about, then given their order and a message for each endpoint.

Nothing is told to anyone whose transaction was rolled back, and what was committed is told though every process dies:
the row is there, a wake-up that is lost is made up for by beat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.domain.announcements import TYPES
from distributor.webhooks.interest import interest_in
from distributor.webhooks.models import Announcement, StreamInterest

FAN_OUT, TURN = "webhooks.fan_out", "webhooks.turn"  # tasks
GROUP: Final = 1_000  # announcements at once
RETENTION: Final = timedelta(days=30)
FORGOTTEN_AT_ONCE: Final = 5_000
FAN_OUT_LOCK: Final = 0x6F75_7462  # any number that only we use: one fan-out at a time

_NEXT_POSITIONS = "SELECT nextval('webhooks_position') FROM generate_series(1, %(many)s)"
_GIVE_POSITIONS = """
UPDATE webhooks_announcement a SET position = n.position
FROM unnest(%(ids)s::bigint[], %(positions)s::bigint[]) AS n(id, position) WHERE a.id = n.id
"""
_MAKE_MESSAGES = """
INSERT INTO webhooks_webhookmessage (endpoint_id, announcement_id, state, tries, since, next_at)
SELECT e.id, a.id, 'waiting', 0, now(), now() FROM webhooks_announcement a
JOIN webhooks_endpoint e ON e.publication_id = a.publication_id AND e.enabled AND a.type = ANY(e.types)
WHERE a.id = ANY(%(ids)s) AND a.at >= e.created_at
ORDER BY a.position
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class News:
    """What is announced: in which publication (its number), its data, and whom it is about where it is personal."""

    publication: int
    data: Mapping[str, Any]
    subscriber: int | None = None


def announce(type_name: str, news: Sequence[News], *, at: datetime | None = None) -> None:
    """Write down what happened, in the transaction in which it does. `at` is aware, None for now.

    Of personal types only what somebody wants is written; whoever gathers the news asks `interest_in` first, so that
    nothing is gathered for nobody.
    """
    assert transaction.get_connection().in_atomic_block, "an announcement is written with what it is about"
    if not news:
        return
    interest = interest_in(type_name)
    moment = at or timezone.now()
    is_personal = TYPES[type_name].personal
    rows = [
        Announcement(
            type=type_name,
            publication_id=item.publication,
            at=moment,
            data=dict(item.data),
            subscriber_id=item.subscriber,
        )
        for item in news
        if not is_personal or item.publication in interest
    ]
    Announcement.objects.bulk_create(rows, batch_size=GROUP)
    if any(item.publication in interest for item in news):
        wakeups.after_commit(FAN_OUT)


def fan_out() -> int:
    """Give new announcements their place in the order, and each endpoint that wants them its messages.

    Any number may run at once: they take turns. Return how many announcements it were.
    """
    total = 0
    while count := _fan_out_group():
        total += count
        if count < GROUP:
            break
    return total


@transaction.atomic
def _fan_out_group() -> int:
    if not Announcement.objects.filter(position=None).exists():
        return 0
    with connection.cursor() as cursor:
        # Or what is committed later could have a lower position than what a stream has shown already.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FAN_OUT_LOCK])
        ids = list(Announcement.objects.filter(position=None).order_by("pk").values_list("pk", flat=True)[:GROUP])
        cursor.execute(_NEXT_POSITIONS, {"many": len(ids)})
        positions = sorted(position for (position,) in cursor.fetchall())
        cursor.execute(_GIVE_POSITIONS, {"ids": ids, "positions": positions})
        cursor.execute(_MAKE_MESSAGES, {"ids": ids})
        if cursor.rowcount:
            wakeups.after_commit(TURN)
    return len(ids)


def forget(now: datetime) -> None:
    """Remove announcements, with their messages and attempts, that are older than 30 days at `now` (aware)."""
    old = Announcement.objects.filter(at__lt=now - RETENTION).order_by("at")
    while ids := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        Announcement.objects.filter(pk__in=ids).delete()
    StreamInterest.objects.filter(until__lt=now).delete()
