"""What the desk's calendar shows: months, weeks and lists of days, on the publication's clock."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import slots
from distributor.delivery.planning.earliest_release import quiet_hours, zone_of
from distributor.delivery.reports import calendar
from distributor.delivery.reports.calendar import CalendarEntry
from distributor.domain import calendar_grid
from distributor.domain.calendar_grid import CalendarDay, ClockHour, calendar_day
from distributor.domain.planning import after_quiet
from distributor.domain.slots import slot_times
from distributor.domain.times import zone_label
from distributor.letters.models import Publication

VIEWS: Final = {"month": _("Month"), "week": _("Week"), "list": pgettext_lazy("view", "List")}
LIST_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot of a channel at which nothing goes out yet."""

    channel: str
    label: str
    clock: str


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day: `note` says how many hours it has where that is not 24, `beside` whether it is of another month."""

    day: date
    title: str
    is_today: bool
    beside: bool = False
    note: str = ""
    entries: Sequence[CalendarEntry] = ()

    @property
    def iso(self) -> str:
        """The day as addresses and forms have it."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class HourCell:
    """One hour of one day."""

    day: date
    title: str
    hour: ClockHour
    quiet: bool
    entries: Sequence[CalendarEntry] = ()
    free_slots: Sequence[FreeSlot] = ()


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of the clock with its cell of each day; None where the clocks skip it, or it does not come twice."""

    hour: ClockHour
    label: str
    cells: Sequence[HourCell | None]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A calendar as it is drawn: weeks of a month, or a week's days and the rows of its hours, or a list of days.

    `complete` is False where there is more in it than is drawn.
    """

    view: str
    title: str
    zone: str
    before: date
    after: date
    complete: bool
    weeks: Sequence[Sequence[DayCell]] = ()
    days: Sequence[DayCell] = ()
    rows: Sequence[HourRow] = ()
    weekdays: Sequence[str] = field(default=())


def calendar_page(
    publication: Publication, view: str, day: date, *, now: datetime, channels: Collection[str] = ()
) -> CalendarPage:
    """Return a publication's calendar around a day, with only these channels where any are named."""
    zone = zone_of(publication)
    dates = _dates(view, day)
    begin, end = calendar_day(dates[0], zone).begins, calendar_day(dates[-1], zone).ends
    dispatches, complete = calendar.parts_between(publication, begin, end, channels=channels)
    today, month = now.astimezone(zone).date(), day.month if view == "month" else None
    entries = calendar.entries(dispatches, cell=lambda moment: moment.astimezone(zone).date())
    cells = [_day_cell(cell_day, zone, today, entries.get(cell_day, ()), month=month) for cell_day in dates]
    in_short = gettext("j M Y")
    page = CalendarPage(
        view=view,
        title=f"{date_format(dates[0], in_short)} – {date_format(dates[-1], in_short)}",
        zone=zone_text(publication.time_zone, begin, end),
        before=dates[0] - timedelta(days=len(dates)),
        after=dates[-1] + timedelta(days=1),
        complete=complete,
        days=cells,
    )
    if view == "week":
        return replace(page, rows=_rows(publication, dates, dispatches, now=now, channels=channels))
    if view == "month":
        return replace(
            page,
            title=date_format(day, gettext("F Y")),
            before=calendar_grid.next_month(day, step=-1),
            after=calendar_grid.next_month(day),
            weeks=[cells[number : number + 7] for number in range(0, len(cells), 7)],
            weekdays=[date_format(cell.day, "D") for cell in cells[:7]],
        )
    return page


def zone_text(name: str, begin: datetime, end: datetime) -> str:
    """Return a zone with what it is called from one moment to another: “America/New_York (EST, EDT)”."""
    zone = ZoneInfo(name)
    labels = dict.fromkeys((zone_label(begin, zone), zone_label(end - timedelta(minutes=1), zone)))
    return name if list(labels) == [name] else f"{name} ({', '.join(labels)})"


def clock_text(moment: datetime, zone: str) -> str:
    """Return a moment's time of day with its zone: “09:00 KST”."""
    clock = ZoneInfo(zone)
    return f"{moment.astimezone(clock):%H:%M} {zone_label(moment, clock)}"


def _dates(view: str, day: date) -> list[date]:
    if view == "month":
        return [cell_day for week in calendar_grid.month_of(day) for cell_day in week]
    if view == "week":
        return list(calendar_grid.week_of(day))
    return [day + timedelta(days=number) for number in range(LIST_DAYS)]


def _day_cell(
    day: date, zone: ZoneInfo, today: date, entries: Sequence[CalendarEntry], *, month: int | None
) -> DayCell:
    return DayCell(
        day=day,
        title=date_format(day, gettext("l j F Y")),
        is_today=day == today,
        beside=month is not None and day.month != month,
        note=_length_note(calendar_day(day, zone)),
        entries=entries,
    )


def _length_note(day: CalendarDay) -> str:
    """Say how many hours a day has where the clocks are set on it."""
    if day.hours == 24:
        return ""
    return gettext("%(hours)s hours: the clocks are set") % {"hours": f"{day.hours:g}"}


def _rows(
    publication: Publication,
    dates: Sequence[date],
    dispatches: Sequence[Dispatch],
    *,
    now: datetime,
    channels: Collection[str],
) -> list[HourRow]:
    zone = zone_of(publication)

    def place(moment: datetime) -> Hashable:
        return moment.astimezone(zone).date(), calendar_grid.hour_of(moment, zone)

    entries = calendar.entries(dispatches, cell=place)
    free_slots = _free_slots(publication, dates, dispatches, now=now, channels=channels)
    hours = {day: calendar_grid.clock_hours(day, zone) for day in dates}
    rows = []
    for hour in calendar_grid.hour_rows(dates, zone):
        cells = [
            _hour_cell(publication, day, hour, hours[day][hour], entries, free_slots) if hour in hours[day] else None
            for day in dates
        ]
        rows.append(HourRow(hour, _hour_label(hour), cells))
    return rows


def _hour_label(hour: ClockHour) -> str:
    clock = f"{hour.hour:02}:00"
    return gettext("%(clock)s again") % {"clock": clock} if hour.fold else clock


def _hour_cell(
    publication: Publication,
    day: date,
    hour: ClockHour,
    begin: datetime,
    entries: Mapping[Hashable, Sequence[CalendarEntry]],
    free_slots: Mapping[Hashable, Sequence[FreeSlot]],
) -> HourCell:
    quiet = quiet_hours(publication)
    is_quiet = quiet is not None and after_quiet(begin, quiet, zone_of(publication)) > begin
    key = (day, hour)
    return HourCell(day, date_format(day, "D j"), hour, is_quiet, entries.get(key, ()), free_slots.get(key, ()))


def _free_slots(
    publication: Publication,
    dates: Sequence[date],
    dispatches: Sequence[Dispatch],
    *,
    now: datetime,
    channels: Collection[str],
) -> dict[Hashable, list[FreeSlot]]:
    """Return the slots of these days that are still to come and free, by day and hour."""
    zone = zone_of(publication)
    begin, end = calendar_day(dates[0], zone).begins, calendar_day(dates[-1], zone).ends
    occupancy = {
        (dispatch.channel, calendar.time_of(dispatch).replace(second=0, microsecond=0)) for dispatch in dispatches
    }
    free: dict[Hashable, list[FreeSlot]] = {}
    for channel in channels or registry.names():
        for at in slot_times(slots.slots_of(publication, channel), max(begin, now), zone):
            if at >= end:
                break
            if (channel, at) not in occupancy:
                key = (at.astimezone(zone).date(), calendar_grid.hour_of(at, zone))
                clock = clock_text(at, publication.time_zone)
                free.setdefault(key, []).append(FreeSlot(channel, registry.label(channel), clock))
    return free
