"""How fast mail may go out: budgets, recipient domains, spans of hours and first days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.pacing import (
    FORGIVEN_AFTER,
    FORGOTTEN_AFTER,
    FREE_RATE,
    GROWTH,
    MIN_RATE,
    NO_LIMIT,
    START_RATE,
    STOPS,
    WARM_UP_PLAN,
    Bucket,
    DomainPace,
    Holdback,
    Wait,
    WarmUp,
    begin,
    group_of,
    is_forgotten,
    next_day,
    room,
    share,
    slow_down,
    speed_up,
    take,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RATES = st.floats(0.05, 20_000)
SEOUL = ZoneInfo("Asia/Seoul")


@given(rate=RATES, asked=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 5_000)), max_size=40))
def test_a_bucket_never_gives_more_than_its_rate_and_its_room(rate: float, asked: list[tuple[float, int]]) -> None:
    bucket, now, granted = None, 0.0, 0
    for pause, wanted in asked:
        now += pause
        bucket, got, wait = take(bucket, rate=rate, count=wanted, now=now)
        granted += got
        assert 0 <= got <= wanted
        assert (wait > 0) == (got == 0)
    assert granted <= room(rate) + rate * now + 1e-6


@given(rate=RATES, wanted=st.integers(1, 5_000), workers=st.integers(1, 50))
def test_whoever_waits_as_long_as_told_gets_something(rate: float, wanted: int, workers: int) -> None:
    wanted = min(wanted, share(rate, workers))
    bucket, got, wait = take(Bucket(0.0, 100.0), rate=rate, count=wanted, now=100.0)
    assert not got
    assert take(bucket, rate=rate, count=wanted, now=100.0 + wait + 1e-6)[1] >= 1


def test_a_domain_that_takes_mail_well_has_no_limit_soon() -> None:
    pace, now = begin(0.0), 0.0
    while pace.rate < NO_LIMIT:
        now += 1.0
        pace = speed_up(pace, now=now)
    assert now <= 8
    assert begin(0.0).rate == START_RATE


def test_many_answers_at_once_are_one_trouble_and_one_step() -> None:
    fast = DomainPace(rate=800.0, changed_at=0.0)
    once = slow_down(fast, now=100.0, recent_rate=400.0)
    assert (once.rate, once.strikes, once.stopped_until) == (200.0, 1, 101.0)
    assert slow_down(once, now=100.9, recent_rate=400.0) is once
    grown = speed_up(begin(0.0), now=60.0)
    assert grown.rate == START_RATE * GROWTH
    assert speed_up(grown, now=60.5) is grown


def test_stops_grow_with_repeated_trouble_up_to_ten_minutes() -> None:
    pace, now, stops = begin(0.0), 0.0, []
    for _ in range(8):
        now = max(now + 2.0, pace.stopped_until)
        pace = slow_down(pace, now=now, recent_rate=50.0)
        stops.append(round(pace.stopped_until - now, 3))
    assert stops == [*STOPS, 600.0, 600.0, 600.0]


def test_trouble_is_forgiven_after_a_while_and_then_begins_small_again() -> None:
    pace = begin(0.0)
    for now in (10.0, 20.0, 30.0):
        pace = slow_down(pace, now=now, recent_rate=50.0)
    quiet = pace.stopped_until
    assert slow_down(pace, now=quiet + FORGIVEN_AFTER - 1, recent_rate=50.0).strikes == 4
    assert slow_down(pace, now=quiet + FORGIVEN_AFTER, recent_rate=50.0).strikes == 1
    assert speed_up(pace, now=quiet + FORGIVEN_AFTER).rate == pace.rate * GROWTH
    assert not is_forgotten(pace, now=quiet + FORGOTTEN_AFTER)
    assert is_forgotten(pace, now=quiet + FORGOTTEN_AFTER + 1)


def test_little_mail_at_the_first_trouble_does_not_starve_a_domain() -> None:
    assert slow_down(begin(0.0), now=5.0, recent_rate=0.1).rate == 10.0


EVENTS = st.lists(st.tuples(st.sampled_from(["slow", "good"]), st.floats(0, 60), st.floats(0, 50_000)), max_size=120)


@given(events=EVENTS, start=st.floats(0, 5_000))
def test_a_pace_stays_in_its_bounds_and_grows_slowly_after_trouble(
    events: list[tuple[str, float, float]], start: float
) -> None:
    pace, now = begin(0.0, start), 0.0
    for kind, pause, seen in events:
        now += pause
        before = pace
        if kind == "slow":
            pace = slow_down(pace, now=now, recent_rate=seen)
            assert pace.rate <= before.rate
        else:
            pace = speed_up(pace, now=now)
            if pace.strikes:
                assert pace.rate <= max(before.rate * 1.25, before.rate + before.ceiling * 0.1)
        assert pace.rate >= MIN_RATE
        assert pace.rate <= FREE_RATE or (pace.rate == NO_LIMIT and not pace.strikes)
        assert pace.stopped_until <= now + STOPS[-1]  # as it was added: a difference of floats is not exact


def test_trouble_at_any_rate_brings_a_limit_that_slows() -> None:
    """Half of a rate beyond all limits would be one that nothing is ever above."""
    pace = slow_down(DomainPace(rate=NO_LIMIT, changed_at=0.0), now=600.0, recent_rate=10 * FREE_RATE)
    assert pace.rate == FREE_RATE


@given(events=EVENTS)
def test_whatever_happened_a_domain_recovers_wholly(events: list[tuple[str, float, float]]) -> None:
    pace, now = begin(0.0), 0.0
    for kind, pause, seen in events:
        now += pause
        pace = slow_down(pace, now=now, recent_rate=seen) if kind == "slow" else speed_up(pace, now=now)
    deadline = now + STOPS[-1] + FORGIVEN_AFTER + 60
    while now < deadline:
        now += 1.0
        pace = speed_up(pace, now=now)
    assert pace.rate == NO_LIMIT


def test_domains_of_the_same_servers_count_together() -> None:
    assert group_of("googlemail.com") == group_of("GMail.com") == "gmail.com"
    assert group_of("hanmail.net") == "daum.net"
    assert group_of("lantern.example") == "lantern.example"


def test_a_new_sending_domain_has_half_as_much_again_each_day() -> None:
    warm_up = WarmUp(date(2026, 3, 2))
    days = [warm_up.allowance(date(2026, 3, 2) + timedelta(days=number)) for number in range(25)]
    assert days[0] == 500
    assert days[7] == 8_543
    assert days[19] == 1_108_419
    assert days[20:] == [None] * 5
    assert warm_up.allowance(date(2026, 3, 1)) == 500
    assert all(after / before < 1.51 for before, after in pairwise(WARM_UP_PLAN))
    assert WarmUp(date(2026, 3, 2), (10, 20)).allowance(date(2026, 3, 3)) == 20


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (datetime(2026, 3, 2, 14, 59, tzinfo=UTC), SEOUL, datetime(2026, 3, 2, 15, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 15, 0, tzinfo=UTC), SEOUL, datetime(2026, 3, 3, 15, 0, tzinfo=UTC)),
        # The clocks go forward on the 29th: that day has 23 hours.
        (
            datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
            ZoneInfo("Europe/Berlin"),
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
        ),
    ],
)
def test_tomorrow_begins_where_the_publication_is(now: datetime, zone: ZoneInfo, expected: datetime) -> None:
    assert next_day(now, zone) == expected


@pytest.mark.parametrize(
    ("hold", "limit", "waiting", "sentence"),
    [
        (
            Holdback.DOMAIN,
            0,
            1_200,
            "naver.com puts off or refuses mail; 1,200 wait until 18:05 KST.",
        ),
        (Holdback.DOMAIN, 250.0, 0, "naver.com gets 250 a second; the rest waits for that."),
        (Holdback.RELAY, 14.0, 30, "The relay takes 14 a second; 30 wait for that."),
        (Holdback.RELAY, 0.5, 0, "The relay takes 30 a minute; the rest waits for that."),
        (Holdback.DAY, 750, 40, "The new sending domain may send 750 today; 40 wait until 2026-03-02 18:05 KST."),
    ],
)
def test_a_wait_is_a_sentence_for_an_editor(hold: Holdback, limit: float, waiting: int, sentence: str) -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    wait = Wait(300.0, at.timestamp(), hold, limit, "naver.com" if hold is Holdback.DOMAIN else "")
    assert wait.sentence(recipients=waiting, zone=SEOUL) == sentence
    assert wait.retry_at == at
