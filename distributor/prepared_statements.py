"""Statements that PostgreSQL parses and plans once a session, and whether a session is ours to keep them in.

A pooler that pools by transaction (PgBouncer, pgcat) gives each transaction some session: what was prepared in another
one is not there, or something else goes by its name. PgBouncer keeps track of them since 1.21, where its
`max_prepared_statements` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import connection

_examined: WeakSet[psycopg.Connection[Any]] = WeakSet()


def run_prepared(query: LiteralString, parameters: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a statement that runs again and again: the server parses and plans it once a connection.

    Django's own cursors write the values into the text, which costs half a millisecond of planning each time. Through
    a pooler nothing is prepared, unless the setting says so.
    """
    connection.ensure_connection()
    session = connection.connection
    if session not in _examined:
        _examined.add(session)
        if settings.PREPARED_STATEMENTS == "auto" and is_pooled(session):
            session.prepare_threshold = None  # psycopg then prepares nothing, whoever asks for it
    with connection.wrap_database_errors, psycopg.Cursor(session) as cursor:
        return cursor.execute(query, parameters, prepare=True).fetchall()


def is_pooled(session: psycopg.Connection[Any]) -> bool:
    """Whether a pooler stands in between: the number that it gave to our connection is not that of the session."""
    row = session.execute("SELECT pg_backend_pid()").fetchone()
    return row is not None and row[0] != session.info.backend_pid
