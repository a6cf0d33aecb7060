"""All that readers did with a mailing, in figures: taken now where it is small, else as it was added up lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from distributor.audience.models import Subscription
from distributor.domain.tally_times import is_due
from distributor.insights import mail_figures, tracking
from distributor.insights.models import Tally

LARGE: Final = 20_000  # recipients: what these did is added up in some milliseconds
COURSE_HOURS: Final = 48

# Each person's first open and first click, by the hour since the release.
_COURSE = """
SELECT hour, sum(opens), sum(clicks) FROM (
    SELECT floor(extract(epoch FROM min(at) - %(since)s) / 3600)::int AS hour, 1 AS opens, 0 AS clicks
    FROM insights_open WHERE dispatch_id = %(dispatch)s GROUP BY subscriber_id
    UNION ALL
    SELECT floor(extract(epoch FROM min(at) - %(since)s) / 3600)::int, 0, 1
    FROM insights_click WHERE dispatch_id = %(dispatch)s GROUP BY subscriber_id) readers
GROUP BY hour ORDER BY hour
"""


@dataclass(frozen=True, slots=True)
class CourseHour:
    """How many people opened a mailing, or followed a link of it, for the first time in an hour since its release."""

    hour: int
    opens: int
    clicks: int


@dataclass(frozen=True, slots=True)
class MailTally:
    """What readers did with a mailing up to a moment (aware).

    `returns` are the people whose mail came back, by kind; `leavers` those who left by it; `course` the hours in which
    anything happened, those after `COURSE_HOURS` as one.
    """

    at: datetime
    opens: tracking.ClickCount
    clicks: tracking.Clicks
    returns: Mapping[str, int]
    leavers: int
    course: tuple[CourseHour, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types, without the moment."""
        return {name: value for name, value in asdict(self).items() if name != "at"}


def of(dispatch_id: int, *, released_at: datetime, recipients: int) -> MailTally | None:
    """Return a mailing's figures, None for a large one that is not added up yet. Times are aware."""
    if recipients <= LARGE:
        return take(dispatch_id, released_at=released_at)
    row = Tally.objects.filter(dispatch_id=dispatch_id).first()
    return _read(row) if row is not None else None


def take(dispatch_id: int, *, released_at: datetime) -> MailTally:
    """Add up a mailing now: with a million recipients that takes seconds."""
    at = timezone.now()
    leavers = Subscription.objects.filter(left_dispatch_id=dispatch_id, state=Subscription.State.LEFT)
    return MailTally(
        at=at,
        opens=tracking.opens_of(dispatch_id),
        clicks=tracking.clicks_of(dispatch_id),
        returns=mail_figures.returns_of(dispatch_id),
        leavers=leavers.values("subscriber_id").distinct().count(),
        course=_course(dispatch_id, released_at),
    )


def renew(mailings: Iterable[tuple[int, datetime]], *, now: datetime) -> int:
    """Add up those large mailings (number, release) that are due; return how many. Several may do so at once."""
    release_times = dict(mailings)
    tally_times = dict(Tally.objects.filter(dispatch_id__in=release_times).values_list("dispatch_id", "at"))
    count = 0
    for dispatch_id, released_at in release_times.items():
        if is_due(released_at, tally_times.get(dispatch_id), now):
            tally = take(dispatch_id, released_at=released_at)
            Tally.objects.update_or_create(
                dispatch_id=dispatch_id, defaults={"at": tally.at, "figures": tally.to_json()}
            )
            count += 1
    return count


def _course(dispatch_id: int, released_at: datetime) -> tuple[CourseHour, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_COURSE, {"dispatch": dispatch_id, "since": released_at})
        rows = cursor.fetchall()
    hours = [CourseHour(max(hour, 0), int(opens), int(clicks)) for hour, opens, clicks in rows if hour < COURSE_HOURS]
    later = [(int(opens), int(clicks)) for hour, opens, clicks in rows if hour >= COURSE_HOURS]
    if later:
        opens, clicks = (sum(counts) for counts in zip(*later, strict=True))
        hours.append(CourseHour(COURSE_HOURS, opens, clicks))
    return tuple(hours)


def _read(row: Tally) -> MailTally:
    figures = row.figures
    links = tuple((number, tracking.ClickCount(**count)) for number, count in figures["clicks"].pop("links"))
    return MailTally(
        at=row.at,
        opens=tracking.ClickCount(**figures["opens"]),
        clicks=tracking.Clicks(**figures["clicks"], links=links),
        returns=figures["returns"],
        leavers=figures["leavers"],
        course=tuple(CourseHour(**hour) for hour in figures["course"]),
    )
