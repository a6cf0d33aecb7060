"""Moments as people write them in the language of the desk."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from distributor.domain.times import zone_label
from distributor.locale_formats import locale

# Patterns of Unicode's CLDR, in the order of each language: “Mon 2 Mar 2026, 09:00”, “2026년 3월 2일(월) 09:00”.
PATTERNS: Final = MappingProxyType({"en": "EEE d MMM y, HH:mm", "ko": "y년 M월 d일(EEE) HH:mm"})


def when(moment: datetime, zone: str) -> str:
    """Return an aware moment as an editor reads it in a zone: “Mon 2 Mar 2026, 09:00 KST”."""
    clock = ZoneInfo(zone)
    text = format_datetime(moment.astimezone(clock), PATTERNS[locale()], locale=locale())
    return f"{text} {zone_label(moment, clock)}"


def clock_time(moment: datetime, zone: str) -> str:
    """Return an aware moment of today as short as it is clear: “09:05:31”."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")
