"""The plan: order, time, hold, quiet hours, daylight saving, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.planning import (
    Delay,
    Plan,
    QuietHours,
    SchedulePolicy,
    Target,
    after_quiet,
    earliest_release,
    plan,
)
from distributor.domain.times import at_local

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
BAR = ("facebook", "twitter", "kakao", "mail", "link")
TARGETS = {name: (Target(key=f"account:{name}", name=name),) for name in BAR}


def channels(made: Plan) -> list[str]:
    return [one.channel for one in made.dispatches]


def test_the_link_goes_first_and_the_rest_keeps_the_bars_order() -> None:
    made = plan(BAR, TARGETS, SchedulePolicy(), NOW)
    assert channels(made) == ["link", "facebook", "twitter", "kakao", "mail"]
    assert [one.position for one in made.dispatches] == [4, 0, 1, 2, 3]
    assert [one.waits_for_link for one in made.dispatches] == [False, True, True, True, True]


def test_without_a_link_nothing_waits() -> None:
    made = plan(("mail", "twitter"), TARGETS, SchedulePolicy(), NOW)
    assert channels(made) == ["mail", "twitter"]
    assert not any(one.waits_for_link for one in made.dispatches)


def test_a_channel_named_twice_is_planned_once_and_every_account_gets_a_dispatch() -> None:
    two = (Target(key="account:1", name="one"), Target(key="account:2", name="two"))
    made = plan(("twitter", "twitter"), {"twitter": two}, SchedulePolicy(), NOW)
    assert [one.target.name for one in made.dispatches] == ["one", "two"]


def test_a_channel_without_account_is_blocked_with_a_reason_and_the_others_go_out() -> None:
    made = plan(("telegram", "mail"), {"mail": TARGETS["mail"]}, SchedulePolicy(), NOW)
    assert [(one.channel, bool(one.blocked)) for one in made.dispatches] == [("telegram", True), ("mail", False)]
    assert "telegram" in made.dispatches[0].blocked


def test_a_past_time_means_now_and_is_said() -> None:
    made = plan(("mail",), TARGETS, SchedulePolicy(at=NOW - timedelta(hours=3)), NOW)
    assert made.dispatches[0].due_at == NOW
    assert "has passed" in made.notes[0]


def test_nothing_is_due_before_the_hold_has_ended() -> None:
    made = plan(("mail",), TARGETS, SchedulePolicy(hold=timedelta(minutes=20)), NOW)
    assert made.dispatches[0].due_at == NOW + timedelta(minutes=20)


def test_channels_are_spread_after_the_link() -> None:
    made = plan(("mail", "link", "twitter"), TARGETS, SchedulePolicy(between_channels=timedelta(minutes=2)), NOW)
    assert [(one.channel, (one.due_at - NOW).seconds // 60) for one in made.dispatches] == [
        ("link", 0),
        ("mail", 2),
        ("twitter", 4),
    ]


def test_channels_that_are_spread_into_the_night_go_on_in_the_morning() -> None:
    quiet = QuietHours(time(22), time(7))
    evening = datetime(2026, 3, 2, 21, 50, tzinfo=SEOUL)
    policy = SchedulePolicy(at=evening, zone=SEOUL, quiet=quiet, between_channels=timedelta(minutes=8))
    made = plan(("mail", "twitter", "kakao", "facebook"), TARGETS, policy, NOW)
    clocks = [f"{one.due_at.astimezone(SEOUL):%d %H:%M}" for one in made.dispatches]
    assert clocks == ["02 21:50", "02 21:58", "03 07:00", "03 07:08"]
    assert made.notes == ("Moved out of the quiet hours, to 2026-03-03 07:00 KST.",)


def test_quiet_hours_over_midnight_move_to_their_end() -> None:
    quiet = QuietHours(time(20), time(8))
    evening = datetime(2026, 3, 2, 21, 30, tzinfo=SEOUL)
    morning = datetime(2026, 3, 3, 6, 0, tzinfo=SEOUL)
    opens = datetime(2026, 3, 3, 8, 0, tzinfo=SEOUL)
    assert after_quiet(evening, quiet, SEOUL) == after_quiet(morning, quiet, SEOUL) == opens
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=SEOUL)
    assert after_quiet(noon, quiet, SEOUL) == noon
    made = plan(("mail",), TARGETS, SchedulePolicy(at=evening, zone=SEOUL, quiet=quiet), NOW)
    assert made.dispatches[0].due_at == opens
    assert made.notes == ("Moved out of the quiet hours, to 2026-03-03 08:00 KST.",)


def test_an_hour_that_the_clocks_skip_is_after_the_jump() -> None:
    # New York, 8 March 2026: 02:00 becomes 03:00.
    assert at_local(datetime(2026, 3, 8, 2, 30), NEW_YORK).astimezone(NEW_YORK).time() == time(3, 30)  # noqa: DTZ001


def test_an_hour_that_comes_twice_is_its_first() -> None:
    # New York, 1 November 2026: 01:30 comes in summer time (UTC−4) and again in winter time.
    assert at_local(datetime(2026, 11, 1, 1, 30), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # noqa: DTZ001


def test_quiet_hours_that_end_in_a_skipped_hour_still_end() -> None:
    quiet = QuietHours(time(22), time(2, 30))
    night = datetime(2026, 3, 8, 1, 0, tzinfo=NEW_YORK)
    assert after_quiet(night, quiet, NEW_YORK).astimezone(NEW_YORK).time() == time(3, 30)


def test_each_channel_keeps_out_of_the_quiet_hours_also_when_they_are_spread() -> None:
    quiet = QuietHours(time(22), time(8))
    policy = SchedulePolicy(
        at=datetime(2026, 3, 2, 21, 59, tzinfo=UTC), quiet=quiet, between_channels=timedelta(minutes=2)
    )
    made = plan(("link", "mail", "twitter"), TARGETS, policy, NOW)
    morning = datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert [one.due_at for one in made.dispatches] == [policy.at, morning, morning + policy.between_channels]
    assert [bool(one.moved) for one in made.dispatches] == [False, True, True]


def test_what_moved_it_last_is_told() -> None:
    wanted = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    ten, nine = datetime(2026, 3, 3, 10, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)
    hold = earliest_release(wanted, hold_until=wanted + timedelta(hours=2))
    assert (hold.due_at, hold.delay) == (wanted + timedelta(hours=2), Delay.HOLD)
    quiet = QuietHours(time(22), time(8))
    night = earliest_release(wanted, hold_until=wanted + timedelta(hours=2), quiet=quiet)
    assert (night.due_at, night.delay) == (datetime(2026, 3, 3, 8, tzinfo=UTC), Delay.QUIET_HOURS)
    closed = earliest_release(wanted, quiet=quiet, channel_hours=lambda at: max(at, nine))
    assert (closed.due_at, closed.delay) == (nine, Delay.CHANNEL_HOURS)
    assert closed.sentence(SEOUL, "Kakao") == "Kakao may not send at that hour: moved to 2026-03-03 18:00 KST."
    page = earliest_release(wanted, link_at=ten)
    assert (page.due_at, page.at, page.delay) == (wanted, ten, Delay.LINK)
    assert "which goes out at 2026-03-03 10:00" in page.sentence(UTC, "X")
    assert earliest_release(wanted, link_at=wanted).sentence(UTC, "X") == ""


def test_where_no_hour_suits_both_the_channels_own_rules_count() -> None:
    quiet = QuietHours(time(8), time(20))

    def by_day(at: datetime) -> datetime:
        return at if 8 <= at.hour < 20 else at.replace(hour=8, minute=0) + timedelta(days=at.hour >= 20)

    first = earliest_release(NOW, quiet=quiet, channel_hours=by_day)
    assert by_day(first.due_at) == first.due_at
    assert first.delay is Delay.CHANNEL_HOURS


@given(
    bar=st.lists(st.sampled_from([*BAR, "telegram", "threads"]), max_size=8),
    at=st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hold=st.integers(0, 600),
    quiet=st.none() | st.tuples(st.times(), st.times()),
    zone=st.sampled_from([SEOUL, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca")]),
    between_channels=st.integers(0, 3600),
)
def test_every_channel_is_planned_once_and_never_too_early(
    bar: list[str],
    at: datetime | None,
    hold: int,
    quiet: tuple[time, time] | None,
    zone: ZoneInfo,
    between_channels: int,
) -> None:
    policy = SchedulePolicy(
        at=at,
        hold=timedelta(minutes=hold),
        zone=zone,
        quiet=QuietHours(*quiet) if quiet else None,
        between_channels=timedelta(seconds=between_channels),
    )
    made = plan(bar, TARGETS, policy, NOW)
    assert sorted(channels(made)) == sorted(set(bar))
    for one in made.dispatches:
        assert one.due_at >= max(NOW + policy.hold, at or NOW)
        assert bool(one.blocked) == (one.channel not in TARGETS)
        assert policy.quiet is None or after_quiet(one.due_at, policy.quiet, zone) == one.due_at
    if "link" in bar:
        assert made.dispatches[0].channel == "link"
        assert all(one.due_at >= made.dispatches[0].due_at for one in made.dispatches)
