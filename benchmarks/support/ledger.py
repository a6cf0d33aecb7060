"""What the ledger says about a dispatch, read past the product: by plain SQL, over connections of our own.

So it can be asked at any moment, also between two deaths of the server.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import psycopg

from benchmarks.support.waits import wait_for

_STATE = "SELECT state, reason, recipients, released_at, spread_at, finished_at FROM delivery_dispatch WHERE id = %s"
_TIMES = """
SELECT extract(epoch FROM d.released_at)::float8, extract(epoch FROM d.spread_at)::float8,
       extract(epoch FROM d.finished_at)::float8,
       (SELECT extract(epoch FROM min(v.at))::float8 FROM delivery_delivery v WHERE v.dispatch_id = d.id),
       (SELECT extract(epoch FROM max(v.at))::float8 FROM delivery_delivery v WHERE v.dispatch_id = d.id)
FROM delivery_dispatch d WHERE d.id = %s
"""
_OUTCOMES = "SELECT outcome, count(*) FROM delivery_delivery WHERE dispatch_id = %s GROUP BY 1"
FINAL_STATES = ("sent", "partly", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since 1970; 0 where it has not happened."""

    released: float
    spread: float
    finished: float
    first: float
    last: float


def connect() -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the run's database. Raises psycopg.OperationalError while it is away."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5)


def state(dispatch: int) -> tuple[str, str]:
    """Return a dispatch's state and its reason."""
    with connect() as database:
        row = database.execute(_STATE, (dispatch,)).fetchone()
    assert row is not None
    return str(row[0]), str(row[1])


def times(dispatch: int) -> Times:
    """Return when what happened."""
    with connect() as database:
        row = database.execute(_TIMES, (dispatch,)).fetchone()
    assert row is not None
    return Times(*(float(moment) if isinstance(moment, float) else 0.0 for moment in row))


def outcomes(dispatch: int) -> dict[str, int]:
    """Return how many recipients ended how."""
    with connect() as database:
        return {str(name): int(str(number)) for name, number in database.execute(_OUTCOMES, (dispatch,)).fetchall()}


def count(dispatch: int) -> int:
    """Return how many recipients have an outcome."""
    return sum(outcomes(dispatch).values())


def wait_until_finished(dispatch: int, *, seconds: float) -> None:
    """Wait for the end of a dispatch. Raises SystemExit where it waits for a person, or takes too long."""

    def is_finished() -> bool:
        now, reason = state(dispatch)
        if now in ("paused", "blocked", "unconfirmed"):
            raise SystemExit(f"The dispatch is {now}: {reason}")
        return now in FINAL_STATES

    wait_for(is_finished, seconds=seconds, description="the dispatch is finished", interval=0.2)
