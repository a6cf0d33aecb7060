"""Who refused a mailing and who puts it off: by domain and by the code that their mail servers gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import F, Func, IntegerField, Sum

from distributor.delivery.models import Batch, Dispatch

MOST_PEOPLE: Final = 5_000  # are looked at: a page has to be there at once, and these say who refuses
MOST_ROWS: Final = 20

_CODE = r"coalesce(substring({} FROM '^([245]\.[0-9]+\.[0-9]+|[245][0-9][0-9])'), '')"
_DOMAIN = "lower(split_part(s.email, '@', -1))"

_REFUSALS = f"""
SELECT {_DOMAIN}, CASE WHEN o.outcome = 'failed' THEN '' ELSE {_CODE.format("o.detail")} END, count(*), min(o.detail)
FROM (SELECT subscriber_id, outcome, detail FROM delivery_delivery
      WHERE dispatch_id = %(dispatch)s AND outcome IN ('rejected', 'failed') LIMIT %(most)s) o
JOIN audience_subscriber s ON s.id = o.subscriber_id
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""  # noqa: S608 # made of constants, here and below

# Those of open batches that were tried before, with what was said at their last try.
_DEFERRALS = f"""
SELECT {_DOMAIN}, t.code, count(*), min(t.reason)
FROM (SELECT unnest(b.subscribers) AS subscriber_id FROM delivery_batch b
      WHERE b.dispatch_id = %(dispatch)s AND b.state <> 'done' AND b.round > 0 LIMIT %(most)s) o
JOIN audience_subscriber s ON s.id = o.subscriber_id
CROSS JOIN LATERAL (
    SELECT code, reason FROM delivery_attempt a
    WHERE a.dispatch_id = %(dispatch)s AND a.subscriber_id = o.subscriber_id ORDER BY a.number DESC LIMIT 1) t
WHERE NOT EXISTS (
    SELECT 1 FROM delivery_delivery d WHERE d.dispatch_id = %(dispatch)s AND d.subscriber_id = o.subscriber_id)
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one domain's mail servers answered with one code ("" for none), for how many people; `example`: words."""

    domain: str
    code: str
    people: int
    example: str


@dataclass(frozen=True, slots=True)
class Troubles:
    """The most frequent troubles of a mailing, of `sample_size` people; `remainder` are those in no row here."""

    rows: tuple[Trouble, ...] = ()
    sample_size: int = 0
    remainder: int = 0

    @property
    def is_sample(self) -> bool:
        """Whether there are more people than are in the sample."""
        return self.sample_size >= MOST_PEOPLE


def refusals(dispatch: Dispatch) -> Troubles:
    """Return who refused a mailing for good, or was given up."""
    return _troubles(_REFUSALS, dispatch)


def deferrals(dispatch: Dispatch) -> Troubles:
    """Return who puts a mailing off: it is tried again."""
    return _troubles(_DEFERRALS, dispatch)


def deferred_people(dispatch: Dispatch) -> int:
    """Return how many people of a mailing were tried and are to be tried again."""
    open_batches = Batch.objects.filter(dispatch=dispatch, round__gt=0).exclude(state=Batch.State.DONE)
    size = Func(F("subscribers"), function="cardinality", output_field=IntegerField())
    outcomes = F("accepted") + F("rejected") + F("left") + F("failed") + F("cancelled")
    return int(open_batches.aggregate(people=Sum(size - outcomes))["people"] or 0)


def _troubles(statement: str, dispatch: Dispatch) -> Troubles:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"dispatch": dispatch.pk, "most": MOST_PEOPLE})
        rows = [Trouble(*row) for row in cursor.fetchall()]
    sample_size = sum(row.people for row in rows)
    top_rows = tuple(rows[:MOST_ROWS])
    return Troubles(top_rows, sample_size, sample_size - sum(row.people for row in top_rows))
