"""When a digest is due: at its hour on the subscriber's own clock, once a local day or week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum

from distributor.domain.letters import PublicationView
from distributor.domain.times import at_local


class Cadence(Enum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# How far back a digest looks for letters: a little further than its own distance, for runs that were missed.
REACH = {Cadence.DAILY: timedelta(days=7), Cadence.WEEKLY: timedelta(days=28)}
MOST_LETTERS = 30  # the newest; the archive has the others
# A page may be committed a little after the time that it carries: a digest leaves the last moments to the next one.
MARGIN = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DigestHour:
    """The local hour (0 to 23) at which digests go out, and the day of the week (0 is Monday) of the weekly one."""

    hour: int = 8
    weekday: int = 0

    @property
    def clock(self) -> str:
        """The hour as people read it: `8:00`."""
        return f"{self.hour}:00"

    @property
    def weekday_name(self) -> str:
        """The day of the weekly one: `Monday`."""
        return WEEKDAYS[self.weekday]


def due_day(cadence: Cadence, at: DigestHour, *, zone: tzinfo, now: datetime, not_before: datetime) -> date | None:
    """Return the local day whose digest is due in this zone and may still go out, or None.

    A daily one goes out late on its own day and not after it: the next one has its letters. A weekly one that was
    missed is made up for within six days. Nothing is due for an hour before `not_before` (aware), when digests were
    switched on. An hour that the clocks skip or repeat comes once, as `times.at_local` says.
    """
    today = now.astimezone(zone).date()
    back = 0 if cadence is Cadence.DAILY else (today.weekday() - at.weekday) % 7
    day = today - timedelta(days=back)
    due = at_local(datetime.combine(day, time(at.hour)), zone)
    return day if not_before <= due <= now else None


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """One letter as a digest shows it. `moment` is when its page went live (see `moment_of`); the rest is ready text.

    `url` is ASCII; `picture` and the lines are empty where the letter has none. `picture_width` and `picture_height`
    are CSS pixels, 0 where nobody knows. `language` is a BCP 47 tag, "" for the publication's.
    """

    moment: int
    title: str
    url: str
    lead: str = ""
    series_line: str = ""
    authors_line: str = ""
    date_line: str = ""
    picture: str = ""
    picture_width: int = 0
    picture_height: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class TopLetter:
    """One of the most read letters; `url` is ASCII."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest as rendering sees it: its letters, the newest first and at least one, and the most read ones."""

    publication: PublicationView
    cadence: Cadence
    letters: tuple[DigestLetter, ...]
    top: tuple[TopLetter, ...] = ()


def moment_of(time: datetime) -> int:
    """Return a time (aware) in whole microseconds since 1970: exact, and comparable in templates."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def time_of(moment: int) -> datetime:
    """Return the time (UTC) that `moment_of` was given."""
    return _EPOCH + timedelta(microseconds=moment)
