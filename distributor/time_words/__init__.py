"""Times as editors write them, beside `domain.times`, which is pure: this needs calendars, and the names of zones.

`tomorrow 9:00 Seoul`, `Monday 9am`, `30.11.2026 9:00 KST`, `내일 오전 9시`. What can mean two moments is not decided:
AmbiguousTime says both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import product
from zoneinfo import ZoneInfo

from distributor.domain.clock_times import take_clock
from distributor.domain.errors import AmbiguousTime, BadTime
from distributor.domain.times import (
    EXAMPLES,
    LATE,
    PAST_EXAMPLES,
    ParsedTime,
    exact_past,
    exact_time,
    full,
    local_time,
    not_understood,
    to_come,
    within_reach,
)
from distributor.time_words.days import read_days
from distributor.time_words.weekdays import languages_of
from distributor.time_words.zones import take_zone, zones_at

_LONGEST = 80  # characters: no time is written in more
_ORDINAL = re.compile("(?<=[0-9])[º°ª]")  # “1º de dezembro”


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One thing that a text may mean, and the zone in which it was meant."""

    time: ParsedTime
    zone: tzinfo
    named: bool

    def in_words(self) -> str:
        """Return it with its zone, and with the place where letters such as IST don't say which."""
        place = f" ({self.zone.key})" if self.named and isinstance(self.zone, ZoneInfo) else ""
        return f"{full(self.time.at, self.zone)}{place}"

    def exactly(self) -> str:
        """Return it as it can be written without a doubt."""
        local = self.time.at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M}" + (f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5] if self.named else "")


def parse_time(text: str, *, now: datetime, zone: tzinfo) -> ParsedTime:
    """Understand a time to come as people write it; what names no zone is meant in `zone`, `now` is aware.

    A clock time that comes twice on its day means the first one; one that the clocks skip means as long after the
    jump. Both come with a note. Raises BadTime for what can't be understood, has passed, or is years away, and
    AmbiguousTime for what may be one of several moments to come.
    """
    words = _normal(text)
    moment = exact_time(words, now, zone)
    if moment is None:
        meanings = _meanings(text, words, now, zone, past=False)
        ahead = [meaning for meaning in meanings if meaning.time.at >= now - LATE]
        moment = _only(text, ahead or meanings[-1:])
    return within_reach(moment, now, zone)


def parse_past(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Understand a time that has passed, as people write it, and return it in UTC; a day alone is its beginning.

    Raises BadTime for what can't be understood or is to come, AmbiguousTime for what may be one of several moments.
    """
    words = _normal(text)
    moment = exact_past(words, now, zone)
    if moment is None:
        meanings = _meanings(text, words, now, zone, past=True)
        moment = _only(text, [meaning for meaning in meanings if meaning.time.at <= now + LATE] or meanings[:1])
    if moment.at > now + LATE:
        raise to_come(moment, zone)
    return moment.at


def _normal(text: str) -> str:
    text = _ORDINAL.sub("", text[: 4 * _LONGEST])
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _meanings(text: str, words: str, now: datetime, zone: tzinfo, *, past: bool) -> list[_Meaning]:
    """Return all that a text may mean, the first moment first. Raises BadTime for nothing."""
    examples = PAST_EXAMPLES if past else EXAMPLES
    clock = take_clock(words) if len(words) <= _LONGEST else None
    if clock is None:
        return _whole_day(text, words, now, zone, past=past)
    day_words = [*clock.before.split(), *clock.after.split()]
    zone_reading = take_zone(day_words)
    if zone_reading:
        del day_words[zone_reading.start : zone_reading.stop]
    name = zone_reading.name if zone_reading else ""
    meanings: dict[datetime, _Meaning] = {}
    languages = languages_of(words)
    for today in _todays(name, now, zone):
        days = read_days(" ".join(day_words), today=today, past=past, languages=languages)
        for day, (later, time_of_day) in product(days, clock.choices):
            wall = datetime.combine(day + timedelta(days=later), time_of_day)
            for clock_zone in zones_at(name, wall) if name else (zone,):
                moment = local_time(wall, clock_zone)
                meanings.setdefault(moment.at, _Meaning(moment, clock_zone, named=bool(name)))
    if not meanings:
        raise not_understood(text, examples)
    return [meanings[at] for at in sorted(meanings)]


def _todays(name: str, now: datetime, zone: tzinfo) -> set[date]:
    """Return the days that are today: in the named zone, too, where “tomorrow” may be another one than here."""
    zones = (*zones_at(name, now.astimezone(zone).replace(tzinfo=None)), zone) if name else (zone,)
    return {now.astimezone(candidate).date() for candidate in zones}


def _whole_day(text: str, words: str, now: datetime, zone: tzinfo, *, past: bool) -> list[_Meaning]:
    """Return the beginnings of the days that a text without a time of day may mean; only for the past."""
    is_day = bool(words) and len(words) <= _LONGEST
    days = read_days(words, today=now.astimezone(zone).date(), past=past) if is_day else ()
    if not days:
        raise not_understood(text, PAST_EXAMPLES if past else EXAMPLES)
    if not past:
        example = f"{text.strip()} 09:00"
        _meanings(example, _normal(example), now, zone, past=False)  # nothing is proposed that is not understood
        raise BadTime(f"“{text.strip()}” is a day: say the time of day too, for example “{example}”.")
    return [_Meaning(local_time(datetime.combine(day, time()), zone), zone, named=False) for day in sorted(days)]


def _only(text: str, meanings: list[_Meaning]) -> ParsedTime:
    """Return what a text means, or ask."""
    if len(meanings) == 1:
        return meanings[0].time
    sentence = " or ".join(meaning.in_words() for meaning in meanings)
    forms = " or ".join(f"“{meaning.exactly()}”" for meaning in meanings)
    raise AmbiguousTime(
        f"“{text.strip()}” can mean {sentence}: write {forms}.", tuple(meaning.time.at for meaning in meanings)
    )
