"""When a webhook that was not taken is tried again, and when its endpoint is left alone.

The delays are those of https://www.standardwebhooks.com (“Deliverability and reliability”), for three days in all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 20)),
)
PATIENCE: Final = timedelta(days=3)
JITTER: Final = 0.2  # of a delay, either way: what failed together does not come back together
# An endpoint that only fails is switched off after so long, and so many calls: a weekly letter may fail twice a month.
FAILURE_SPAN: Final = timedelta(days=3)
FAILING_CALLS: Final = 10
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
_FREE_FAILURES: Final = 2


def next_try(
    tries: int, *, since: datetime, now: datetime, chance: float, earliest: datetime | None = None
) -> datetime | None:
    """Return when to try again after `tries` tries (from 1) since a moment, None for never; times are aware.

    `chance` is a random number from 0 to 1, `earliest` the moment that the answer named (Retry-After). The last try is
    three days after the first at the latest.
    """
    end = since + PATIENCE
    if tries > len(DELAYS) or now >= end:
        return None
    moment = now + DELAYS[tries - 1] * (1 + JITTER * (2 * chance - 1))
    return min(max(moment, earliest or moment), end)


def pause(failures: int) -> timedelta:
    """Return for how long an endpoint is left alone after so many failures in a row: other messages wait as well."""
    if failures <= _FREE_FAILURES:
        return timedelta(0)
    doublings: int = min(failures - _FREE_FAILURES - 1, 10)
    return min(_PAUSE * (1 << doublings), _LONGEST_PAUSE)


def is_hopeless(*, failing_since: datetime, failures: int, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    return failures >= FAILING_CALLS and now - failing_since >= FAILURE_SPAN
