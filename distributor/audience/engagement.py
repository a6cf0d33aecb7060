"""What subscribers did with their mail, added up per person for segments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

# Sorted by number, so that two workers that note the same people never wait for each other in a circle. Who was
# erased in the meantime is left out. `opens` and `clicks` say what one row counts as: 1 or 0.
_NOTE = """
INSERT INTO audience_engagement AS e (subscriber_id, opens, clicks, last_open_at, last_click_at)
SELECT s.id, count(*) * %(opens)s, count(*) * %(clicks)s, max(seen.at), CASE WHEN %(clicks)s = 1 THEN max(seen.at) END
FROM unnest(%(ids)s::bigint[], %(times)s::timestamptz[]) AS seen(id, at)
JOIN audience_subscriber s ON s.id = seen.id
GROUP BY s.id
ORDER BY s.id
ON CONFLICT (subscriber_id) DO UPDATE
SET opens = e.opens + excluded.opens, clicks = e.clicks + excluded.clicks,
    last_open_at = greatest(e.last_open_at, excluded.last_open_at),
    last_click_at = greatest(e.last_click_at, excluded.last_click_at)
"""


def note_opens(rows: Iterable[tuple[int, datetime]]) -> int:
    """Add opens, as (subscriber id, aware time) pairs in any order, and return how many people they were about.

    One statement whatever the size. Counters grow with every call, times only go forward. An id that is not there
    (any more) is passed over.
    """
    return _note(rows, opens=1, clicks=0)


def note_clicks(rows: Iterable[tuple[int, datetime]]) -> int:
    """Add clicks; as `note_opens`. Who clicks has opened, also where pictures are blocked: `last_open_at` moves too."""
    return _note(rows, opens=0, clicks=1)


def _note(rows: Iterable[tuple[int, datetime]], *, opens: int, clicks: int) -> int:
    ids, times = [], []
    for subscriber, at in rows:
        ids.append(subscriber)
        times.append(at)
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"ids": ids, "times": times, "opens": opens, "clicks": clicks})
        return int(cursor.rowcount)
