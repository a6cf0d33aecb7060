"""What became of the mails to one person, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from distributor.delivery.models import Dispatch

# The ledger has no index by person, but its primary key begins with the dispatch: so the mailings are gone through from
# the latest on, until there are enough.
_DELIVERIES = """
SELECT p.id, d.outcome, d.detail, d.at
FROM delivery_dispatch p
JOIN delivery_delivery d ON d.dispatch_id = p.id AND d.subscriber_id = %(subscriber)s
WHERE p.spread_from IS NOT NULL AND p.id < %(before)s
ORDER BY p.id DESC LIMIT %(most)s
"""
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PersonMail:
    """One mail to somebody: of which dispatch, and what became of it, as the ledger has it."""

    dispatch: Dispatch
    outcome: str
    detail: str
    at: datetime


def mails_to(subscriber_id: int, *, before: int | None, most: int) -> list[PersonMail]:
    """Return so many mails to somebody, the latest dispatch first; with `before` those of a lower dispatch's number."""
    limits = {"subscriber": subscriber_id, "before": _LARGEST if before is None else before, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES, limits)
        rows = cursor.fetchall()
    dispatches = Dispatch.objects.select_related("letter", "digest", "publication")
    by_id = dispatches.defer("variant", "approved_variant").in_bulk([number for number, *_ in rows])
    return [PersonMail(by_id[number], outcome, detail, at) for number, outcome, detail, at in rows]
