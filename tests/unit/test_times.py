"""WHEN, as people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.errors import BadTime
from distributor.domain.times import ParsedTime, clock, full, stamp
from distributor.time_words import parse_past, parse_time

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 19:00 in Seoul


def parse(text: str, zone: ZoneInfo = SEOUL, now: datetime = NOW) -> datetime:
    return parse_time(text, now=now, zone=zone).at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-24T10:00"),
        ("2026-12-01 09:00", "2026-12-01T00:00"),
        ("2026-12-01T09:00", "2026-12-01T00:00"),
        ("2026-12-01T09:00:30", "2026-12-01T00:00:30"),
        ("2026-12-01T09:00+01:00", "2026-12-01T08:00"),
        ("2026-12-01t09:00z", "2026-12-01T09:00"),
        ("in 20 minutes", "2026-11-24T10:20"),
        ("In 1 hour and 30 min", "2026-11-24T11:30"),
        ("in an hour", "2026-11-24T11:00"),
        ("in a week", "2026-12-01T10:00"),
        ("+20m", "2026-11-24T10:20"),
        ("+1h30m", "2026-11-24T11:30"),
        ("+2d", "2026-11-26T10:00"),
        ("tomorrow 9:00", "2026-11-25T00:00"),
        ("  tomorrow   at  9.00 ", "2026-11-25T00:00"),
        ("tomorrow 9am", "2026-11-25T00:00"),
        ("today 20:15", "2026-11-24T11:15"),
        ("20:15", "2026-11-24T11:15"),
        ("at 8pm", "2026-11-24T11:00"),
        ("19:00", "2026-11-24T10:00"),
    ],
)
def test_what_people_write(text: str, expected: str) -> None:
    assert parse(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a time that can be understood"),
        ("soon", "not a time that can be understood"),
        ("in", "not a time that can be understood"),
        ("+", "not a time that can be understood"),
        ("in five minutes", "not a time that can be understood"),
        ("25:00", "not a time that can be understood"),
        ("13pm", "not a time that can be understood"),
        ("2026-13-01 09:00", "not a time that can be understood"),
        ("2026-12-01", "say the time of day too"),
        ("2026-11-24 18:00", "has passed"),
        ("18:00", "has passed"),
        ("2062-12-01 09:00", "years away"),
        ("+999999w", "years away"),
        ("9999-12-31T23:59-12:00", "check the year"),
    ],
)
def test_a_bad_time_is_said(text: str, words: str) -> None:
    with pytest.raises(BadTime, match=words):
        parse(text)


def test_a_time_just_passed_while_it_was_typed_is_taken() -> None:
    assert parse("2026-11-24T09:59:30Z") == NOW - timedelta(seconds=30)


def test_an_hour_that_the_clocks_skip_means_as_long_after_the_jump() -> None:
    when = parse_time("2027-03-28 02:30", now=NOW, zone=BERLIN)
    assert when == ParsedTime(
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        "02:30 is skipped by the clocks on 2027-03-28: it means 03:30 CEST.",
    )


def test_an_hour_that_comes_twice_means_the_first() -> None:
    when = parse_time("2027-10-31 02:30", now=NOW, zone=BERLIN)
    assert when == ParsedTime(
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        "02:30 comes twice on 2027-10-31: it means the first one (CEST).",
    )
    assert parse_time("2027-10-31T02:30+01:00", now=NOW, zone=BERLIN).note == ""


@given(st.text() | st.from_regex(r"(in |\+|tomorrow |today )?[0-9a-z:.+\- T]{0,20}", fullmatch=True))
def test_any_text_is_a_time_to_come_or_said(text: str) -> None:
    try:
        when = parse_time(text, now=NOW, zone=BERLIN)
    except BadTime:
        return
    assert when.at.tzinfo is UTC
    assert when.at >= NOW - timedelta(minutes=1)


@given(
    st.datetimes(datetime(2026, 11, 26), datetime(2029, 1, 1)),  # noqa: DTZ001 - wall-clock times
    st.sampled_from(
        ["UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
)
def test_a_wall_clock_time_is_that_time_there_or_comes_with_a_note(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    when = parse_time(wall.isoformat(sep=" "), now=NOW, zone=zone)
    if not when.note:
        assert when.at.astimezone(zone).replace(tzinfo=None) == wall


@given(st.integers(0, 600), st.sampled_from(["m", " minutes", "h", " hours", "d"]))
def test_so_long_from_now(amount: int, unit: str) -> None:
    seconds = {"m": 60, "h": 3600, "d": 86400}[unit.strip()[0]] * amount
    assert parse(f"+{amount}{unit}") == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "19:00 KST"),
        (NOW + timedelta(hours=5), "25 Nov 00:00 KST"),
        (NOW + timedelta(days=60), "23 Jan 2027 19:00 KST"),
    ],
)
def test_a_time_is_shown_as_short_as_it_is_clear(moment: datetime, text: str) -> None:
    assert clock(moment, now=NOW, zone=SEOUL) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-24T10:00"),
        ("2026-11-24", "2026-11-23T15:00"),
        ("2026-11-24 09:00", "2026-11-24T00:00"),
        ("2026-11-24T09:00+01:00", "2026-11-24T08:00"),
        ("2 hours ago", "2026-11-24T08:00"),
        ("an hour and 30 minutes ago", "2026-11-24T08:30"),
        ("3d ago", "2026-11-21T10:00"),
        ("today", "2026-11-23T15:00"),
        ("yesterday", "2026-11-22T15:00"),
        ("yesterday at 9:00", "2026-11-23T00:00"),
        ("today 9am", "2026-11-24T00:00"),
        ("18:30", "2026-11-24T09:30"),
        ("Monday 9am", "2026-11-23T00:00"),
        ("Tuesday", "2026-11-23T15:00"),
        ("23.11.2026 9:00 UTC", "2026-11-23T09:00"),
        ("어제 오전 9시", "2026-11-23T00:00"),
        ("24.11.", "2026-11-23T15:00"),
        ("25/12", "2025-12-24T15:00"),
    ],
)
def test_what_people_write_for_the_past(text: str, expected: str) -> None:
    assert parse_past(text, now=NOW, zone=SEOUL) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "ago", "soon", "ago ago", "x hours ago", "2026-13-01", "yesterday ?"])
def test_what_is_no_time_in_the_past(text: str) -> None:
    with pytest.raises(BadTime, match="not a time that can be understood"):
        parse_past(text, now=NOW, zone=SEOUL)


def test_so_long_ago_that_no_calendar_has_it() -> None:
    with pytest.raises(BadTime, match="before all calendars"):
        parse_past("110000 weeks ago", now=NOW, zone=SEOUL)


@pytest.mark.parametrize("text", ["23:00", "2026-12-01", "2026-12-01 09:00", "tomorrow 9:00"])
def test_what_is_to_come_has_not_passed(text: str) -> None:
    with pytest.raises(BadTime, match="is to come"):
        parse_past(text, now=NOW, zone=SEOUL)


@given(st.text(max_size=40))
def test_any_text_is_a_past_time_or_refused(text: str) -> None:
    try:
        assert parse_past(text, now=NOW, zone=SEOUL) <= NOW + timedelta(minutes=1)
    except BadTime:
        pass


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Seoul", "KST"),
        ("Europe/Berlin", "CET"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("UTC", "UTC"),
        ("Etc/GMT+0", "GMT"),
    ],
)
def test_every_time_that_is_shown_carries_its_zone(zone: str, label: str) -> None:
    for text in (clock(NOW, now=NOW, zone=ZoneInfo(zone)), full(NOW, ZoneInfo(zone)), stamp(NOW, ZoneInfo(zone))):
        assert text.endswith((f":00 {label}", f":45 {label}"))
    assert full(NOW, SEOUL) == "Tue 24 Nov 2026, 19:00 KST"
    assert stamp(NOW, timezone(timedelta(hours=-3, minutes=-30))) == "2026-11-24 06:30 UTC-3:30"
    assert stamp(NOW, timezone(timedelta(0))) == "2026-11-24 10:00 UTC"
