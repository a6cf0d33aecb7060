"""Everyone on some lists, as CSV: written by PostgreSQL itself, row by row, whatever the size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from psycopg import ClientCursor

from distributor.audience import queries
from distributor.audience.csv_cells import SQL_HARMLESS
from distributor.audience.csv_files import line
from distributor.audience.models import MailingList, Segment, Subscription
from distributor.audience.segments import condition

COLUMNS = ("email", "name", "language", "time_zone")
_OWN_NAMES = (*COLUMNS, "cadence", "subscription_state", "lists")
ACTIVE = (Subscription.State.ACTIVE,)


def export_subscribers(
    lists: Sequence[MailingList],
    *,
    states: Sequence[Subscription.State] = ACTIVE,
    segment: Segment | None = None,
    with_lists: bool = False,
    raw: bool = False,
) -> Iterator[str]:
    """Yield CSV text row by row, the header first: everyone in one of these states on one of these lists, once.

    After the columns of `COLUMNS` comes `cadence`, where someone has another one than each letter (the most frequent
    of theirs), and every attribute. Where those who left are in, `subscription_state` says who did. `with_lists` adds
    `lists`: which ones, and in which state, as in `readers: active; friends: left 2026-01-31`. What a spreadsheet would
    take for a formula is harmless (`csv_cells`), unless `raw`. `imports.import_subscribers` takes it all in again.
    """
    people_clause, parameters = _people_clause(lists, states, segment)
    with connection.cursor() as cursor:
        cursor.execute(f"{queries.ATTRIBUTES} {people_clause} ORDER BY 1", parameters)
        attributes = [name for (name,) in cursor.fetchall() if name not in _OWN_NAMES]
        cursor.execute(f"{queries.ANY_CADENCE} {people_clause})", parameters)
        extra = ["cadence"] if cursor.fetchone()[0] else []
    extra += ["subscription_state"] if Subscription.State.LEFT in states else []
    extra += ["lists"] if with_lists else []
    yield line([*COLUMNS, *extra, *attributes], raw=raw)
    columns = [queries.EXPORT_COLUMNS[name] for name in (*COLUMNS, *extra)]
    for number, name in enumerate(attributes):
        columns.append(f"nullif(s.attributes ->> %(attribute_{number})s, '')")
        parameters[f"attribute_{number}"] = name
    columns = columns if raw else [SQL_HARMLESS.format(column) for column in columns]
    query = f"SELECT {', '.join(columns)} FROM audience_subscriber s {people_clause} ORDER BY s.id"  # noqa: S608 - parameters
    copy_query = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    database = connection.connection
    # COPY takes no parameters from the server's side: psycopg quotes them into it.
    statement = ClientCursor(database).mogrify(copy_query, parameters)
    with connection.wrap_database_errors, database.cursor().copy(statement) as copy:
        for block in copy:
            yield bytes(block).decode()


def _people_clause(
    lists: Sequence[MailingList], states: Sequence[Subscription.State], segment: Segment | None
) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {
        "lists": [mailing_list.pk for mailing_list in lists],
        "states": [state.value for state in states],
    }
    if segment is None:
        return queries.PEOPLE_CLAUSE, parameters
    rule, rule_parameters = condition(segment)
    return f"{queries.PEOPLE_CLAUSE} AND ({rule})", {**parameters, **rule_parameters}
