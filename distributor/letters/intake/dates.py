"""Times as sources write them. Pure; what is unsure is None, never wrong by hours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

_LONGEST: Final = 80  # characters
_EARLIEST_YEAR, _LATEST_YEAR = 1400, 9000  # others are mistakes, not dates

# Hours east of Greenwich. Names that mean several zones (BST, IST, AST) are left out; those of RFC 5322, 4.3, are its.
_ZONES: Final[dict[str, int]] = {
    name: hours
    for hours, names in {
        0: "Z UT UTC GMT WET",
        1: "CET MEZ WEST",
        2: "EET CEST MESZ SAST",
        3: "EEST MSK",
        7: "WIB ICT",
        8: "HKT SGT AWST",
        9: "KST JST",
        10: "AEST",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
        -4: "EDT",
        -5: "EST CDT",
        -6: "CST MDT",
        -7: "MST PDT",
        -8: "PST AKDT",
        -9: "AKST",
        -10: "HST",
    }.items()
    for name in names.split()
}
_KOREA: Final = timezone(timedelta(hours=9))
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_ORDINAL = r"(?:st|nd|rd|th|\.)?"
_EAST_ASIAN = (
    r"(?P<year>\d{4})\s?[-./년年]\s?(?P<month>\d{1,2})\s?[-./월月]\s?(?P<day>\d{1,2})(?!\d)\s?[일日.]?"
    r"(?:\s?\([월화수목금토일月火水木金土日](?:요일|曜日)?\))?"
)
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        _EAST_ASIAN,  # and ISO 8601
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}}){_ORDINAL}[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d{{2}})(?!\d)",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}){_ORDINAL},?\s+(?P<year>\d{{4}})(?!\d)",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        r"(?P<either>\d{1,2}/\d{1,2})/(?P<year>\d{4})(?!\d)",
    )
)
_TIME = re.compile(
    r"(?:\s*[-–—,|]?\s*(?:at\s+)?|T)(?P<before>오전|오후|午前|午後|am|pm)?\s?(?P<hour>\d{1,2})\s?(?::|시|時)\s?"
    r"(?:(?P<minute>\d{2})\s?(?:분|分)?)?(?::?\s?(?P<second>\d{2})(?:[.,]\d{1,9})?\s?(?:초|秒)?)?"
    r"\s?(?P<after>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*\(?(?:(?:UTC|GMT)?(?P<sign>[-+−])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?|(?P<word>[A-Za-z]{1,4}))\)?"
    r"(?:\s*\([A-Za-z ]+\))?"
)
_UNIX: Final = {10: 1, 13: 1000}  # how many digits: in how many parts a second is counted


def moment(text: str, *, zone: tzinfo | None = None) -> datetime | None:
    """Return the aware time that a text names, as ISO 8601, RFC 5322, newsrooms and unix clocks write it.

    None for anything else, and for what may mean several days ("03/04/2026"). A day without a time is its midnight in
    UTC. A time that names no zone is in `zone`, and None without one; in Korean it is Korea's.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    if text.isdecimal() and text.isascii() and len(text) in _UNIX:
        return aware(datetime.fromtimestamp(int(text) / _UNIX[len(text)], UTC))
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is not None and read.tzinfo:
        return aware(read)
    for pattern in _DAYS:
        match = pattern.match(text)
        if match:
            return _moment(match, text[match.end() :], _KOREA if re.search("[월일시오]", text) else zone)
    return None


def aware(time: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Return a time with its offset, that of `zone` where it has none; None for years that are mistakes, not dates."""
    if not _EARLIEST_YEAR <= time.year <= _LATEST_YEAR:
        return None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def _moment(day_match: re.Match[str], remainder: str, zone: tzinfo | None) -> datetime | None:
    day = _day(day_match)
    if day is None:
        return None
    if not remainder.strip():
        return aware(day)
    match = _TIME.match(remainder)
    if not match:
        return None
    remainder = remainder[match.end() :]
    if remainder.strip():
        zone_match = _ZONE.fullmatch(remainder)
        zone = _zone(zone_match) if zone_match else None
    span = _span(match)
    if zone is None or span is None:
        return None
    try:
        return aware(day + span, zone)
    except OverflowError:
        return None


def _day(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # RFC 5322, 4.3, has it of two digits, with this turn
        year += 2000 if year < 50 else 1900
    if parts.get("either"):
        first, second = (int(number) for number in parts["either"].split("/"))
        if first != second and max(first, second) <= 12:
            return None
        month, day = min(first, second), max(first, second)
    else:
        name = parts.get("name")
        month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["month"])
        day = int(parts["day"])
    try:
        return datetime(year, month, day)  # noqa: DTZ001 - its zone comes later
    except ValueError:
        return None


def _span(match: re.Match[str]) -> timedelta | None:
    """Return how far into the day a time is; "24:00" is the next day's beginning, as ISO 8601 once had it."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["before"] or match["after"] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in ("오후", "午後", "pm") else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match["word"]:
        hours = _ZONES.get(match["word"].upper())
        return None if hours is None else timezone(timedelta(hours=hours))
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(offset if match["sign"] == "+" else -offset)
