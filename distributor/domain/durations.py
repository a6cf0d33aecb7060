"""How long from now, in the words of the main languages: `in 20 minutes`, `30분 후`, `dans 2 heures`. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "minutes": (r"m|mins?|minutes?|minuten?|minuut|minutos?|minut[oi]|분|分(?:钟|鐘|間)?|phút|menit|минут[ауы]?|мин"),
    "hours": (
        r"h|hrs?|hours?|stunden?|std|heures?|horas?|or[ae]|uur|uren|시간|時間|[个個]?小[时時]|giờ|tiếng|jam|"
        r"час(?:а|ов)?"
    ),
    "days": r"d|days?|tag(?:en?)?|jours?|d[ií]as?|giorn[oi]|dag(?:en)?|일|日間?|天|ngày|hari|день|дня|дней",
    "weeks": (
        r"w|weeks?|wochen?|semaines?|semanas?|settiman[ae]|week|weken|주(?:일)?|週間|[周週]|[个個]?星期|tuần|minggu|"
        r"недел[юиь]"
    ),
}
_UNIT = "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items())
_ONE = r"an?|one|eine[rnm]?|une?|un[ao]?|um[a]?|een|satu|một|한"
_STEP = re.compile(
    rf"(?:(?P<number>\d{{1,6}})|(?P<one>{_ONE})(?![^\W\d_])|(?P<elided>un['’]))\s*(?:{_UNIT})\.?(?![a-zà-ÿ])"
    r"(?:\s*(?:,|and|und|et|y|e|en)(?![^\W\d_]))?\s*"
)
_HALF_HOUR = re.compile(
    r"half an hour|an? half hour|(?:einer )?halben stunde|une demi[- ]heure|media hora|meia hora|mezz['’ ]?ora|"
    r"(?:een )?half uur|半小[时時]|[半]時間|반\s?시간|nửa (?:tiếng|giờ)|setengah jam|полчаса"
)
_BEFORE = r"in|dans|en|dentro de|em|daqui a|tra|fra|over|sau|dalam|через"
_BEHIND = r"후에?|뒤에?|後に?|后|[之以][后後]|nữa|lagi|from now|later"
_FRAMES = tuple(
    re.compile(frame)
    for frame in (r"\+\s*(?P<span>.+)", rf"(?:{_BEFORE})\s+(?P<span>.+)", rf"(?P<span>.+?)\s*(?:{_BEHIND})")
)


def time_from_now(words: str) -> timedelta | None:
    """Return how long from now words (case-folded, NFKC) mean, None where they say something else.

    Raises OverflowError for what is longer than any calendar.
    """
    for frame in _FRAMES:
        match = frame.fullmatch(words)
        if match and (span := _span(match["span"])) is not None:
            return span
    return None


def _span(words: str) -> timedelta | None:
    if _HALF_HOUR.fullmatch(words):
        return timedelta(minutes=30)
    span, position = timedelta(0), 0
    while position < len(words):
        step = _STEP.match(words, position)
        if step is None:
            return None
        unit = next(name for name in _UNITS if step[name])
        span += timedelta(**{unit: int(step["number"] or 1)})
        position = step.end()
    return span if position else None
