"""How many people a mailing would go to, before it is queued: exactly those whom its spreading would take now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection

from distributor.audience import segments
from distributor.audience.models import Segment

# As `queries.SPREAD` takes them: each once, however many of the lists they are on.
_COUNT: Final = """
SELECT count(*) FROM (
    SELECT DISTINCT u.subscriber_id AS id FROM audience_subscription u
    WHERE u.list_id = ANY(%(lists)s) AND u.state = 'active' AND u.cadence = 'each letter') candidate
JOIN audience_subscriber s ON s.id = candidate.id
WHERE NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = lower(s.email))
  AND ({also})
"""


def count(list_ids: Iterable[int], segment: Segment | None = None) -> int:
    """Return how many would get a letter that goes to these lists now, or to those on them who are in a segment."""
    condition, parameters = segments.condition(segment) if segment else ("true", {})
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.replace("{also}", condition), {**parameters, "lists": list(list_ids)})
        return int(cursor.fetchone()[0])
