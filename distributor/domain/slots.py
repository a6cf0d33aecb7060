"""Slots: the times of the week at which a publication likes to be on a channel, and the next one that is free. Pure.

They are written as people write a timetable: “Mon 09:00 18:00, Wed 09:00”, “Mon-Fri 8:30”, “daily 9:00”, “월수금 9:00”.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import groupby

from distributor.domain.digests import WEEKDAYS
from distributor.domain.errors import BadInput
from distributor.domain.times import at_local, clock_time

DAYS = tuple(name[:3] for name in WEEKDAYS)
HORIZON = timedelta(days=366)  # whoever has filled a year of slots is asked for a time
EXAMPLE = "Mon 09:00 18:00, Thu 12:30"

_KOREAN = "월화수목금토일"
_GROUPS = {
    "daily": range(7),
    "매일": range(7),
    "weekdays": range(5),
    "평일": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
    "주말": range(5, 7),
}
_WORD = re.compile(r"[^\s,;]+")
_HALF = re.compile(r"(\d)\s+([ap]m)\b")
_RANGE = re.compile(r"\s*[-–—~]\s*")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time of the week on the publication's clock: `weekday` from 0, Monday."""

    weekday: int
    clock: time


def read_slots(text: str) -> tuple[Slot, ...]:
    """Return what a timetable says, in the order of the week. Raises BadInput with a sentence that shows how to write.

    Days stand before their times; days without a time, and times without a day, are no slots.
    """
    slots: set[Slot] = set()
    days: list[int] = []
    in_times = False
    for word in _WORD.findall(_RANGE.sub("-", _HALF.sub(r"\1\2", text.casefold()))):
        clock = clock_time(word)
        if clock is None:
            days = [*(() if in_times else days), *_days(word)]
            in_times = False
            continue
        if not days:
            raise BadInput(f"Write the day before “{_short(word)}”, as in “{EXAMPLE}”.")
        slots.update(Slot(day, clock.replace(second=0)) for day in days)
        in_times = True
    if days and not in_times:
        raise BadInput(f"Write a time behind each day, as in “{EXAMPLE}”.")
    return tuple(sorted(slots))


def problem(text: str) -> str:
    """Say in one sentence why a timetable can't be read, "" where it can."""
    try:
        read_slots(text)
    except BadInput as error:
        return str(error)
    return ""


def slots_text(slots: Iterable[Slot]) -> str:
    """Return slots as `read_slots` takes them: “Mon 09:00 18:00, Wed 09:00”."""
    days = groupby(sorted(set(slots)), lambda slot: slot.weekday)
    return ", ".join(
        f"{DAYS[weekday]} {' '.join(f'{slot.clock:%H:%M}' for slot in day_slots)}" for weekday, day_slots in days
    )


def slot_times(slots: Collection[Slot], after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the moments (UTC) of slots from `after` (aware) on, in their order, for a year.

    Where the clocks are set, a slot that they skip comes as long after the jump, one that comes twice comes once.
    """
    first_day = after.astimezone(zone).date() - timedelta(days=1)
    last = after.astimezone(UTC)
    for number in range(HORIZON.days + 2):
        day = first_day + timedelta(days=number)
        clocks = [slot.clock for slot in slots if slot.weekday == day.weekday()]
        for at in sorted({at_local(datetime.combine(day, clock), zone) for clock in clocks}):
            if at >= last:
                yield at


def next_slot(
    slots: Collection[Slot], after: datetime, zone: tzinfo, *, occupancy: Collection[datetime] = ()
) -> datetime | None:
    """Return the first moment (UTC) of a slot from `after` (aware) on at which nothing else goes out; None for none.

    `occupancy` are the moments (aware) of what goes out on this channel; whoever is there within the minute has it.
    """
    minutes = {_minute(moment) for moment in occupancy}
    return next((at for at in slot_times(slots, after, zone) if _minute(at) not in minutes), None)


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _days(word: str) -> Sequence[int]:
    """Return the days that a word names: `mon`, `monday`, `mon-fri`, `daily`, `월`, `월수금`. Raises BadInput."""
    if word in _GROUPS:
        return _GROUPS[word]
    bare = word.removesuffix(":").removesuffix(".")
    if set(bare.removesuffix("요일")) <= set(_KOREAN) and bare.removesuffix("요일"):
        return [_KOREAN.index(letter) for letter in bare.removesuffix("요일")]
    first, dash, last = bare.partition("-")
    if dash:
        begin, end = _weekday(first), _weekday(last)
        return [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return [_weekday(bare)]


def _weekday(word: str) -> int:
    if word in _KOREAN and len(word) == 1:
        return _KOREAN.index(word)
    names = [name.lower() for name in WEEKDAYS]
    matches = [number for number, name in enumerate(names) if len(word) >= 2 and name.startswith(word)]
    if len(matches) != 1:
        raise BadInput(f"“{_short(word)}” is neither a day of the week nor a time: write “{EXAMPLE}”.")
    return matches[0]


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:40]}…"
