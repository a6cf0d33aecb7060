"""Which day words name: `tomorrow`, `Monday`, `1. Dezember`, `다음 주 월요일`, in the main languages.

dateparser reads the names of months, and of days such as “tomorrow”; `weekdays` reads those of the week, and
`domain.calendar_days` figures, of which dateparser takes one of two orders without a word. What “next Friday” means is
asked, where the coming one and the next week's are not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal

import regex

from distributor.domain.calendar_days import days_in_figures
from distributor.domain.errors import BadTime
from distributor.time_words.weekdays import take_weekday, weekdays

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LANGUAGES = ("en", "ko", "ja", "zh", "zh-Hant", "de", "fr", "es", "pt", "it", "nl", "vi", "id", "ru")
_PHRASE = regex.compile(r"(?=.*\p{L})[\p{L}\p{M}\p{N} .,'’-]{1,40}")
_EDGES = regex.compile(
    r"\A(?:(?:on|at|am|der|den|dem|le|la|el|il|em|op|om|vào|hari|в|на|,)\s+)+"
    r"|(?:\s*,|(?:\A|\s+)(?:at|um|om|a|a las?|à|às|alle|lúc|jam|pukul|в))+\Z|(?:\A|\s|(?<=\p{Hangul}))에\Z|の\Z|に\Z"
)
# Days that dateparser has no words for, after today.
_MORE_DAYS = {
    **dict.fromkeys(("hari ini", "本日", "今日", "heute", "tdy"), 0),
    **dict.fromkeys(("あす", "tmrw", "tmr", "翌日"), 1),
    **dict.fromkeys(("모레", "내일모레", "내일 모레", "あさって", "明後日", "后天", "後天", "pasado mañana"), 2),
    **dict.fromkeys(("depois de amanhã", "dopodomani", "lusa", "ngày kia", "overmorgen"), 2),
    **dict.fromkeys(("글피", "しあさって", "大后天", "大後天"), 3),
}
_SEPTEMBER = regex.compile(r"(?<=\d\.?\s|\bde\s)set\b")  # in Portuguese and Italian; dateparser takes it for English
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


def read_days(words: str, *, today: date, past: bool = False, languages: Collection[str] = ()) -> tuple[date, ...]:
    """Return the days that words (case-folded, NFKC) may mean, none for what names no day; no words are today.

    In the `past` a weekday is the last one. `languages`: those that the text around is in, where they are sure. Raises
    BadTime where the words contradict each other: “Tuesday 7 December”.
    """
    for day_words in (words.strip(" ,"), _EDGES.sub("", words).strip(" ,")):
        if day_words in _MORE_DAYS:
            return (today + timedelta(days=_MORE_DAYS[day_words]),)
    words = _SEPTEMBER.sub("sep", _EDGES.sub("", words).strip(" ,"))
    if not words:
        return (today,)
    if figures := days_in_figures(words, today=today, past=past):
        return figures
    if choices := weekdays(words, languages):
        return _each(choices, partial(_weekdays, today=today, past=past))
    for week, pattern in _WEEKS:
        weekday_words, count = pattern.subn("", words, count=1)
        if count and (choices := _weekday(weekday_words.strip(), today, languages)):
            return _each(choices, partial(_in_week, week=week, today=today))
    if (weekday := take_weekday(words, languages)) and (days := read_days(weekday[1], today=today, past=past)):
        return _on_weekday(days, weekday[0])
    return _named_days(words, today, past=past) if _PHRASE.fullmatch(words) else ()


def _each(choices: Iterable[int], days_of: Callable[[int], tuple[date, ...]]) -> tuple[date, ...]:
    return tuple(dict.fromkeys(day for weekday in sorted(choices) for day in days_of(weekday)))


def _on_weekday(days: tuple[date, ...], choices: Collection[int]) -> tuple[date, ...]:
    """Return those of some days that are such a weekday. Raises BadTime for none."""
    if right := tuple(day for day in days if day.weekday() in choices):
        return right
    day, names = days[0], " or ".join(_day_name(weekday) for weekday in sorted(choices))
    raise BadTime(f"{day.day} {day:%B %Y} is a {day:%A}, not a {names}: check the date.")


def _named_days(words: str, today: date, *, past: bool) -> tuple[date, ...]:
    reading = _Reading.of(words, today)
    if reading is None:
        return ()
    weekday = reading.weekday(today)
    if weekday is not None:
        return _weekdays(weekday, today=today, past=past)
    candidates = sorted({reading.last, reading.next})
    near = [day for day in candidates if (day <= today if past else day >= today)] or candidates
    day = near[-1] if past else near[0]
    return (day,) if _explains(day, words, today) else ()


def _explains(day: date, words: str, today: date) -> bool:
    """Return whether all figures in words are of the day: dateparser passes over those that it can't use."""
    distance = abs((day - today).days)
    of_the_day = {day.day, day.month, day.year, day.year % 100}
    return all(
        number in of_the_day or distance in (number, 7 * number) for number in map(int, regex.findall(r"\d+", words))
    )


def _weekdays(weekday: int, *, today: date, past: bool) -> tuple[date, ...]:
    """Return the days that a weekday may be: today and the same day a week later are both a “Monday”."""
    ahead = timedelta(days=(weekday - today.weekday()) % 7)
    if past:
        return (today - timedelta(days=(today.weekday() - weekday) % 7),)
    return (today + ahead,) if ahead else (today, today + _WEEK)


def _in_week(weekday: int, *, week: _Week, today: date) -> tuple[date, ...]:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=weekday)
    coming_day = day if day > today else day + _WEEK
    choices = {"": (coming_day,), "this": (day,), "next": (day + _WEEK,), "either": (coming_day, day + _WEEK)}
    return tuple(dict.fromkeys(choices[week]))


def _weekday(words: str, today: date, languages: Collection[str]) -> frozenset[int]:
    if choices := weekdays(words, languages, single=True):
        return choices
    reading = _Reading.of(words, today) if words else None
    weekday = reading.weekday(today) if reading else None
    return frozenset() if weekday is None else frozenset({weekday})


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
