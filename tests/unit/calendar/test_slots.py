"""Slots: how they are written, and which one is next, also where the clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.errors import BadInput
from distributor.domain.slots import HORIZON, Slot, next_slot, problem, read_slots, slot_times, slots_text

SEOUL, BERLIN, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = st.sampled_from([UTC, SEOUL, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Santiago")])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=ZONES)  # noqa: DTZ001
SLOTS = st.lists(
    st.builds(Slot, st.integers(0, 6), st.builds(time, st.integers(0, 23), st.integers(0, 59))), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        ("Mon 9:00", "Mon 09:00"),
        ("Wed 9:00, mon 18:30 09:00", "Mon 09:00 18:30, Wed 09:00"),
        ("Mon, Wed 09:00 18:00", "Mon 09:00 18:00, Wed 09:00 18:00"),
        ("Mon-Wed 9am; Sat 6 pm", "Mon 09:00, Tue 09:00, Wed 09:00, Sat 18:00"),
        ("Fri–Mon 8.15", "Mon 08:15, Fri 08:15, Sat 08:15, Sun 08:15"),
        ("weekend 10:00", "Sat 10:00, Sun 10:00"),
        ("월수금 9:00", "Mon 09:00, Wed 09:00, Fri 09:00"),
        ("화요일 9:00", "Tue 09:00"),
        ("Thursday: 12:00 12:00", "Thu 12:00"),
    ],
)
def test_a_timetable_is_read_as_people_write_it(text: str, normal: str) -> None:
    assert slots_text(read_slots(text)) == normal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9:00", "Write the day before “9:00”"),
        ("Mon", "Write a time behind each day"),
        ("Mon 9:00 Tue", "Write a time behind each day"),
        ("Mon 25:00", "“25:00” is neither a day of the week nor a time"),
        ("noon", "“noon” is neither a day of the week nor a time"),
        ("t 9:00", "“t” is neither"),
    ],
)
def test_what_is_no_timetable_says_how_to_write_one(text: str, words: str) -> None:
    assert words in problem(text)
    with pytest.raises(BadInput):
        read_slots(text)


@given(SLOTS)
def test_what_is_shown_is_read_back(slots: list[Slot]) -> None:
    assert read_slots(slots_text(slots)) == tuple(sorted(set(slots)))


@given(SLOTS, MOMENTS, ZONES)
def test_slots_come_in_order_none_before_the_moment_and_each_a_week_apart(
    slots: list[Slot], after: datetime, zone: ZoneInfo
) -> None:
    times = list(islice(slot_times(slots, after, zone), 50))
    assert times == sorted(set(times))
    assert times[0] >= after.astimezone(UTC)
    assert times[0] - after.astimezone(UTC) <= timedelta(days=7, hours=2)
    clocks = {(slot.weekday, slot.clock) for slot in slots}
    for at in times:
        local = at.astimezone(zone)
        jumped = local.utcoffset() != (at - timedelta(hours=2)).astimezone(zone).utcoffset()
        assert jumped or (local.weekday(), local.time()) in clocks


@given(SLOTS, MOMENTS, ZONES, st.integers(0, 20))
def test_the_next_slot_is_the_first_one_that_is_free(
    slots: list[Slot], after: datetime, zone: ZoneInfo, count: int
) -> None:
    times = list(islice(slot_times(slots, after, zone), count + 1))
    assert next_slot(slots, after, zone, occupancy=times[:-1]) == times[-1]


def test_a_year_of_slots_may_be_full() -> None:
    slots, now = read_slots("Mon 9:00"), datetime(2026, 3, 1, tzinfo=UTC)
    assert next_slot(slots, now, SEOUL, occupancy=list(slot_times(slots, now, SEOUL))) is None
    assert next_slot([], now, SEOUL) is None
    assert max(slot_times(slots, now, SEOUL)) - now <= HORIZON + timedelta(days=1)


def test_a_slot_that_the_clocks_skip_comes_after_the_jump_and_one_that_comes_twice_comes_once() -> None:
    slots = read_slots("Sun 2:30")
    spring = list(islice(slot_times(slots, datetime(2026, 3, 28, tzinfo=UTC), BERLIN), 2))
    assert [at.astimezone(BERLIN).strftime("%d %H:%M %Z") for at in spring] == ["29 03:30 CEST", "05 02:30 CEST"]
    autumn = list(islice(slot_times(slots, datetime(2026, 10, 24, tzinfo=UTC), BERLIN), 2))
    assert [at.astimezone(BERLIN).strftime("%d %H:%M %Z") for at in autumn] == ["25 02:30 CEST", "01 02:30 CET"]


def test_whoever_is_there_within_the_minute_has_the_slot() -> None:
    slots, now = read_slots("Mon 9:00, Tue 9:00"), datetime(2026, 3, 1, tzinfo=UTC)
    taken = datetime(2026, 3, 2, 9, 0, 40, tzinfo=SEOUL)
    at = next_slot(slots, now, SEOUL, occupancy=[taken])
    assert at == datetime(2026, 3, 3, 9, tzinfo=SEOUL)
