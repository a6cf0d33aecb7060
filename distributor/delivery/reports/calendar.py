"""What is, or was, to go out between two moments, for a calendar: dispatches of one letter that are close together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import slots
from distributor.domain.dispatch_actions import MOVABLE
from distributor.domain.states import State
from distributor.letters.models import Publication

# What is no part of a timetable: it went nowhere, or is gone.
_ABSENT = (State.CANCELLED.value, State.RECALLED.value)
MOST = 1_000  # dispatches in one calendar: beyond that a person looks at a shorter span, and is told so


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """One dispatch in a calendar. `at` (aware) is when it went out, or is to."""

    id: int
    channel: str
    target: str
    state: str
    at: datetime
    movable: bool

    @property
    def label(self) -> str:
        """Its channel as people see it."""
        return registry.label(self.channel)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar shows as one: dispatches of a letter, or of a digest, the earliest first.

    `zone` is its publication's.
    """

    letter: int | None
    title: str
    language: str
    zone: str
    parts: tuple[CalendarPart, ...]

    @property
    def at(self) -> datetime:
        """When the first of them goes out."""
        return self.parts[0].at

    @property
    def handle(self) -> CalendarPart | None:
        """The dispatch by which it is moved: the first one that can be; None where none can."""
        return next((part for part in self.parts if part.movable), None)

    @property
    def states(self) -> tuple[str, ...]:
        """The states of its parts, each once."""
        return tuple(dict.fromkeys(part.state for part in self.parts))


def parts_between(
    publication: Publication, begin: datetime, end: datetime, *, channels: Collection[str] = ()
) -> tuple[list[Dispatch], bool]:
    """Return what is in a publication's calendar from a moment (aware) until before another, and whether that is all.

    With `channels` only what goes out there.
    """
    due = Q(state__in=slots.TO_COME, due_at__gte=begin, due_at__lt=end)
    out = Q(released_at__gte=begin, released_at__lt=end) & ~Q(state__in=(*slots.TO_COME, *_ABSENT))
    # What never was released, such as a post that was refused before its call.
    refusals = Q(released_at=None, due_at__gte=begin, due_at__lt=end) & ~Q(state__in=(*slots.TO_COME, *_ABSENT))
    rows = slim(Dispatch.objects.filter(due | out | refusals, publication=publication))
    if channels:
        rows = rows.filter(channel__in=list(channels))
    dispatches = list(rows.order_by("due_at", "position", "pk")[: MOST + 1])
    return dispatches[:MOST], len(dispatches) <= MOST


def entries(
    dispatches: Iterable[Dispatch], *, cell: Callable[[datetime], Hashable]
) -> dict[Hashable, list[CalendarEntry]]:
    """Return what is in each cell of a grid, the earliest first; `cell` says in which one a moment is."""
    groups: dict[tuple[Hashable, Hashable], list[Dispatch]] = {}
    for dispatch in dispatches:
        key = (cell(time_of(dispatch)), dispatch.letter_id or f"dispatch {dispatch.pk}")
        groups.setdefault(key, []).append(dispatch)
    cells: dict[Hashable, list[CalendarEntry]] = {}
    for (place, _), group in groups.items():
        cells.setdefault(place, []).append(_entry(group))
    return {place: sorted(cell_entries, key=lambda entry: entry.at) for place, cell_entries in cells.items()}


def time_of(dispatch: Dispatch) -> datetime:
    """Return when a dispatch went out or, before that, is to."""
    return dispatch.due_at if dispatch.state in slots.TO_COME else dispatch.released_at or dispatch.due_at


def _entry(dispatches: list[Dispatch]) -> CalendarEntry:
    parts = sorted((_part(dispatch) for dispatch in dispatches), key=lambda part: part.at)
    letter = dispatches[0].letter
    return CalendarEntry(
        letter=dispatches[0].letter_id,
        title=dispatches[0].title,
        zone=dispatches[0].publication.time_zone,
        language=(letter.language if letter else "") or dispatches[0].publication.language,
        parts=tuple(parts),
    )


def _part(dispatch: Dispatch) -> CalendarPart:
    return CalendarPart(
        id=dispatch.pk,
        channel=dispatch.channel,
        target=dispatch.target,
        state=dispatch.state,
        at=time_of(dispatch),
        movable=dispatch.state in MOVABLE,
    )


def slim(rows: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    """Read what a calendar shows, and neither variants nor texts."""
    return rows.select_related("letter", "digest", "publication").only(
        "channel", "target", "state", "due_at", "released_at", "position",
        "publication__language", "publication__time_zone", "publication__slug",
        "letter__title", "letter__language", "digest__cadence", "digest__day", "digest__zone",
    )  # fmt: skip
