"""Who received a mailing and what became of everyone: a page at a time, found by any part of an address, or as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from psycopg import ClientCursor

from distributor.audience import search
from distributor.audience.csv_cells import SQL_HARMLESS
from distributor.audience.mail_reads import READS
from distributor.audience.models import Subscriber
from distributor.delivery.models import Delivery, Dispatch

_NEAR: Final = 4_000  # recipients who are compared one by one: who seeks “gmail” has enough of these
_LARGEST: Final = 2**63 - 1  # of a subscriber's number
_HEADER: Final = "email,name,outcome,at,opened,detail\n"
_CELLS: Final = {"email": "coalesce(s.email, '')", "name": "coalesce(s.name, '')", "detail": "d.detail"}
_EXPORT = """
COPY (
    SELECT {email}, {name}, d.outcome, to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           CASE WHEN {read} THEN 'yes' ELSE '' END, {detail}
    FROM delivery_delivery d LEFT JOIN audience_subscriber s ON s.id = d.subscriber_id
    WHERE d.dispatch_id = %(dispatch)s AND (%(outcome)s = '' OR d.outcome = %(outcome)s)
    ORDER BY d.subscriber_id) TO STDOUT (FORMAT csv)
"""


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What became of one recipient. `email` and `name` are "" for somebody who was erased since."""

    subscriber: int
    email: str
    name: str
    outcome: str
    detail: str
    at: datetime


def page(
    dispatch: Dispatch, *, outcome: str = "", text: str = "", before: int | None = None, most: int
) -> list[RecipientReport]:
    """Return so many recipients who have an outcome (or this one), the latest subscribers first.

    `text`: each of its words is a part of their address or name; with `before` those of a lower subscriber's number.
    """
    rows = Delivery.objects.filter(dispatch=dispatch, subscriber_id__lt=_LARGEST if before is None else before)
    if outcome:
        rows = rows.filter(outcome=outcome)
    rows = rows.order_by("-subscriber_id")
    if text:
        rows = rows.filter(subscriber_id__in=_hits(rows, text, most))
    deliveries = list(rows[:most])
    people = Subscriber.objects.only("email", "name").in_bulk([row.subscriber_id for row in deliveries])
    return [_report(row, people.get(row.subscriber_id)) for row in deliveries]


def export(dispatch: Dispatch, *, outcome: str = "") -> Iterator[str]:
    """Yield CSV text, the header first: everyone who has an outcome (or this one), written by PostgreSQL itself.

    What a spreadsheet would take for a formula is made harmless (`audience.csv_cells`).
    """
    columns = {name: SQL_HARMLESS.format(source) for name, source in _CELLS.items()}
    read = READS.get()(person="d.subscriber_id", mailings="%(mailings)s::bigint[]")
    connection.ensure_connection()
    database = connection.connection
    parameters = {"dispatch": dispatch.pk, "outcome": outcome, "mailings": [dispatch.pk]}
    # COPY takes no parameters from the server's side: psycopg quotes them into it.
    statement = ClientCursor(database).mogrify(_EXPORT.format(read=read, **columns), parameters)
    yield _HEADER
    with connection.wrap_database_errors, database.cursor().copy(statement) as copy:
        for block in copy:
            yield bytes(block).decode()


def _hits(rows: QuerySet[Delivery], text: str, most: int) -> list[int]:
    """Return the numbers of so many of these recipients whose address or name holds each word of a text."""
    near_rows = Subscriber.objects.filter(pk__in=rows.values("subscriber_id")[:_NEAR])
    near_hits = list(search.matches(near_rows, text).order_by("-pk").values_list("pk", flat=True)[:most])
    if len(near_hits) == most:
        return near_hits
    is_recipient = Exists(rows.order_by().filter(subscriber_id=OuterRef("pk")))
    hits = Subscriber.objects.filter(is_recipient, pk__in=search.hits(text))
    return list(hits.order_by("-pk").values_list("pk", flat=True)[:most])


def _report(row: Delivery, person: Subscriber | None) -> RecipientReport:
    email, name = (person.email, person.name) if person is not None else ("", "")
    return RecipientReport(row.subscriber_id, email, name, row.outcome, row.detail, row.at)
