"""The one clock that all workers share."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """Return PostgreSQL's time (aware), also within a transaction the time of this very moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
