"""What `doctor` says of a pooler in front of PostgreSQL: whether it hands on sessions in a way that we can use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
from psycopg import errors

from distributor.domain.findings import Finding

BY_STATEMENT = (
    "The pooler in front of PostgreSQL hands on sessions after each statement, so nothing can be stored as a whole: "
    "let it pool by transaction (PgBouncer: pool_mode = transaction)."
)
LOSES_STATEMENTS = (
    "DISTRIBUTOR_PREPARED_STATEMENTS is “always”, and the pooler in front of PostgreSQL loses prepared statements, so "
    "mailings would pause after their first group: leave that setting out, or set max_prepared_statements in PgBouncer "
    "1.21 or newer."
)


def pooler() -> Iterator[Finding]:
    """Look at the pooler, where there is one; nothing is said where there is none."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.db.utils import DatabaseError

    from distributor.prepared_statements import is_pooled

    connection.ensure_connection()
    if not is_pooled(connection.connection):
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.ProtocolViolation):
            raise
        yield Finding("pooler", "wrong", BY_STATEMENT)
        return
    if settings.PREPARED_STATEMENTS != "always":
        yield Finding("pooler", "fine", "A pooler stands in front of PostgreSQL: no statements are prepared there.")
    elif _loses_statements(connection):
        yield Finding("pooler", "wrong", LOSES_STATEMENTS)
    else:
        yield Finding("pooler", "fine", "A pooler stands in front of PostgreSQL, and keeps prepared statements.")


def _loses_statements(connection: Any) -> bool:
    """Whether two connections get in each other's way when both prepare statements, of the same names.

    An idle pooler gives the session that it had back last. Where others are at work it may take another one, so it is
    tried a few times.
    """
    with closing(connection.copy()) as first, closing(connection.copy()) as second:
        for wrapper in (first, second):
            wrapper.ensure_connection()
        try:
            for number in range(5):
                for position, wrapper in enumerate((first, second, first)):
                    with psycopg.Cursor(wrapper.connection) as cursor:
                        cursor.execute(f"SELECT {number}, {position % 2}".encode(), prepare=True)
        except (errors.DuplicatePreparedStatement, errors.InvalidSqlStatementName):
            return True
        finally:
            first.connection.execute("DEALLOCATE ALL")
    return False
