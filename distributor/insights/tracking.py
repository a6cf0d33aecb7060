"""Opens and clicks of mails: counted as they come, and added up for one dispatch.

Both are hints. Some mail programs load every picture before anyone looks (so opens are too many), others none (too
few). Scanners follow links to look at what is behind them; those that follow several at once are told apart.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from django.db import DatabaseError, connection, transaction

from distributor.audience import engagement
from distributor.insights import queries
from distributor.insights.models import Click, Open

logger = logging.getLogger(__name__)

# Nobody reads so fast: whoever follows so many different links of one mail within so many seconds is a machine.
MACHINE_LINKS = 3
MACHINE_SECONDS = 2

_OPENS = "SELECT count(DISTINCT subscriber_id), count(*) FROM insights_open WHERE dispatch_id = %(dispatch)s"

_PEOPLE = """
SELECT dispatch_id, count(DISTINCT subscriber_id) FROM insights_open
WHERE dispatch_id = ANY(%(dispatches)s) GROUP BY dispatch_id
"""

# Each one's first click on each link, those of machines told apart; then by link, and once without a link for all.
_CLICKS = """
WITH first AS (
    SELECT subscriber_id, link, min(at) AS at, count(*) AS total
    FROM insights_click WHERE dispatch_id = %(dispatch)s GROUP BY subscriber_id, link),
judged AS (
    SELECT subscriber_id, link, total, count(*) OVER (
        PARTITION BY subscriber_id ORDER BY at
        RANGE BETWEEN %(seconds)s * interval '1 second' PRECEDING AND %(seconds)s * interval '1 second' FOLLOWING
    ) >= %(links)s AS machine
    FROM first)
SELECT link, count(DISTINCT subscriber_id) FILTER (WHERE NOT machine),
       coalesce(sum(total) FILTER (WHERE NOT machine), 0), count(DISTINCT subscriber_id) FILTER (WHERE machine)
FROM judged GROUP BY GROUPING SETS ((link), ()) ORDER BY link NULLS FIRST
"""


@dataclass(frozen=True, slots=True)
class ClickCount:
    """How many different people did it, and how often in all. `machines` are recipients for whom a scanner did."""

    people: int
    total: int
    machines: int = 0


@dataclass(frozen=True, slots=True)
class Clicks(ClickCount):
    """The clicks of one dispatch. `links` has those of each link that was clicked, by its number (from 0)."""

    links: tuple[tuple[int, ClickCount], ...] = ()


def note_open(dispatch_id: int, subscriber_id: int, *, at: datetime) -> None:
    """Count one open. Never raises for the database's troubles: a reader comes before a figure."""
    try:
        with transaction.atomic():  # one commit: it is what costs
            Open.objects.create(dispatch_id=dispatch_id, subscriber_id=subscriber_id, at=at)
            engagement.note_opens([(subscriber_id, at)])
    except DatabaseError as error:
        logger.warning("An open of dispatch %s was not counted: %s", dispatch_id, type(error).__name__)


def note_click(dispatch_id: int, subscriber_id: int, link: int, *, at: datetime) -> None:
    """Count one click on a link, by its number (from 0). Never raises for the database's troubles."""
    try:
        with transaction.atomic():
            Click.objects.create(dispatch_id=dispatch_id, subscriber_id=subscriber_id, link=link, at=at)
            engagement.note_clicks([(subscriber_id, at)])
    except DatabaseError as error:
        logger.warning("A click of dispatch %s was not counted: %s", dispatch_id, type(error).__name__)


def opens_of(dispatch_id: int) -> ClickCount:
    """Return the opens of one dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENS, {"dispatch": dispatch_id})
        people, total = cursor.fetchone()
    return ClickCount(people, total)


def people_of(dispatch_ids: Collection[int]) -> dict[int, int]:
    """Return how many people opened each of these dispatches, for those that anyone opened."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"dispatches": list(dispatch_ids)})
        return dict(cursor.fetchall())


def read_condition(*, person: LiteralString, mailings: LiteralString) -> LiteralString:
    """Return the condition of SQL that somebody has read one of some mailings: `audience.mail_reads.ReadCondition`."""
    return queries.READ.format(person=person, mailings=mailings)


def clicks_of(dispatch_id: int) -> Clicks:
    """Return the clicks of one dispatch, in all and by link."""
    parameters = {"dispatch": dispatch_id, "seconds": MACHINE_SECONDS, "links": MACHINE_LINKS}
    with connection.cursor() as cursor:
        cursor.execute(_CLICKS, parameters)
        (_, people, total, machines), *links = cursor.fetchall()
    counts = tuple(
        (link, ClickCount(people_count, int(often), scan_count)) for link, people_count, often, scan_count in links
    )
    return Clicks(people, int(total), machines, counts)
