"""Counters that never go back, from tables that are too long to be counted at each scrape.

What ended since the last scrape is added to totals; mailings that are under way are counted from their batches, and
added to the totals once nothing happens to them any more. The first scrape ever begins: what was before it is in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import Any, get_args

from django.db import connection, transaction

from distributor.delivery.metrics import queries
from distributor.domain.outcomes import Outcome

LAG_SECONDS = 5  # within which a transaction that notes an end is committed
MAILINGS_AT_ONCE = 100  # that go into the totals at a scrape

OUTCOMES = tuple(outcome.__name__.lower() for outcome in get_args(Outcome))  # as attempts name them
Totals = Mapping[str, Mapping[tuple[str, ...], float]]


@transaction.atomic
def bring_up_to_date() -> Totals:
    """Return all totals by metric and labels, of which none is ever less than it was. What is not there is 0."""
    parameters: dict[str, Any] = {
        "lag": LAG_SECONDS,
        "most": MAILINGS_AT_ONCE,
        "bounds": list(queries.LATENESS_BOUNDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.BEGIN, parameters)
        cursor.execute(queries.ADVANCE, parameters)  # from here on others wait until we are done
        parameters["after"], parameters["through"] = cursor.fetchone()
        for query in (queries.ADD_ATTEMPTS, queries.ADD_RELEASES, queries.ADD_DELIVERIES):
            cursor.execute(query, parameters)
        totals: defaultdict[str, defaultdict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
        for query in (queries.TOTALS, queries.UNDER_WAY):
            cursor.execute(query)
            for metric, labels, value in cursor.fetchall():
                totals[metric][tuple(labels)] += float(value)
        # A counter that is not there before its first event misses that one: Prometheus sees no rise.
        cursor.execute(queries.ACCOUNT_CHANNELS)
        for channel, outcome in product((channel for (channel,) in cursor.fetchall()), OUTCOMES):
            totals["attempts"][channel, outcome] += 0
    return totals
