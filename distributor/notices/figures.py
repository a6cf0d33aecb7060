"""A publication's week in figures, noted on Monday morning of its own clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from distributor.audience import growth
from distributor.audience.models import MailingList
from distributor.delivery.mail import ledger as mail_ledger
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.claims import is_addressed
from distributor.domain.states import State
from distributor.insights import tracking
from distributor.letters.models import Publication
from distributor.notices import ledger
from distributor.notices.kinds import FIGURES
from distributor.webhooks.outbox import News, announce

HOUR: Final = time(8)
WEEK: Final = timedelta(days=7)
STALE: Final = timedelta(days=1)  # after that nobody is told of the week before any more
_OUT: Final = (State.SENT.value, State.PARTLY.value, State.RECALLING.value, State.RECALLED.value)


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What happened in a week, from a Monday to a Sunday. `mails` were accepted, `people` are on the lists at its end.

    `openers` and `clickers` count people, each once a mailing, and go on growing for some days.
    """

    letters: int
    posts: int
    mails: int
    openers: int
    clickers: int
    failures: int
    newcomers: int
    departures: int
    people: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.letters or self.posts or self.mails or self.failures or self.newcomers or self.departures)


def look(now: datetime) -> None:
    """Write down the figures of the week that is over, where a publication's Monday has come by `now` (aware)."""
    mondays = {publication: _due_monday(publication, now) for publication in Publication.objects.order_by("pk")}
    keys = {f"{publication.pk} {monday}": (publication, monday) for publication, monday in mondays.items() if monday}
    for key in sorted(ledger.unknown(FIGURES, keys)):
        publication, monday = keys[key]
        _note(key, publication, monday - WEEK, now)


def _note(key: str, publication: Publication, monday: date, now: datetime) -> None:
    week = week_figures(publication, monday)
    if week.is_empty:
        return
    data = {"from": f"{monday}", "until": f"{monday + WEEK - timedelta(days=1)}", **asdict(week)}
    ledger.note(FIGURES, [ledger.NewNotice(key, publication.pk, data)], at=now)
    announce("figures.week", [News(publication.pk, data)])


def _due_monday(publication: Publication, now: datetime) -> date | None:
    """Return the Monday of this week where its hour has come, and is not long past."""
    zone = ZoneInfo(publication.time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    due = datetime.combine(monday, HOUR, zone)
    return monday if due <= now < due + STALE else None


def week_figures(publication: Publication, monday: date) -> WeekFigures:
    """Return the figures of the week that begins on this Monday, on the publication's clock."""
    zone = ZoneInfo(publication.time_zone)
    begin, end = (datetime.combine(day, time(), zone) for day in (monday, monday + WEEK))
    rows = Dispatch.objects.filter(publication=publication, released_at__gte=begin, released_at__lt=end)
    dispatches = list(rows.only("pk", "channel", "letter", "state", "spread_from", "recipients"))
    releases = [dispatch for dispatch in dispatches if dispatch.state in _OUT]
    mailings = [dispatch for dispatch in releases if is_addressed(dispatch.channel)]
    counts = mail_ledger.counts(mailings)
    lists = list(MailingList.objects.filter(publication=publication))
    days = growth.growth(lists, until=monday + WEEK - timedelta(days=1), days=WEEK.days) if lists else []
    return WeekFigures(
        letters=len({dispatch.letter_id for dispatch in releases if dispatch.letter_id}),
        posts=len(releases) - len(mailings),
        mails=sum(counts[dispatch.pk].accepted for dispatch in mailings),
        openers=sum(tracking.people_of([dispatch.pk for dispatch in mailings]).values()),
        clickers=sum(tracking.clicks_of(dispatch.pk).people for dispatch in mailings),
        failures=sum(dispatch.state == State.FAILED.value for dispatch in dispatches),
        newcomers=sum(day.newcomers for day in days),
        departures=sum(day.departures for day in days),
        people=days[-1].active if days else 0,
    )
