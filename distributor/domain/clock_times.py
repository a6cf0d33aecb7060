"""A time of day in the words of the main languages: `9:00`, `9am`, `오전 9시 30분`, `9 Uhr`, `9h30`, `à 9h`, `noon`.

Pure. What it can't tell it leaves open: `9시` may be the morning's or the evening's, and the editor is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import regex

# Which half of the day words mean. What says night is left out: 밤 12시 is midnight and 밤 9시 is not.
_MORNING = (
    r"a\.?m\.?|in the morning|morgens|vormittags|du matin|de la mañana|da manhã|di mattina|del mattino|’s ochtends|"
    r"'s ochtends|sáng|pagi|утра|오전|아침|새벽|午前|朝|上午|早上"
)
_EVENING = (
    r"p\.?m\.?|in the (?:afternoon|evening)|nachmittags|abends|de l[’']après-midi|du soir|de la tarde|de la noche|"
    r"da tarde|da noite|di sera|del pomeriggio|'s middags|'s avonds|chiều|tối|sore|вечера|дня|"
    r"오후|저녁|午後|夕方|下午|晚上"
)
_HALF = rf"(?:(?P<morning>{_MORNING})|(?P<evening>{_EVENING}))(?!\p{{L}})"
_HALF_BEFORE = r"(?:(?P<morning>오전|아침|새벽|午前|朝|上午|早上)|(?P<evening>오후|저녁|午後|夕方|下午|晚上))\s*"
_START = r"(?<![\d:.,/\p{L}+-])"
_START_AFTER_LETTERS = r"(?<![\d:.,/+-])"  # East Asian words stand without spaces
_END = r"(?![\d:/]|[.,]\d)"
_HOUR = r"(?P<hour>\d{1,2})"
_MINUTE = r"(?P<minute>[0-5]\d)"
_SIGN = r"(?P<sign>[시時时点點])\s*(?:(?P<minute>[0-5]?\d)\s*[분分]|(?P<half>[반半]))?(?!\d)"

# The surest first. Where several match, the last one in the text is the clock: days come first in most languages.
_FORMS = tuple(
    regex.compile(form)
    for form in (
        rf"{_START_AFTER_LETTERS}{_HALF_BEFORE}{_HOUR}:{_MINUTE}(?::(?P<second>[0-5]\d))?{_END}",
        rf"{_START}{_HOUR}:{_MINUTE}(?::(?P<second>[0-5]\d))?{_END}(?:\s*{_HALF}|\s*(?:uhr|h|uur|ч)\b)?",
        rf"{_START_AFTER_LETTERS}(?:{_HALF_BEFORE})?{_HOUR}\s*{_SIGN}",
        rf"{_START}{_HOUR}\s*(?:uhr|heures?|h|uur|giờ|ч|часов)\s*(?:{_MINUTE})?{_END}(?:\s*{_HALF}|(?!\p{{L}}))",
        rf"{_START}{_HOUR}(?:\.{_MINUTE})?\s*{_HALF}",
        rf"{_START}{_HOUR}\.{_MINUTE}(?:\s*(?:uhr|h|uur))?\Z",
        r"\b(?P<noon>noon|midday|mittags?|midi|mediodía|meio-dia|mezzogiorno|정오|正午|中午)\b",
        r"\b(?P<midnight>midnight|mitternacht|minuit|medianoche|meia-noite|mezzanotte|자정|零时|午夜)\b",
        rf"\b(?:at|um|om|a las?|à|às|alle|lúc|jam|pukul|в)\s+{_HOUR}(?P<bare>)\Z",
    )
)

# Parts of the day that stand apart from the clock, “tomorrow evening 9:00”, and the hours that they have.
_PARTS = tuple(
    (regex.compile(rf"(?<!\p{{L}})(?:{words})(?!\p{{L}})|(?:{east_asian})"), hours)
    for words, east_asian, hours in (
        ("(?:this )?morning|früh|vormittag|matin|mattina", "아침|午前", range(13)),
        ("(?:this )?afternoon|nachmittag|après-midi|pomeriggio", "오후|午後|下午", range(12, 20)),
        (
            "(?:this )?evening|tonight|night|(?:heute )?abend|soir|sera|noche|noite",
            "저녁|밤|今夜|今晚|夜",
            range(17, 24),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A time of day in a text: each thing that it may mean, as (days after the day it belongs to, time).

    `before` and `after` are the rest of the text.
    """

    choices: tuple[tuple[int, time], ...]
    before: str
    after: str


def take_clock(words: str) -> ClockReading | None:
    """Return the time of day that stands in a text (case-folded, NFKC), None for none."""
    for form in _FORMS:
        matches = [(match, choices) for match in form.finditer(words) if (choices := _choices(match))]
        if matches:
            match, choices = matches[-1]
            before, after = words[: match.start()].strip(), words[match.end() :].strip()
            return _in_part(ClockReading(choices, before, after))
    return None


def _in_part(reading: ClockReading) -> ClockReading | None:
    """Return a reading within the part of the day that the text names beside it, None where there is no such hour."""
    for pattern, hours in _PARTS:
        before, in_before = pattern.subn(" ", reading.before)
        after, in_after = pattern.subn(" ", reading.after)
        if in_before or in_after:
            times = {(later, time.replace(hour=hour)) for later, time in reading.choices for hour in _hours(time.hour)}
            choices = tuple(sorted(choice for choice in times if choice[1].hour in hours))
            return ClockReading(choices, before.strip(), after.strip()) if choices else None
    return reading


def _hours(hour: int) -> tuple[int, ...]:
    """Return the hours that a number may mean: 9 is nine in the morning or the evening, 15 only one."""
    return (hour, (hour + 12) % 24) if 1 <= hour <= 12 else (hour,)


def _choices(match: regex.Match[str]) -> tuple[tuple[int, time], ...]:
    parts = match.groupdict()
    if parts.get("noon"):
        return ((0, time(12)),)
    if parts.get("midnight"):  # the one with which the day begins, or ends
        return ((0, time()), (1, time()))
    hour = int(parts["hour"])
    minute, second = int(parts.get("minute") or (30 if parts.get("half") else 0)), int(parts.get("second") or 0)
    if parts.get("morning") or parts.get("evening"):
        if not 1 <= hour <= 12:
            return ()
        hours: tuple[int, ...] = (hour % 12 + (12 if parts.get("evening") else 0),)
    else:  # a number without its half of the day may be of both
        hours = _hours(hour) if parts.get("sign") or parts.get("bare") is not None else (hour,)
    return tuple((0, time(hour, minute, second)) for hour in hours if hour < 24)
