"""A time of day in the words of the main languages: `9:00`, `9am`, `오전 9시 30분`, `9 Uhr`, `9h30`, `à 9h`, `noon`.

Pure. What it can't tell it leaves open: `9시` may be the morning's or the evening's, and the editor is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import regex

# Which half of the day words mean. In the evening and at night twelve is midnight, in the afternoon it is noon.
_MORNING = (
    r"a\.?m\.?|in the morning|morgens|vormittags|du matin|de la mañana|da manhã|di mattina|del mattino|’s ochtends|"
    r"'s ochtends|sáng|pagi|утра|오전|아침|새벽|午前|朝|早朝|上午|早上|凌晨"
)
_AFTERNOON = (
    r"p\.?m\.?|in the afternoon|nachmittags|de l[’']après-midi|de la tarde|da tarde|del pomeriggio|'s middags|"
    r"chiều|sore|дня|오후|午後|下午"
)
_EVENING = (
    r"in the evening|at night|abends|nachts|du soir|de la noche|da noite|di sera|di notte|'s avonds|'s nachts|tối|đêm|"
    r"malam|вечера|저녁|夕方|晚上|夜里"
)
_HALF = rf"(?:(?P<morning>{_MORNING})|(?P<afternoon>{_AFTERNOON})|(?P<evening>{_EVENING}))(?!\p{{L}})"
_HALF_BEFORE = (
    r"(?:(?P<morning>오전|아침|새벽|午前|朝|早朝|上午|早上|凌晨)|(?P<afternoon>오후|午後|下午)|"
    r"(?P<evening>저녁|밤|夕方|夜|晚上|今晚|今夜))\s*"
)
_EAST_ASIAN = r"\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}"  # stands without spaces
_START = rf"(?<![\d:.,/+-]|(?![{_EAST_ASIAN}])\p{{L}})"
_START_AFTER_LETTERS = r"(?<![\d:.,/+-])"
_END = r"(?![\d:/]|[.,]\d)"
_HOUR = r"(?P<hour>\d{1,2})"
_MINUTE = r"(?P<minute>[0-5]\d)"
_SIGN = r"(?P<sign>[시時时点點])\s*(?:(?P<minute>[0-5]?\d)\s*[분分]|(?P<half>[반半]))?(?!\d)"
_AT = r"\b(?:at|um|om|a las?|à|às|alle|lúc|jam|pukul|в|kl\.?)\s+"
_DOTTED_ZONES = r"wi(?:b|ta|t)|ce?s?t|mesz?|ee?s?t|msk|utc|gmt"

# The surest first. Where several match, the last one in the text is the clock: days come first in most languages.
_FORMS = tuple(
    regex.compile(form)
    for form in (
        rf"{_START_AFTER_LETTERS}{_HALF_BEFORE}{_HOUR}:{_MINUTE}(?::(?P<second>[0-5]\d))?{_END}",
        rf"{_START}{_HOUR}:{_MINUTE}(?::(?P<second>[0-5]\d))?{_END}(?:\s*{_HALF}|\s*(?:uhr|h|uur|ч)\b)?",
        rf"{_START_AFTER_LETTERS}(?:{_HALF_BEFORE})?{_HOUR}\s*{_SIGN}",
        rf"{_START}{_HOUR}\s*(?:uhr|heures?|h|uur|giờ|ч|часов)\s*(?:{_MINUTE})?{_END}(?:\s*{_HALF}|(?!\p{{L}}))",
        rf"{_AT}{_HOUR}\.{_MINUTE}{_END}(?:\s*{_HALF}|\s*(?:uhr|h|uur)\b)?",
        rf"{_START}{_HOUR}\.{_MINUTE}(?=\s+(?:{_DOTTED_ZONES})\Z)",
        rf"{_START}{_HOUR}\s*o[’']?\s?clock(?:\s*{_HALF}|(?P<bare>)(?!\p{{L}}))",
        rf"{_START}{_HOUR}(?:\.{_MINUTE})?\s*{_HALF}",
        rf"{_START}{_HOUR}\.{_MINUTE}(?:\s*(?:uhr|h|uur))?\Z",
        rf"{_START}(?P<hour>[01]\d|2[0-3]){_MINUTE}\s*(?:hrs|hours|h|uhr|uur)(?!\p{{L}})",
        r"(?<![\d:.,/+-]|\p{L})(?P<hour>0\d|1[0-8])(?P<minute>[0-5]\d)(?!\d|[:./-]|\s*\p{L}+\s+\d)",  # 1900 is a year
        r"\b(?P<noon>noon|midday|mittags?|midi|mediodía|meio-dia|mezzogiorno|정오|正午|中午)\b",
        r"\b(?P<midnight>midnight|mitternacht|minuit|medianoche|meia-noite|mezzanotte|자정|零时|午夜)\b",
        rf"{_AT}{_HOUR}(?P<bare>)\Z",
    )
)

# Parts of the day that stand apart from the clock, “tomorrow evening 9:00”, and the hours that they have.
_EVENING_HOURS = range(17, 24)
_MORNING_WORDS = (
    r"(?:this )?morning|(?:heute )?früh|heute morgen|vormittag|(?:ce )?matin|(?:questa )?mattina|stamattina|"
    r"esta mañana|esta manhã|vanmorgen|vanochtend|sáng nay|pagi ini|сегодня утром|утром"
)
_AFTERNOON_WORDS = (
    r"(?:this )?afternoon|(?:heute )?nachmittag|(?:cet )?après-midi|(?:questo )?pomeriggio|esta tarde|vanmiddag|"
    r"chiều nay|sore ini|сегодня днем|днем"
)
_EVENING_WORDS = (
    r"(?:this )?evening|tonight|night|(?:heute )?abend|heute nacht|(?:ce )?soir|cette nuit|(?:questa )?sera|stasera|"
    r"stanotte|(?:esta )?noche|(?:esta |hoje à |à )?noite|vanavond|tối nay|đêm nay|malam ini|сегодня вечером|вечером"
)
_PARTS = tuple(
    (regex.compile(rf"(?<!\p{{L}})(?:{words})(?!\p{{L}})|(?:{east_asian})"), hours)
    for words, east_asian, hours in (
        (_MORNING_WORDS, "아침|새벽|午前|朝", range(13)),
        (_AFTERNOON_WORDS, "오후|午後|下午", range(12, 20)),
        (_EVENING_WORDS, "저녁|밤|今夜|今晚|夜", _EVENING_HOURS),
    )
)
_MIDNIGHTS = ((0, time()), (1, time()))  # the one with which a day begins, and the one with which it ends


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
            is_number = "hour" in match.groupdict()
            return _in_part(ClockReading(choices, before, after), is_number=is_number)
    return None


def _in_part(reading: ClockReading, *, is_number: bool) -> ClockReading | None:
    """Return a reading within the part of the day that the text names beside it, None where there is no such hour.

    Twelve in the evening is midnight where it `is_number`, and not “noon”.
    """
    for pattern, hours in _PARTS:
        before, in_before = pattern.subn(" ", reading.before)
        after, in_after = pattern.subn(" ", reading.after)
        if in_before or in_after:
            times = {(later, time.replace(hour=hour)) for later, time in reading.choices for hour in _hours(time.hour)}
            choices = tuple(sorted(choice for choice in times if choice[1].hour in hours))
            if hours == _EVENING_HOURS and is_number and (midnights := _midnights(reading)):
                choices = midnights
            return ClockReading(choices, before.strip(), after.strip()) if choices else None
    return reading


def _hours(hour: int) -> tuple[int, ...]:
    """Return the hours that a number may mean: 9 is nine in the morning or the evening, 15 only one."""
    return (hour, (hour + 12) % 24) if 1 <= hour <= 12 else (hour,)


def _midnights(reading: ClockReading) -> tuple[tuple[int, time], ...]:
    """Return the times around both midnights that twelve at night may be, none where it is not twelve."""
    times = {moment.replace(hour=0) for _, moment in reading.choices if moment.hour in (0, 12)}
    return tuple((later, moment) for later, _ in _MIDNIGHTS for moment in sorted(times))


def _choices(match: regex.Match[str]) -> tuple[tuple[int, time], ...]:
    parts = match.groupdict()
    if parts.get("noon"):
        return ((0, time(12)),)
    if parts.get("midnight"):
        return _MIDNIGHTS
    hour = int(parts["hour"])
    minute, second = int(parts.get("minute") or (30 if parts.get("half") else 0)), int(parts.get("second") or 0)
    if hour == 24:  # the day's end
        return ((1, time()),) if not minute and not second else ()
    if parts.get("evening"):
        return _at_night(hour, minute, second)
    if parts.get("morning") or parts.get("afternoon"):
        if not 1 <= hour <= 12:
            return ()
        hours: tuple[int, ...] = (hour % 12 + (12 if parts.get("afternoon") else 0),)
    else:  # a number without its half of the day may be of both
        hours = _hours(hour) if parts.get("sign") or parts.get("bare") is not None else (hour,)
    return tuple((0, time(hour, minute, second)) for hour in hours if hour < 24)


def _at_night(hour: int, minute: int, second: int) -> tuple[tuple[int, time], ...]:
    """Return what an hour in the evening or at night may be: from twelve on, of the night before the day or after."""
    if hour % 12 <= 4 and hour <= 12:
        return tuple((later, time(hour % 12, minute, second)) for later, _ in _MIDNIGHTS)
    if hour > 23:
        return ()
    return ((0, time(hour + 12 if hour < 12 else hour, minute, second)),)
