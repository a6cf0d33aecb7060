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
