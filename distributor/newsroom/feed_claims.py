"""Who looks at a feed: the tick claims what is due by the database's clock, and wakes a worker for each.

Any number of ticks may run at once. A claim ends by itself: what a killed worker took is claimed again.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction

from distributor.delivery import wakeups
from distributor.domain.errors import BadInput
from distributor.newsroom.models import WatchedFeed

AT_ONCE = 50
# Longer than a look can take: 30 s for the feed, as much for its parser, and its entries.
CLAIM_TIME = timedelta(minutes=3)

_DUE = """
SELECT id FROM newsroom_watchedfeed
WHERE state = 'watched' AND next_look_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
ORDER BY next_look_at, id
LIMIT %(most)s
FOR UPDATE SKIP LOCKED
"""
_CLAIM = """
UPDATE newsroom_watchedfeed SET claim = gen_random_uuid(), claimed_until = now() + %(seconds)s * interval '1 second'
WHERE id = ANY(%(ids)s) RETURNING id, claim
"""
_CLAIM_NOW = """
UPDATE newsroom_watchedfeed SET claim = %(claim)s, claimed_until = now() + %(seconds)s * interval '1 second',
    next_cause = 'person'
WHERE id = %(id)s AND state = 'watched' AND (claimed_until IS NULL OR claimed_until <= now())
"""


@transaction.atomic
def claim_due() -> int:
    """Claim the feeds that are due and wake workers for them; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"most": AT_ONCE})
        ids = [id_ for (id_,) in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(_CLAIM, {"ids": ids, "seconds": CLAIM_TIME.total_seconds()})
        claims = cursor.fetchall()
    for feed_id, claim in claims:
        wakeups.after_commit("newsroom.look", feed_id, str(claim))
    return len(claims)


def claim_now(feed: WatchedFeed) -> UUID:
    """Claim one feed for who looks at it right here. Raises BadInput where it is not watched, or is being looked at."""
    claim = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_NOW, {"claim": claim, "seconds": CLAIM_TIME.total_seconds(), "id": feed.pk})
        if cursor.rowcount:
            return claim
    feed.refresh_from_db()
    if feed.state != WatchedFeed.State.WATCHED:
        raise BadInput(f"{feed.name} is {feed.state} and is not looked at: resume it first.")
    raise BadInput(f"{feed.name} is being looked at right now: see what comes of it.")
