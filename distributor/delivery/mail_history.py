"""What mail servers took for a few people, out of the ledger: fills `audience.mail_history.ACCEPTANCES`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from distributor.domain.bounces import Acceptance

# The ledger has no index by person, but its primary key begins with the dispatch: so each of the dispatches of that
# time is asked for these people.
_ACCEPTANCES = """
SELECT d.subscriber_id, d.dispatch_id, d.at
FROM delivery_dispatch p
CROSS JOIN unnest(%(subscribers)s::bigint[]) AS person(id)
JOIN delivery_delivery d ON d.dispatch_id = p.id AND d.subscriber_id = person.id
WHERE p.released_at BETWEEN %(since)s AND %(until)s AND p.spread_from IS NOT NULL
  AND d.outcome = 'accepted' AND d.at <= %(until)s
"""


def acceptances(subscribers: Collection[int], *, since: datetime, until: datetime) -> dict[int, list[Acceptance]]:
    """Return the mails to these subscribers that were accepted, of dispatches released in that time (aware)."""
    by_subscriber: dict[int, list[Acceptance]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTANCES, {"subscribers": list(subscribers), "since": since, "until": until})
        for subscriber, dispatch, at in cursor.fetchall():
            by_subscriber.setdefault(subscriber, []).append(Acceptance(dispatch, at))
    return by_subscriber
