"""Which posts may be an intent's own, and which two posts could be taken for each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from distributor.channels.base import Intent
from distributor.channels.lookups import CLOCKS_DIFFER, SERVERS_DIFFER, alike, window
from distributor.domain.variants import Variant

FIRST_CALL = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NOW = FIRST_CALL + timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def dated(moment: datetime) -> dict[str, str]:
    return {"date": format_datetime(moment, usegmt=True)}


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=3), -timedelta(minutes=3)])
def test_the_window_begins_with_the_first_call_by_the_networks_own_clock(ahead: timedelta) -> None:
    own = window(Intent("a", 2, FIRST_CALL), dated(NOW + ahead), NOW)
    assert own.may_be_own("7", FIRST_CALL + ahead)
    assert own.may_be_own("7", (FIRST_CALL + ahead).replace(microsecond=0) - SECOND)  # whole seconds, rounded down
    assert not own.may_be_own("7", FIRST_CALL + ahead - SERVERS_DIFFER - SECOND)


def test_a_first_call_by_another_machine_is_told_by_this_ones_clock() -> None:
    own = window(Intent("a", 2, FIRST_CALL, clock_ahead=timedelta(minutes=1)), dated(NOW), NOW)
    assert own.since == FIRST_CALL + timedelta(minutes=1) - SERVERS_DIFFER


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_a_network_that_tells_no_time_may_be_as_far_off_as_is_plausible(headers: dict[str, str]) -> None:
    assert window(Intent("a", 2, FIRST_CALL), headers, NOW).since == FIRST_CALL - CLOCKS_DIFFER


def test_a_clock_that_is_off_by_years_is_not_followed() -> None:
    own = window(Intent("a", 2, FIRST_CALL), dated(NOW + timedelta(days=900)), NOW)
    assert own.since == FIRST_CALL + CLOCKS_DIFFER - SERVERS_DIFFER


def test_what_another_dispatch_holds_is_never_its_own() -> None:
    own = window(Intent("a", 2, FIRST_CALL, foreign_ids=frozenset({"7"})), dated(NOW), NOW)
    assert not own.may_be_own("7", NOW)
    assert own.may_be_own("8", NOW)
    assert own.may_be_own("8", None)  # where a network does not say when


@pytest.mark.parametrize(
    ("other", "result"),
    [
        (("Fog and  tide",), True),
        (("Fog and #tide https://a.example/2",), True),
        (("Fog and tide", "of another thread"), True),
        (("Fog and wind",), False),
        ((), False),
    ],
)
def test_posts_are_alike_where_a_look_up_could_take_one_for_the_other(other: tuple[str, ...], result: bool) -> None:
    variant = Variant("twitter", parts=("Fog and tide https://a.example/1",))
    assert alike(variant, Variant("twitter", parts=other)) is result


@pytest.mark.parametrize(("attempt", "settled", "result"), [(1, False, True), (2, False, False), (2, True, True)])
def test_only_a_first_try_or_settled_ones_are_certain_to_have_made_nothing(
    attempt: int, settled: bool, result: bool
) -> None:
    assert Intent("a", attempt, FIRST_CALL, settled=settled).nothing_out is result
