"""How lists grow: a row a list and day, so that years of a million people are read in a moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection

from distributor.audience.models import ListDay, MailingList

COUNT_LIMIT: Final = 20_000  # people; more are not counted while somebody waits

# Who left and came back is told from their row as it is now: only days that are over keep what they said. Whoever was
# moved here has been a reader since before their row was: to this list they came when they were moved.
_RECORD = """
WITH moves AS (
    SELECT u.list_id, (greatest(u.since, u.created_at) AT TIME ZONE p.time_zone)::date AS day,
           1 AS newcomers, 0 AS departures
    FROM audience_subscription u JOIN audience_mailinglist l ON l.id = u.list_id
    JOIN letters_publication p ON p.id = l.publication_id
    UNION ALL
    SELECT u.list_id, (coalesce(u.left_at, u.since) AT TIME ZONE p.time_zone)::date, 0, 1
    FROM audience_subscription u JOIN audience_mailinglist l ON l.id = u.list_id
    JOIN letters_publication p ON p.id = l.publication_id WHERE u.state <> 'active'),
days AS (
    SELECT list_id, day, sum(newcomers) AS newcomers, sum(departures) AS departures FROM moves GROUP BY list_id, day)
INSERT INTO audience_listday AS d (list_id, day, newcomers, departures, active)
SELECT list_id, day, newcomers, departures, sum(newcomers - departures) OVER (PARTITION BY list_id ORDER BY day)
FROM days
ORDER BY list_id, day
ON CONFLICT (list_id, day) DO UPDATE
SET newcomers = excluded.newcomers, departures = excluded.departures, active = excluded.active
WHERE d.day >= current_date - 1
  AND (d.newcomers, d.departures, d.active) IS DISTINCT FROM (excluded.newcomers, excluded.departures, excluded.active)
"""
_COUNT = """
SELECT l.id, few.active, few.departures, (
    SELECT d.active FROM audience_listday d WHERE d.list_id = l.id ORDER BY d.day DESC LIMIT 1)
FROM unnest(%(lists)s::bigint[]) AS l(id), LATERAL (
    SELECT count(*) FILTER (WHERE state = 'active') AS active, count(*) FILTER (WHERE state <> 'active') AS departures
    FROM (SELECT state FROM audience_subscription u WHERE u.list_id = l.id LIMIT %(most)s) u) few
"""


@dataclass(frozen=True, slots=True)
class Growth:
    """Lists on one day: how many people are on them at its end, and how many came and went on it."""

    day: date
    active: int
    newcomers: int
    departures: int


@dataclass(frozen=True, slots=True)
class ListSize:
    """How many people are on a list. `is_recent`: not counted now, but some minutes ago, or not yet (None)."""

    active: int | None
    is_recent: bool = False


def record() -> None:
    """Write down how the lists stand. Any number of processes may do so at once."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD)


def sizes(lists: Collection[MailingList]) -> dict[int, ListSize]:
    """Return how many people are on each of these lists, by its number: counted now where they are not too many."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"lists": [row.pk for row in lists], "most": COUNT_LIMIT})
        rows = cursor.fetchall()
    return {
        number: ListSize(active) if active + departures < COUNT_LIMIT else ListSize(recent, is_recent=True)
        for number, active, departures, recent in rows
    }


def growth(lists: Collection[MailingList], *, until: date, days: int) -> list[Growth]:
    """Return these lists' growth on so many days up to one, taken together, also of days on which nothing happened."""
    first = until - timedelta(days=days - 1)
    rows = list(ListDay.objects.filter(list__in=lists, day__lte=until, day__gte=first).order_by("day"))
    before = ListDay.objects.filter(list__in=lists, day__lt=first).order_by("list", "-day").distinct("list")
    active = {row.list_id: row.active for row in before}
    by_day: dict[date, list[ListDay]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    return [_day(first + timedelta(days=number), by_day, active) for number in range(days)]


def _day(day: date, by_day: dict[date, list[ListDay]], active: dict[int, int]) -> Growth:
    rows: Sequence[ListDay] = by_day.get(day, ())
    active.update({row.list_id: row.active for row in rows})
    return Growth(day, sum(active.values()), sum(row.newcomers for row in rows), sum(row.departures for row in rows))
