"""When a digest is due: at its hour on the subscriber's own clock, once a local day or week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum

from distributor.domain.planning import at_local


class Cadence(Enum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"


# How far back a digest looks for letters: a little further than its own distance, for runs that were missed.
REACH = {Cadence.DAILY: timedelta(days=7), Cadence.WEEKLY: timedelta(days=28)}
MOST_LETTERS = 30  # the newest; the archive has the others


@dataclass(frozen=True, slots=True)
class DigestHour:
    """The local hour (0 to 23) at which digests go out, and the day of the week (0 is Monday) of the weekly one."""

    hour: int = 8
    weekday: int = 0


def due_day(cadence: Cadence, at: DigestHour, *, zone: tzinfo, now: datetime, not_before: datetime) -> date | None:
    """Return the local day whose digest is due in this zone and may still go out, or None.

    A daily one goes out late on its own day and not after it: the next one has its letters. A weekly one that was
    missed is made up for within six days. Nothing is due for an hour before `not_before` (aware), when digests were
    switched on. An hour that the clocks skip or repeat comes once, as `planning.at_local` says.
    """
    today = now.astimezone(zone).date()
    back = 0 if cadence is Cadence.DAILY else (today.weekday() - at.weekday) % 7
    day = today - timedelta(days=back)
    due = at_local(datetime.combine(day, time(at.hour)), zone)
    return day if not_before <= due <= now else None
