"""Which day words name: `tomorrow`, `Monday`, `1. Dezember`, `다음 주 월요일`, in the main languages.

dateparser reads the names of days and months; figures are read by `domain.calendar_days`, since it takes one of two
orders without a word. What “next Friday” means is asked, where the coming one and the next week's are not the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import regex

from distributor.domain.calendar_days import days_in_figures
from distributor.domain.errors import BadTime

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LANGUAGES = ("en", "ko", "ja", "zh", "zh-Hant", "de", "fr", "es", "pt", "it", "nl", "vi", "id", "ru")
_PHRASE = regex.compile(r"(?=.*\p{L})[\p{L}\p{M}\p{N} .,'’-]{1,40}")
_EDGES = regex.compile(
    r"\A(?:(?:on|at|am|der|den|dem|le|la|el|il|em|op|om|vào|hari|в|на|,)\s+)+"
    r"|(?:\s*,|(?:\A|\s+)(?:at|um|om|a|a las?|à|às|alle|lúc|jam|pukul|в))+\Z|(?:\A|\s|(?<=\p{Hangul}))에\Z|の\Z|に\Z"
)
# Days that dateparser has no words for, after today.
_MORE_DAYS = {"모레": 2, "글피": 3, "あさって": 2, "pasado mañana": 2, "dopodomani": 2, "lusa": 2, "ngày kia": 2}
# Which week a weekday is of: the one that today is in, the one after it, or one of the two.
_Week = Literal["", "this", "next", "either"]
_THIS_WEEK = r"이번\s*주|今週の?|这(?=[周星礼])|本(?=周)"
_NEXT_WEEK = r"la prossima settimana|volgende week|tuần sau|minggu depan|다음\s*주|来週の?|下(?:个)?(?=[周星礼])"
_NEXT = r"next|nächste[nrs]?|prochain|(?:el |o |a )?pr[oó]xim[oa]|(?:il )?prossim[oa]|volgende|depan"
_NEAREST = r"this|coming|(?:der |den |am )?kommende[nrs]?|diese[nrs]?|ce|este|questo|deze"
_WEEK_WORDS: tuple[tuple[_Week, str], ...] = (
    ("this", rf"this week|diese woche|cette semaine|esta semana|questa settimana|{_THIS_WEEK}"),
    ("next", rf"next week|nächste woche|la semaine prochaine|la semana que viene|semana que vem|{_NEXT_WEEK}"),
    ("either", _NEXT),
    ("", _NEAREST),
)
_WEEKS = tuple((week, regex.compile(rf"\A(?:{words})\s*|\s*\b(?:{words})\Z")) for week, words in _WEEK_WORDS)
_WEEK = timedelta(days=7)


def read_days(words: str, *, today: date, past: bool = False) -> tuple[date, ...]:
    """Return the days that words (case-folded, NFKC) may mean, none for what names no day; no words are today.

    In the `past` a weekday is the last one. Raises BadTime where the words contradict each other: “Tuesday 7 December”.
    """
    words = _EDGES.sub("", words).strip(" ,")
    if not words:
        return (today,)
    if words in _MORE_DAYS:
        return (today + timedelta(days=_MORE_DAYS[words]),)
    if figures := days_in_figures(words, today=today, past=past):
        return figures
    if not _PHRASE.fullmatch(words):
        return ()
    for week, pattern in _WEEKS:
        weekday_words, count = pattern.subn("", words, count=1)
        if count and (weekday := _weekday(weekday_words.strip(), today)) is not None:
            return _in_week(weekday, week, today)
    return _named_days(words, today, past=past)


def _named_days(words: str, today: date, *, past: bool) -> tuple[date, ...]:
    reading = _Reading.of(words, today)
    if reading is None:
        return ()
    weekday = reading.weekday(today)
    if weekday is not None:
        return _weekdays(weekday, today, past=past)
    candidates = sorted({reading.last, reading.next})
    near = [day for day in candidates if (day <= today if past else day >= today)] or candidates
    day = near[-1] if past else near[0]
    _check_weekday(words, day, today)
    return (day,)


def _weekdays(weekday: int, today: date, *, past: bool) -> tuple[date, ...]:
    """Return the days that a weekday may be: today and the same day a week later are both a “Monday”."""
    ahead = timedelta(days=(weekday - today.weekday()) % 7)
    if past:
        return (today - timedelta(days=(today.weekday() - weekday) % 7),)
    return (today + ahead,) if ahead else (today, today + _WEEK)


def _in_week(weekday: int, week: _Week, today: date) -> tuple[date, ...]:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=weekday)
    coming_day = day if day > today else day + _WEEK
    choices = {"": (coming_day,), "this": (day,), "next": (day + _WEEK,), "either": (coming_day, day + _WEEK)}
    return tuple(dict.fromkeys(choices[week]))


def _weekday(words: str, today: date) -> int | None:
    reading = _Reading.of(words, today) if words else None
    return reading.weekday(today) if reading else None


def _check_weekday(words: str, day: date, today: date) -> None:
    names = [word.strip(",.") for word in words.split()]
    for name in names if len(names) > 1 else ():
        weekday = _weekday(name, today) if name.isalpha() else None
        if weekday is not None and weekday != day.weekday():
            raise BadTime(f"{day.day} {day:%B %Y} is a {day:%A}, not a {_day_name(weekday)}: check the date.")


def _day_name(weekday: int) -> str:
    return f"{date(2024, 1, 1) + timedelta(days=weekday):%A}"  # a Monday


@dataclass(frozen=True, slots=True)
class _Reading:
    """A day that dateparser understood: the last one of its kind, and the next one."""

    last: date
    next: date

    @classmethod
    def of(cls, words: str, today: date) -> _Reading | None:
        last_day, next_day = (_day(_parser(today, direction), words) for direction in ("past", "future"))
        return cls(last_day, next_day) if last_day and next_day else None

    def weekday(self, today: date) -> int | None:
        """Return which day of the week it is (Monday is 0), where it is nothing else than that."""
        is_weekly = self.next - self.last == (2 * _WEEK if self.next - _WEEK == today else _WEEK)
        return self.next.weekday() if is_weekly else None


def _day(parser: DateDataParser, words: str) -> date | None:
    reading = parser.get_date_data(words)
    return reading.date_obj.date() if reading.date_obj is not None and reading.period == "day" else None


@lru_cache(maxsize=8)
def _parser(today: date, direction: str) -> DateDataParser:
    """Return a parser at a day; it reads no clock, since it is told when now is."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - takes a while, and few commands need it

    settings: dict[str, Any] = {
        "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": direction,
        "PARSERS": ["relative-time", "absolute-time"],
        "RETURN_TIME_AS_PERIOD": True,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "TIMEZONE": "UTC",
    }
    return DateDataParser(languages=list(LANGUAGES), settings=settings)
