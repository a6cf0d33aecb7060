"""Days, clocks and zones in the words of editors."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.domain.calendar_days import days_in_figures
from distributor.domain.clock_times import take_clock
from distributor.domain.errors import AmbiguousTime, BadTime
from distributor.domain.times import full
from distributor.time_words import parse_past, parse_time

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)  # a Monday, 11:00 in Seoul


def shown(text: str, zone: ZoneInfo = SEOUL, now: datetime = NOW) -> str:
    return full(parse_time(text, now=now, zone=zone).at, zone)


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow 9:00 Seoul",
        "tomorrow 9:00 KST",
        "9:00 KST tomorrow",
        "Tomorrow, 9:00 a.m. (Seoul time)",
        "tomorrow morning 9:00",
        "2026-12-01 09:00 Asia/Seoul",
        "2026/12/1 9:00",
        "1.12.2026 9:00",
        "1.12. 9:00",
        "1.12. 9.00",
        "01-12-2026 09:00",
        "Dec 1 9am",
        "December 1st, 2026 9am",
        "Tuesday 1 December 9:00",
        "Tue 9am",
        "in 1 day 9:00",
        "내일 오전 9시",
        "내일 아침 9시 한국시간",
        "12월 1일 오전 9시",
        "2026년 12월 1일 09:00",
        "화요일 오전 9시에",
        "이번 주 화요일 오전 9시",
        "明日 午前9時",
        "12月1日 9:00",
        "明天上午9点",
        "这周二上午9点",
        "morgen 9 Uhr",
        "morgen früh um 9:00 Uhr",
        "am Dienstag um 9 Uhr",
        "1. Dezember 9 Uhr",
        "demain à 9h",
        "demain matin 9h00",
        "mardi 9 h",
        "mañana a las 9 de la mañana",
        "mañana 9:00",
        "amanhã às 9h",
        "domani alle 9:00",
        "morgen om 9 uur",
        "ngày mai 9:00",
        "besok jam 9 pagi",
        "завтра в 9:00",
        "９：００ 明日",
        "Tue 1 Dec 2026, 09:00 KST",
        "1 Dec 09:00 KST",
        "2026년 12월 1일 (화) 오전 9시",
        "12월 1일(화) 9:00",
        "12月1日(火) 9:00",
        "12月1日（火）午前9時",
        "12月1日9:00",
        "Di 1.12. 9:00",
        "Di., 1. Dezember, 9:00 Uhr",
        "mar 1 déc 9h",
        "1º de dezembro às 9h",
        "1° dicembre alle 9:00",
        "1er décembre 9h",
        "Di 9 Uhr",
        "di 9 uur",
        "ma alle 9:00",
        "这周二9:00",
        "周二 9:00",
        "火曜 9:00",
        "이번 주 화 오전 9시",
        "thứ 3 9:00",
        "terça às 9h",
        "tomorrow 0900",
        "tomorrow 0900 hrs",
        "tomorrow 9 o’clock in the morning",
        "besok jam 09.00",
        "morgen um 9.00 Uhr",
        "T3 9:00",
    ],
)
def test_nine_tomorrow_in_many_words(text: str) -> None:
    assert shown(text) == "Tue 1 Dec 2026, 09:00 KST"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Monday 9am", "Mon 7 Dec 2026, 09:00 KST"),  # today's has passed
        ("next Monday 9am", "Mon 7 Dec 2026, 09:00 KST"),  # the coming one is next week's
        ("coming Friday 5pm", "Fri 4 Dec 2026, 17:00 KST"),
        ("다음 주 월요일 오전 9시", "Mon 7 Dec 2026, 09:00 KST"),
        ("来週月曜日 午後3時半", "Mon 7 Dec 2026, 15:30 KST"),
        ("nächste Woche Montag 9 Uhr 30", "Mon 7 Dec 2026, 09:30 KST"),
        ("모레 15:00", "Wed 2 Dec 2026, 15:00 KST"),
        ("30.11.2026 19:00", "Mon 30 Nov 2026, 19:00 KST"),
        ("Monday 30 November 18:00", "Mon 30 Nov 2026, 18:00 KST"),
        ("13/4/2027 9:00", "Tue 13 Apr 2027, 09:00 KST"),
        ("12/12 9am", "Sat 12 Dec 2026, 09:00 KST"),
        ("noon tomorrow", "Tue 1 Dec 2026, 12:00 KST"),
        ("내일 낮 정오", ""),
        ("tonight 9:00", "Mon 30 Nov 2026, 21:00 KST"),
        ("오늘 밤 9시", "Mon 30 Nov 2026, 21:00 KST"),
        ("tomorrow afternoon at 3", "Tue 1 Dec 2026, 15:00 KST"),
        ("at 9", "Mon 30 Nov 2026, 21:00 KST"),  # nine in the morning has passed
        ("domani alle 15", "Tue 1 Dec 2026, 15:00 KST"),
        ("Do 9 Uhr", "Thu 3 Dec 2026, 09:00 KST"),
        ("do 9 uur", "Thu 3 Dec 2026, 09:00 KST"),
        ("do a las 9:00", "Sun 6 Dec 2026, 09:00 KST"),
        ("Mo 7.12. 9:00", "Mon 7 Dec 2026, 09:00 KST"),
        ("下周二9:00", "Tue 8 Dec 2026, 09:00 KST"),
        ("2/1 (월) 9:00", "Mon 1 Feb 2027, 09:00 KST"),  # the weekday says which of two it is
        ("30분 후", "Mon 30 Nov 2026, 11:30 KST"),
        ("1시간 30분 뒤", "Mon 30 Nov 2026, 12:30 KST"),
        ("30分後", "Mon 30 Nov 2026, 11:30 KST"),
        ("2小时后", "Mon 30 Nov 2026, 13:00 KST"),
        ("半小时后", "Mon 30 Nov 2026, 11:30 KST"),
        ("in 20 Minuten", "Mon 30 Nov 2026, 11:20 KST"),
        ("in einer Stunde", "Mon 30 Nov 2026, 12:00 KST"),
        ("in einer halben Stunde", "Mon 30 Nov 2026, 11:30 KST"),
        ("in half an hour", "Mon 30 Nov 2026, 11:30 KST"),
        ("dans 20 minutes", "Mon 30 Nov 2026, 11:20 KST"),
        ("dans une heure", "Mon 30 Nov 2026, 12:00 KST"),
        ("en 20 minutos", "Mon 30 Nov 2026, 11:20 KST"),
        ("dentro de 2 horas", "Mon 30 Nov 2026, 13:00 KST"),
        ("daqui a 20 minutos", "Mon 30 Nov 2026, 11:20 KST"),
        ("tra un'ora", "Mon 30 Nov 2026, 12:00 KST"),
        ("over 20 minuten", "Mon 30 Nov 2026, 11:20 KST"),
        ("20 phút nữa", "Mon 30 Nov 2026, 11:20 KST"),
        ("20 menit lagi", "Mon 30 Nov 2026, 11:20 KST"),
        ("через 20 минут", "Mon 30 Nov 2026, 11:20 KST"),
        ("ce soir à 20h", "Mon 30 Nov 2026, 20:00 KST"),
        ("heute Abend 20 Uhr", "Mon 30 Nov 2026, 20:00 KST"),
        ("esta noche a las 9", "Mon 30 Nov 2026, 21:00 KST"),
        ("hoje à noite às 20h", "Mon 30 Nov 2026, 20:00 KST"),
        ("stasera alle 20", "Mon 30 Nov 2026, 20:00 KST"),
        ("vanavond 20:00", "Mon 30 Nov 2026, 20:00 KST"),
        ("今晚8点", "Mon 30 Nov 2026, 20:00 KST"),
        ("今晚12点", "Tue 1 Dec 2026, 00:00 KST"),  # the midnight to come
        ("오늘 밤 12시", "Tue 1 Dec 2026, 00:00 KST"),
        ("내일 24:00", "Wed 2 Dec 2026, 00:00 KST"),
        ("내일 24시", "Wed 2 Dec 2026, 00:00 KST"),
        ("tomorrow 12 p.m.", "Tue 1 Dec 2026, 12:00 KST"),
        ("내일 오후 12시", "Tue 1 Dec 2026, 12:00 KST"),
        ("depois de amanhã às 9h", "Wed 2 Dec 2026, 09:00 KST"),
        ("après-demain 9h", "Wed 2 Dec 2026, 09:00 KST"),
        ("后天9:30", "Wed 2 Dec 2026, 09:30 KST"),
        ("besok jam 09.00 WIB", "Tue 1 Dec 2026, 11:00 KST"),
        ("besok 09.00 WIB", "Tue 1 Dec 2026, 11:00 KST"),
        ("9 set 9:00", "Thu 9 Sep 2027, 09:00 KST"),
        ("9 de mar 9:00", "Tue 9 Mar 2027, 09:00 KST"),
        ("1 December 2026 1830", "Tue 1 Dec 2026, 18:30 KST"),
        ("25 Dec 9:00 Indian/Christmas", "Fri 25 Dec 2026, 11:00 KST"),
        ("5 Dec 9:00 PST", "Sun 6 Dec 2026, 02:00 KST"),
        ("5 Dec 9:00 UTC+1", "Sat 5 Dec 2026, 17:00 KST"),
        ("5 Dec 9:00 -03:30", "Sat 5 Dec 2026, 21:30 KST"),
        ("5 Dec 9:00 New York", "Sat 5 Dec 2026, 23:00 KST"),
        ("5 Dec 9:00 GMT", "Sat 5 Dec 2026, 18:00 KST"),
        ("5 Jul 2027 9:00 BST", "Mon 5 Jul 2027, 12:00 KST"),
    ],
)
def test_other_days_and_clocks(text: str, expected: str) -> None:
    if not expected:
        with pytest.raises(BadTime, match="not a time that can be understood"):
            shown(text)
    elif text.endswith("BST"):  # London's, or Dhaka's
        with pytest.raises(AmbiguousTime, match=r"Europe/London.*Asia/Dhaka|Asia/Dhaka.*Europe/London"):
            shown(text)
    else:
        assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("Monday 9pm", ["2026-11-30 21:00", "2026-12-07 21:00"]),
        ("next Wednesday 9:00", ["2026-12-02 09:00", "2026-12-09 09:00"]),
        ("mercredi prochain 9h", ["2026-12-02 09:00", "2026-12-09 09:00"]),
        ("3/4/2027 9:00", ["2027-03-04 09:00", "2027-04-03 09:00"]),
        ("12/1 9am", ["2026-12-01 09:00", "2027-01-12 09:00"]),
        ("내일 9시", ["2026-12-01 09:00", "2026-12-01 21:00"]),
        ("tomorrow at 9", ["2026-12-01 09:00", "2026-12-01 21:00"]),
        ("midnight tomorrow", ["2026-12-01 00:00", "2026-12-02 00:00"]),
        ("明天晚上12点", ["2026-12-01 00:00", "2026-12-02 00:00"]),
        ("내일 밤 12시", ["2026-12-01 00:00", "2026-12-02 00:00"]),
        ("tomorrow night 12:30", ["2026-12-01 00:30", "2026-12-02 00:30"]),
        ("明天晚上1点", ["2026-12-01 01:00", "2026-12-02 01:00"]),
        ("Di 9:00", ["2026-12-01 09:00", "2026-12-06 09:00"]),  # German, or French
        ("do 9:00", ["2026-12-03 09:00", "2026-12-06 09:00"]),
        ("tomorrow 9 o'clock", ["2026-12-01 09:00", "2026-12-01 21:00"]),
        ("5 Dec 9:00 BST", ["2026-12-05 09:00+06:00", "2026-12-05 09:00+01:00", "2026-12-05 09:00+00:00"]),
        ("5 Jul 2027 9:00 AST", ["2027-07-05 09:00+03:00", "2027-07-05 09:00-03:00", "2027-07-05 09:00-04:00"]),
        ("tomorrow 9:00 PST", ["2026-11-30 09:00-08:00", "2026-12-01 09:00-08:00"]),  # there it is still Sunday
        ("5 Dec 9:00 CST", ["2026-12-05 09:00+08:00", "2026-12-05 09:00-06:00"]),
        ("5 Dec 9:00 IST", ["2026-12-05 09:00+05:30", "2026-12-05 09:00+02:00"]),  # Ireland is on GMT then
        ("5 Dec 9:00 EDT", ["2026-12-05 09:00-04:00", "2026-12-05 09:00-05:00"]),  # not in force in winter
    ],
)
def test_what_may_be_two_moments_is_asked(text: str, moments: list[str]) -> None:
    with pytest.raises(AmbiguousTime) as caught:
        parse_time(text, now=NOW, zone=SEOUL)
    assert f"“{text}” can mean " in str(caught.value)
    assert str(caught.value).endswith(f": write {' or '.join(f'“{moment}”' for moment in moments)}.")
    for moment, written in zip(caught.value.moments, moments, strict=True):
        assert parse_time(written, now=NOW, zone=SEOUL).at == moment  # what it proposes is understood


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tomorrow", "is a day: say the time of day too"),
        ("다음 주 월요일", "is a day: say the time of day too"),
        ("Tuesday 30 November 18:00", "is a Monday, not a Tuesday"),
        ("30.11.2026 9:00", "30 09:00 KST has passed"),
        ("29.2.2027 9:00", "not a time"),
        ("tomorrow 9:00 Springfield", "not a time"),
        ("tomorrow morning", "not a time"),
        ("tonight 1:00", "not a time"),
        ("오전 13시", "not a time"),
        ("Mo 1.12. 9:00", "is a Tuesday, not a Monday"),
        ("12월 1일 (수) 오전 9시", "is a Tuesday, not a Wednesday"),
        ("Christmas 9pm", "not a time"),
        ("Easter 9:00", "not a time"),
        ("tomorrow 5 09:00", "not a time"),
        ("tomorrow 1900", "not a time"),  # a year, or a time
        ("1 December 2026", "is a day: say the time of day too, for example “1 December 2026 09:00”"),
        ("24:30", "not a time"),
        ("in 20 parsecs", "not a time"),
        ("in 999999 weeks", "years away"),
        ("May", "not a time"),
        ("5", "not a time"),
        ("5 Dec 9:00 UTC+15", "not a time"),
        ("x" * 500 + " 9:00", "not a time"),
    ],
)
def test_what_is_no_time_is_said(text: str, words: str) -> None:
    with pytest.raises(BadTime, match=words):
        parse_time(text, now=NOW, zone=SEOUL)


def test_tomorrow_is_the_editors_and_the_zones_day_where_they_are_the_same() -> None:
    assert shown("tomorrow 9:00 Berlin") == "Tue 1 Dec 2026, 17:00 KST"
    assert shown("tomorrow 9:00 Seoul", ZoneInfo("Europe/Berlin")) == "Tue 1 Dec 2026, 01:00 CET"


def test_an_unclear_time_in_the_past_is_asked_too() -> None:
    with pytest.raises(AmbiguousTime, match=r"3 Jun 2026.*6 Mar 2026|6 Mar 2026.*3 Jun 2026"):
        parse_past("3/6/2026 9:00", now=NOW, zone=SEOUL)
    assert parse_past("11/12/2026 9:00", now=NOW, zone=SEOUL) == datetime(2026, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("30.11.2026", [date(2026, 11, 30)]),
        ("30. 11. 26", [date(2026, 11, 30)]),
        ("3.4.", [date(2027, 4, 3)]),
        ("29.2.", []),  # no leap year is near
        ("2026-12-1", [date(2026, 12, 1)]),
        ("2026.13.1", []),
        ("12월1일", [date(2026, 12, 1)]),
        ("11월 30일", [date(2026, 11, 30)]),
        ("3", []),
    ],
)
def test_days_in_figures(words: str, days: list[date]) -> None:
    assert list(days_in_figures(words, today=date(2026, 11, 30))) == days


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_in_figures_is_read_back(day: date) -> None:
    for text in (f"{day.day}.{day.month}.{day.year}", f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日"):
        assert days_in_figures(text, today=date(2026, 11, 30)) == (day,)
    assert day in days_in_figures(f"{day:%d/%m/%Y}", today=date(2026, 11, 30))


@given(st.times())
def test_every_clock_time_is_read_back(moment: time) -> None:
    clock = take_clock(f"tomorrow {moment:%H:%M:%S}, kst")
    assert clock is not None
    assert clock.choices == ((0, moment.replace(microsecond=0)),)
    assert (clock.before, clock.after) == ("tomorrow", ", kst")


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=60)
    | st.from_regex(r"[a-z0-9:./ 월일시요일明日月曜]{0,30} ?[0-9]{1,2}(:00| Uhr|am|시)?", fullmatch=True)
)
def test_any_words_are_a_time_or_refused(text: str) -> None:
    try:
        assert parse_time(text, now=NOW, zone=SEOUL).at >= NOW - timedelta(minutes=1)
    except BadTime:
        pass
