"""When the tick was done last. Web processes look here, since the tick runs in a worker."""

from __future__ import annotations

from django.db import connection

TICK = "tick"

# Ticks come from many sides, some together: all but one a second write nothing and lock nothing. By the database's
# clock, as whoever asks.
_BEAT = """
WITH beaten AS (
    UPDATE delivery_heartbeat SET at = clock_timestamp()
    WHERE name = %(name)s AND at < clock_timestamp() - interval '1 second'
    RETURNING name)
INSERT INTO delivery_heartbeat (name, at)
SELECT %(name)s, clock_timestamp() WHERE NOT EXISTS (SELECT FROM beaten)
ON CONFLICT DO NOTHING
"""
_AGE = "SELECT extract(epoch FROM clock_timestamp() - at) FROM delivery_heartbeat WHERE name = %(name)s"


def beat(name: str) -> None:
    """Note that something happened just now."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"name": name})


def age(name: str) -> float | None:
    """Return how many seconds ago it happened last, to the second; None where it never did."""
    with connection.cursor() as cursor:
        cursor.execute(_AGE, {"name": name})
        row = cursor.fetchone()
    return float(row[0]) if row else None
