"""What people write for a time: ISO 8601, a clock time today or tomorrow, or so long from now.

Pure: the present and the zone are arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from distributor.domain.errors import BadTime
from distributor.domain.planning import at_local

LATE = timedelta(minutes=1)  # what was meant as "now" when the command was typed
FAR = timedelta(days=3 * 366)  # further away than anyone plans: surely a slip in the year

_EXAMPLES = "“2026-12-01 09:00”, “tomorrow 9:00” or “in 20 minutes”"
_PAST_EXAMPLES = "“2026-12-01”, “2026-12-01 09:00”, “yesterday 9:00” or “2 hours ago”"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_STEP = re.compile(r"(\d{1,6}|an?)\s*(m|mins?|minutes?|h|hours?|hrs?|d|days?|w|weeks?)(?![a-z])(?:\s*(?:,|and)\s*)?\s*")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?\s*(am|pm)?|(\d{1,2})\s*(am|pm)")
_DAY = re.compile(r"(today|tomorrow)(?:\s+at)?\s+(.+)|(?:at\s+)?(\d.*)")


@dataclass(frozen=True, slots=True)
class ParsedTime:
    """A moment (UTC), and what was decided on the way to it: "" or a sentence for the person who wrote it."""

    at: datetime
    note: str = ""


def parse_time(text: str, *, now: datetime, zone: tzinfo) -> ParsedTime:
    """Understand a time as people write it. A time without an offset is meant in `zone`; `now` is aware.

    A clock time that comes twice on its day means the first one; one that the clocks skip means as long after the
    jump. Both come with a note. Raises BadTime for what can't be understood, has passed, or is years away.
    """
    words = " ".join(text.split()).casefold()
    moment = _now(words, now) or _later(words, now) or _iso(words, zone) or _day(words, now, zone)
    if moment is None:
        raise BadTime(f"“{_short(text)}” is not a time that can be understood: write for example {_EXAMPLES}.")
    if moment.at < now - LATE:
        raise BadTime(f"{_clock_text(moment.at, zone)} has passed: give a time to come, or leave it out to send now.")
    if moment.at > now + FAR:
        raise BadTime(f"{_clock_text(moment.at, zone)} is years away: check the year.")
    return moment


def parse_past(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Understand a time that has passed, as people write it, and return it in UTC.

    ISO 8601, a day alone being its beginning; `2 hours ago`; `today`, `yesterday` or a clock time on them. What has no
    offset is meant in `zone`; `now` is aware. Raises BadTime for what can't be understood or is to come.
    """
    words = " ".join(text.split()).casefold()
    moment = _ago(words, now) or _past_day(words, now, zone) or (_iso(words, zone) if _is_long(words) else None)
    if moment is None:
        raise BadTime(f"“{_short(text)}” is not a time that can be understood: write for example {_PAST_EXAMPLES}.")
    if moment.at > now + LATE:
        raise BadTime(f"{_clock_text(moment.at, zone)} is to come: give a time that has passed.")
    return moment.at


def _is_long(words: str) -> bool:
    return not re.fullmatch(r"\d{4}-?\d\d-?\d\d", words)


def _ago(words: str, now: datetime) -> ParsedTime | None:
    """`now`, `90 minutes ago`."""
    if words == "now" or not words.endswith(" ago"):
        return _now(words, now)
    later = _later(f"+{words.removesuffix(' ago')}", now)
    try:
        return ParsedTime(now.astimezone(UTC) - (later.at - now)) if later else None
    except OverflowError:
        raise BadTime(f"“{_short(words)}” is before all calendars: check the number.") from None


def _past_day(words: str, now: datetime, zone: tzinfo) -> ParsedTime | None:
    """`yesterday`, `yesterday 9:00`, `today at 18:30`, `18:30`, `2026-12-01`."""
    name, _, rest = words.replace(" at ", " ").partition(" ")
    today = now.astimezone(zone).date()
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    if not _is_long(words):
        try:
            return _local(datetime.combine(date.fromisoformat(words), time()), zone)
        except ValueError:
            return None
    day, clock_words = (days[name], rest) if name in days else (today, words)
    moment = time() if name in days and not rest else clock_time(clock_words)
    return _local(datetime.combine(day, moment), zone) if moment is not None else None


def _now(words: str, now: datetime) -> ParsedTime | None:
    return ParsedTime(now.astimezone(UTC)) if words == "now" else None


def _later(words: str, now: datetime) -> ParsedTime | None:
    """`in 1 hour 30 minutes`, `+20m`."""
    steps = words.removeprefix("in ") if words.startswith("in ") else words.removeprefix("+").lstrip()
    if steps == words:
        return None
    delta, position = timedelta(0), 0
    while position < len(steps):
        step = _STEP.match(steps, position)
        if step is None:
            return None
        amount = 1 if step[1].startswith("a") else int(step[1])
        delta += timedelta(**{_UNITS[step[2][0]]: amount})
        position = step.end()
    try:
        return ParsedTime((now + delta).astimezone(UTC)) if position else None
    except OverflowError:
        raise BadTime(f"“{_short(words)}” is years away: check the number.") from None


def _iso(words: str, zone: tzinfo) -> ParsedTime | None:
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", words):
        raise BadTime(f"“{words}” is a day: say the time of day too, for example “{words} 09:00”.")
    if not re.match(r"\d{4}", words):
        return None
    try:
        moment = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return _utc(moment)
    return _local(moment, zone)


def _day(words: str, now: datetime, zone: tzinfo) -> ParsedTime | None:
    """`tomorrow 9:00`, `today at 18:30`, `18:30`, `6pm`."""
    match = _DAY.fullmatch(words)
    if match is None:
        return None
    clock = clock_time(match[2] or match[3])
    if clock is None:
        return None
    today: date = now.astimezone(zone).date()
    day = today + timedelta(days=1) if match[1] == "tomorrow" else today
    return _local(datetime.combine(day, clock), zone)


def clock_time(words: str) -> time | None:
    """Return a time of day such as `18:30` or `6pm`, None for anything else."""
    match = _CLOCK.fullmatch(words.strip())
    if match is None:
        return None
    hour, half = int(match[1] or match[5]), match[4] or match[6]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return None


def _local(wall: datetime, zone: tzinfo) -> ParsedTime:
    """Return the moment of a wall-clock time, with a note where the clocks are set on that day."""
    first = _utc(wall.replace(tzinfo=zone, fold=0)).at
    second = _utc(wall.replace(tzinfo=zone, fold=1)).at
    at = at_local(wall, zone)
    if first == second:
        return ParsedTime(at)
    back = at.astimezone(zone)
    if back.replace(tzinfo=None) != wall:
        return ParsedTime(at, f"{wall:%H:%M} is skipped by the clocks on {wall:%Y-%m-%d}: it means {back:%H:%M}.")
    return ParsedTime(at, f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d}: it means the first one ({_offset(back)}).")


def _utc(moment: datetime) -> ParsedTime:
    try:
        return ParsedTime(moment.astimezone(UTC))
    except OverflowError:
        raise BadTime(f"The year {moment.year} is beyond all calendars: check the year.") from None


def _offset(moment: datetime) -> str:
    return f"UTC{moment:%z}"


def clock(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return an aware moment as short as it is clear in `zone` at `now`: “20:25” today, else “30 Nov 09:00”."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def _clock_text(moment: datetime, zone: tzinfo) -> str:
    try:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
    except OverflowError:
        return f"{moment:%Y-%m-%d %H:%M}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
