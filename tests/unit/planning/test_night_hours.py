"""When a kind of message may go out, whatever the clock and the place that it is sent from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.message_kinds import APPROVED, MessageKind, not_before, refusal
from distributor.domain.night_hours import NightHours, next_allowed
from distributor.domain.planning import QuietHours, SchedulePolicy, Target, plan

SEOUL = ZoneInfo("Asia/Seoul")
NIGHT = NightHours(QuietHours(time(20), time(8)), SEOUL)
ZONES = st.sampled_from([UTC, SEOUL, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=ZONES)  # noqa: DTZ001
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
NIGHTS = st.builds(NightHours, st.builds(QuietHours, TIMES, TIMES), ZONES)
TARGETS = {name: (Target(name, name),) for name in ("friends", "mail", "link")}


def in_the_night(moment: datetime, night: NightHours) -> bool:
    clock, hours = moment.astimezone(night.zone).time(), night.hours
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end


@given(MOMENTS, NIGHTS)
def test_the_next_allowed_time_is_the_first_one_outside_the_night(moment: datetime, night: NightHours) -> None:
    at = next_allowed(moment, night)
    assert at >= moment
    assert next_allowed(at, night) == at
    # Compared in UTC: where an hour comes twice, Python never finds times of two zones equal.
    assert next_allowed(moment.astimezone(UTC), night).astimezone(UTC) == at.astimezone(
        UTC
    )  # the zone that a moment is written in says nothing
    if not in_the_night(moment, night):
        assert at == moment
        return
    # A night ends by its own clock; where clocks change, an hour that is skipped or comes twice lengthens it.
    assert at - moment <= timedelta(hours=26)
    if night.zone in (UTC, SEOUL):
        assert not in_the_night(at, night)
        assert at.astimezone(night.zone).time() == night.hours.end
        assert in_the_night(at - timedelta(microseconds=1), night)


@given(MOMENTS)
def test_without_a_night_nothing_moves(moment: datetime) -> None:
    assert next_allowed(moment, None) == moment


def test_the_night_in_korea_over_midnight() -> None:
    eight = datetime(2026, 11, 25, 8, tzinfo=SEOUL)
    assert next_allowed(datetime(2026, 11, 24, 20, tzinfo=SEOUL), NIGHT) == eight
    assert next_allowed(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), NIGHT) == eight  # 01:30 of the 25th in Seoul
    assert next_allowed(eight, NIGHT) == eight
    evening = datetime(2026, 11, 24, 19, 59, 59, tzinfo=SEOUL)
    assert next_allowed(evening, NIGHT) == evening


@given(
    st.sampled_from(["", "T1"]), st.none() | st.sampled_from([APPROVED, "rejected", "inspecting", ""]), st.booleans()
)
def test_words_that_have_to_be_approved_go_out_approved_only(template: str, status: str | None, needed: bool) -> None:
    said = refusal(MessageKind("A notice", template=needed), template=template, status=status)
    assert bool(said) == (needed and (not template or status not in (None, APPROVED)))
    assert not said or said.endswith(".")


def test_a_kind_that_was_ended_is_refused_and_its_heir_named() -> None:
    ended = MessageKind("Friend talk", ended_on=date(2026, 1, 1), instead="a brand message")
    assert refusal(ended, template="") == (
        "Friend talk was ended by its network on 2026-01-01: use a brand message instead."
    )


def test_a_kind_keeps_its_own_night() -> None:
    night = datetime(2026, 11, 24, 23, tzinfo=SEOUL)
    assert not_before(MessageKind("Advertising", night=NIGHT), night) == datetime(2026, 11, 25, 8, tzinfo=SEOUL)
    assert not_before(MessageKind("A notice"), night) == night


# In a plan


def at_day(channel: str, moment: datetime) -> datetime:
    return next_allowed(moment, NIGHT) if channel == "friends" else moment


def test_only_the_channel_with_the_rule_moves_and_it_is_said() -> None:
    night = datetime(2026, 11, 24, 23, tzinfo=SEOUL)
    made = plan(("friends", "mail"), TARGETS, SchedulePolicy(zone=SEOUL), night, not_before=at_day)
    assert [one.due_at for one in made.dispatches] == [datetime(2026, 11, 25, 8, tzinfo=SEOUL), night]
    assert made.notes == ("friends may not send at that hour: moved to 2026-11-25 08:00 KST.",)


def test_both_the_rule_and_the_quiet_hours_are_kept() -> None:
    policy = SchedulePolicy(zone=SEOUL, quiet=QuietHours(time(7), time(9, 30)))
    made = plan(("friends",), TARGETS, policy, datetime(2026, 11, 24, 23, tzinfo=SEOUL), not_before=at_day)
    assert made.dispatches[0].due_at == datetime(2026, 11, 25, 9, 30, tzinfo=SEOUL)


def test_where_the_two_leave_no_time_the_rule_counts() -> None:
    policy = SchedulePolicy(zone=SEOUL, quiet=QuietHours(time(7), time(21)))
    made = plan(("friends",), TARGETS, policy, datetime(2026, 11, 24, 22, tzinfo=SEOUL), not_before=at_day)
    due = made.dispatches[0].due_at
    assert next_allowed(due, NIGHT) == due


@given(MOMENTS, NIGHTS, st.integers(0, 600), st.none() | st.tuples(TIMES, TIMES), st.integers(0, 3600))
def test_nothing_is_planned_into_a_channels_night(
    now: datetime, night: NightHours, hold: int, quiet: tuple[time, time] | None, between_channels: int
) -> None:
    policy = SchedulePolicy(
        hold=timedelta(minutes=hold),
        quiet=QuietHours(*quiet) if quiet else None,
        between_channels=timedelta(seconds=between_channels),
        zone=SEOUL,
    )
    made = plan(("friends", "link"), TARGETS, policy, now, not_before=lambda _name, moment: next_allowed(moment, night))
    assert len(made.dispatches) == 2
    for one in made.dispatches:
        assert one.due_at >= now + policy.hold
        assert next_allowed(one.due_at, night) == one.due_at
