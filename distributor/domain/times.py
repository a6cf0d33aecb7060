"""Moments and the clock: what can be said exactly (ISO 8601, so long from now), and how a moment is shown.

Pure: the present and the zone are arguments. Days and zones in words are read by `distributor.time_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from distributor.domain.durations import time_from_now
from distributor.domain.errors import BadTime

LATE = timedelta(minutes=1)  # what was meant as "now" when the command was typed
FAR = timedelta(days=3 * 366)  # further away than anyone plans: surely a slip in the year

EXAMPLES = "“2026-12-01 09:00”, “tomorrow 9:00”, “Monday 9am KST” or “in 20 minutes”"
PAST_EXAMPLES = "“2026-12-01”, “2026-12-01 09:00”, “yesterday 9:00” or “2 hours ago”"
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?\s*(am|pm)?|(\d{1,2})\s*(am|pm)")


@dataclass(frozen=True, slots=True)
class ParsedTime:
    """A moment (UTC), and what was decided on the way to it: "" or a sentence for the person who wrote it."""

    at: datetime
    note: str = ""


def exact_time(words: str, now: datetime, zone: tzinfo) -> ParsedTime | None:
    """Return what is said exactly: `now`, `in 20 minutes`, ISO 8601 (in `zone` where it has no offset); else None.

    `words` are case-folded. Raises BadTime for a day without a time, and for what no calendar has.
    """
    return _now(words, now) or _later(words, now) or _iso(words, zone)


def exact_past(words: str, now: datetime, zone: tzinfo) -> ParsedTime | None:
    """Return what is said exactly of the past: `now`, `2 hours ago`, ISO 8601; else None. Raises BadTime."""
    return _ago(words, now) or (_iso(words, zone) if not re.fullmatch(r"\d{4}-?\d\d-?\d\d", words) else None)


def within_reach(moment: ParsedTime, now: datetime, zone: tzinfo) -> ParsedTime:
    """Return a time to come. Raises BadTime for one that has passed or is years away."""
    if moment.at < now - LATE:
        raise BadTime(f"{_text(moment.at, zone)} has passed: give a time to come, or leave it out to send now.")
    if moment.at > now + FAR:
        raise BadTime(f"{_text(moment.at, zone)} is years away: check the year.")
    return moment


def to_come(moment: ParsedTime, zone: tzinfo) -> BadTime:
    """Return the error for a time to come where a past one is wanted."""
    return BadTime(f"{_text(moment.at, zone)} is to come: give a time that has passed.")


def not_understood(text: str, examples: str = EXAMPLES) -> BadTime:
    """Return the error for what is no time."""
    return BadTime(f"“{_short(text)}” is not a time that can be understood: write for example {examples}.")


def _ago(words: str, now: datetime) -> ParsedTime | None:
    """`now`, `90 minutes ago`."""
    if words == "now" or not words.endswith(" ago"):
        return _now(words, now)
    later = _later(f"+{words.removesuffix(' ago')}", now)
    try:
        return ParsedTime(now.astimezone(UTC) - (later.at - now)) if later else None
    except OverflowError:
        raise BadTime(f"“{_short(words)}” is before all calendars: check the number.") from None


def _now(words: str, now: datetime) -> ParsedTime | None:
    return ParsedTime(now.astimezone(UTC)) if words == "now" else None


def _later(words: str, now: datetime) -> ParsedTime | None:
    """`in 1 hour 30 minutes`, `+20m`, `30분 후`."""
    try:
        span = time_from_now(words)
        return ParsedTime((now + span).astimezone(UTC)) if span is not None else None
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
    return local_time(moment, zone)


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


def at_local(wall: datetime, zone: tzinfo) -> datetime:
    """Return the UTC moment of a wall-clock time (naive) in `zone`.

    An hour that comes twice means its first occurrence; one that the clocks skip means as long after the jump as it
    was meant after its beginning (02:30 becomes 03:30), as PEP 495 has it for fold=0.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def local_time(wall: datetime, zone: tzinfo) -> ParsedTime:
    """Return the moment of a wall-clock time, with a note where the clocks are set on that day. Raises BadTime."""
    first = _utc(wall.replace(tzinfo=zone, fold=0)).at
    second = _utc(wall.replace(tzinfo=zone, fold=1)).at
    at = at_local(wall, zone)
    if first == second:
        return ParsedTime(at)
    back = at.astimezone(zone)
    if back.replace(tzinfo=None) != wall:
        return ParsedTime(
            at,
            f"{wall:%H:%M} is skipped by the clocks on {wall:%Y-%m-%d}: it means {back:%H:%M} {zone_label(at, zone)}.",
        )
    return ParsedTime(
        at, f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d}: it means the first one ({zone_label(at, zone)})."
    )


def _utc(moment: datetime) -> ParsedTime:
    try:
        return ParsedTime(moment.astimezone(UTC))
    except OverflowError:
        raise BadTime(f"The year {moment.year} is beyond all calendars: check the year.") from None


def zone_label(moment: datetime, zone: tzinfo) -> str:
    """Return what a zone is called at a moment: “KST”, “CET”, or “UTC-3” where the tz database has no letters."""
    local = moment.astimezone(zone)
    name = local.tzname() or ""
    if name[:1].isalpha() and not name.startswith("UTC"):
        return name
    sign, hours, minutes = (text := f"{local:%z}")[:1], int(text[1:3]), text[3:5]
    if not hours and minutes == "00":
        return "UTC"
    return f"UTC{sign}{hours}" + (f":{minutes}" if minutes != "00" else "")


def full(moment: datetime, zone: tzinfo) -> str:
    """Return an aware moment as an editor reads it: “Mon 2 Mar 2026, 09:00 KST”."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {zone_label(moment, zone)}"


def clock(moment: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return an aware moment as short as it is clear in `zone` at `now`: “20:25 KST” today, else “30 Nov 09:00 KST”."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    time_text = f"{local:%H:%M} {zone_label(moment, zone)}"
    if local.date() == today:
        return time_text
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {time_text}"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """Return an aware moment in figures: “2026-03-02 09:00 KST”."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone_label(moment, zone)}"


def _text(moment: datetime, zone: tzinfo) -> str:
    try:
        return stamp(moment, zone)
    except OverflowError:
        return stamp(moment, UTC)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
