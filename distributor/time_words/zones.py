"""Which time zone words name: `KST`, `UTC+9`, `+09:00`, `Seoul`, `Asia/Seoul`, `한국시간`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import regex

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_OFFSET = regex.compile(r"(?:utc|gmt)?\s?([+\u2212-])\s?(\d{1,2})(?::?([0-5]\d))?")
# Cities of the tz database that are days or words; their whole names (“Indian/Christmas”) are zones.
_NO_CITIES = frozenset({"christmas", "easter", "midway", "wake", "reunion", "troll", "center"})
_SUFFIX = regex.compile(r"\s*(?:time|zeit|시간|시각|時間|时间)\Z")
_MOST_WORDS = 4

# What people abbreviate, by the tz database's names and offsets in hours; some letters stand for several zones, and the
# editor is asked which (https://www.iana.org/time-zones, theory.html “Time zone abbreviations”).
_ABBREVIATIONS: dict[str, tuple[tuple[str, float], ...]] = {
    "kst": (("Asia/Seoul", 9),),
    "jst": (("Asia/Tokyo", 9),),
    "hkt": (("Asia/Hong_Kong", 8),),
    "sgt": (("Asia/Singapore", 8),),
    "pht": (("Asia/Manila", 8),),
    "wib": (("Asia/Jakarta", 7),),
    "wita": (("Asia/Makassar", 8),),
    "wit": (("Asia/Jayapura", 9),),
    "ict": (("Asia/Bangkok", 7),),
    "ist": (("Asia/Kolkata", 5.5), ("Asia/Jerusalem", 2), ("Europe/Dublin", 1)),
    "pkt": (("Asia/Karachi", 5),),
    "msk": (("Europe/Moscow", 3),),
    "eet": (("Europe/Helsinki", 2),),
    "eest": (("Europe/Helsinki", 3),),
    "cet": (("Europe/Berlin", 1),),
    "cest": (("Europe/Berlin", 2),),
    "mez": (("Europe/Berlin", 1),),
    "mesz": (("Europe/Berlin", 2),),
    "wet": (("Europe/Lisbon", 0),),
    "west": (("Europe/Lisbon", 1),),
    "bst": (("Europe/London", 1), ("Asia/Dhaka", 6)),
    "sast": (("Africa/Johannesburg", 2),),
    "brt": (("America/Sao_Paulo", -3),),
    "art": (("America/Argentina/Buenos_Aires", -3),),
    "ast": (("America/Halifax", -4), ("Asia/Riyadh", 3)),
    "adt": (("America/Halifax", -3),),
    "est": (("America/New_York", -5),),
    "edt": (("America/New_York", -4),),
    "cst": (("America/Chicago", -6), ("Asia/Shanghai", 8)),
    "cdt": (("America/Chicago", -5),),
    "mst": (("America/Denver", -7),),
    "mdt": (("America/Denver", -6),),
    "pst": (("America/Los_Angeles", -8),),
    "pdt": (("America/Los_Angeles", -7),),
    "akst": (("America/Anchorage", -9),),
    "akdt": (("America/Anchorage", -8),),
    "hst": (("Pacific/Honolulu", -10),),
    "awst": (("Australia/Perth", 8),),
    "acst": (("Australia/Adelaide", 9.5),),
    "acdt": (("Australia/Adelaide", 10.5),),
    "aest": (("Australia/Sydney", 10),),
    "aedt": (("Australia/Sydney", 11),),
    "nzst": (("Pacific/Auckland", 12),),
    "nzdt": (("Pacific/Auckland", 13),),
}
# Places and shorthands that the tz database does not name so.
_PLACES = {
    **dict.fromkeys(("서울", "한국", "부산", "busan", "korea", "ソウル"), "Asia/Seoul"),
    **dict.fromkeys(("東京", "日本", "도쿄", "osaka", "japan"), "Asia/Tokyo"),
    **dict.fromkeys(("北京", "上海", "beijing", "베이징", "china"), "Asia/Shanghai"),
    **dict.fromkeys(("香港", "hongkong"), "Asia/Hong_Kong"),
    **dict.fromkeys(("台北", "臺北"), "Asia/Taipei"),
    **dict.fromkeys(("hanoi", "hà nội", "saigon", "sài gòn"), "Asia/Ho_Chi_Minh"),
    **dict.fromkeys(("delhi", "new delhi", "mumbai", "india"), "Asia/Kolkata"),
    **dict.fromkeys(("munich", "münchen", "hamburg", "frankfurt", "köln"), "Europe/Berlin"),
    **dict.fromkeys(("geneva", "genève", "genf", "zürich"), "Europe/Zurich"),
    **dict.fromkeys(("barcelona",), "Europe/Madrid"),
    **dict.fromkeys(("파리",), "Europe/Paris"),
    **dict.fromkeys(("milan", "milano", "roma"), "Europe/Rome"),
    **dict.fromkeys(("wien",), "Europe/Vienna"),
    **dict.fromkeys(("edinburgh", "uk", "런던"), "Europe/London"),
    **dict.fromkeys(
        ("et", "eastern", "washington dc", "boston", "miami", "뉴욕", "ニューヨーク", "纽约"), "America/New_York"
    ),
    **dict.fromkeys(("ct", "central", "houston", "dallas"), "America/Chicago"),
    **dict.fromkeys(("mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pt", "pacific", "san francisco", "seattle"), "America/Los_Angeles"),
    **dict.fromkeys(("montreal", "montréal", "ottawa"), "America/Toronto"),
    **dict.fromkeys(("canberra",), "Australia/Sydney"),
}


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """Words that name a zone: the first and, behind the last, the next word. See `zones_at` for what they mean."""

    name: str
    start: int
    stop: int


def take_zone(words: Sequence[str]) -> ZoneReading | None:
    """Return the last words that name a time zone, the longest run of them; None for none."""
    for stop in range(len(words), 0, -1):
        for start in range(max(0, stop - _MOST_WORDS), stop):
            name = " ".join(words[start:stop]).strip("(),")
            if _zones(name):
                return ZoneReading(name, start, stop)
    return None


def zones_at(name: str, wall: datetime) -> tuple[tzinfo, ...]:
    """Return the zones that a name means at a wall-clock time, several where that is not clear.

    An abbreviation means those of its zones in which it is in force then. Where it is in force in none, as EST in July,
    it may mean its offset, or the clocks there; so it may of several zones where it is in force in one alone: BST in
    winter is Dhaka's, and who writes it in London means London.
    """
    choices = _zones(name)
    in_force = tuple(zone for zone, offset in choices if offset is None or _offset_of(zone, wall) == offset)
    if len(in_force) > 1 or (in_force and len(choices) == 1):
        return in_force
    others = [(zone, offset) for zone, offset in choices if zone not in in_force]
    return (
        *in_force,
        *(meaning for zone, offset in others if offset is not None for meaning in (timezone(offset), zone)),
    )


def _offset_of(zone: tzinfo, wall: datetime) -> timedelta | None:
    return wall.replace(tzinfo=zone).utcoffset()


@lru_cache(maxsize=256)
def _zones(name: str) -> tuple[tuple[tzinfo, timedelta | None], ...]:
    """Return each zone of a name with the offset that the name says, None where it says none."""
    name = _SUFFIX.sub("", name)
    if name in ("utc", "gmt", "z"):
        return ((UTC, None),)
    if name in _ABBREVIATIONS:
        return tuple((ZoneInfo(key), timedelta(hours=hours)) for key, hours in _ABBREVIATIONS[name])
    if match := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return ((timezone(size if match[1] == "+" else -size), None),) if size <= timedelta(hours=14) else ()
    key = _PLACES.get(name) or _keys().get(name)
    return ((ZoneInfo(key), None),) if key else ()


@lru_cache(maxsize=1)
def _keys() -> dict[str, str]:
    """Return the tz database's zones by their names, and by their cities."""
    keys = [key for key in sorted(available_timezones()) if key.partition("/")[0] in _AREAS and "/" in key]
    cities = {key.rpartition("/")[2].replace("_", " ").casefold(): key for key in keys}
    cities = {city: key for city, key in cities.items() if city not in _NO_CITIES}
    return cities | {key.casefold(): key for key in keys}
