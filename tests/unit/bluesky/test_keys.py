"""The keys of records: TIDs, the same ones at every attempt."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from distributor.channels.base import Intent
from distributor.channels.bluesky.keys import created_at, record_key

AT = datetime(2026, 11, 24, 20, 0, 0, 123456, UTC)
INTENT = Intent("5f2b2c9e-5d3f-4a51-9d0f-0d3a4d7c1f10", 1, AT)
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def number(key: str) -> int:
    value = 0
    for digit in key:
        value = value * 32 + DIGITS.index(digit)
    return value


def test_it_is_a_tid_of_the_second_of_the_first_try() -> None:
    key = record_key(INTENT, 1)
    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", key)
    assert (number(key) >> 10) // 1_000_000 == int(AT.timestamp())


def test_it_stays_the_same_at_every_attempt_and_in_every_time_zone() -> None:
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    again = replace(INTENT, attempt=7, first_tried_at=seoul)
    assert record_key(again, 2) == record_key(INTENT, 2)
    assert created_at(again, 2) == created_at(INTENT, 2) == "2026-11-24T20:00:00.124Z"


def test_posts_of_a_thread_follow_each_other_and_intents_differ() -> None:
    keys = [record_key(INTENT, place) for place in range(1, 40)]
    assert keys == sorted(set(keys))
    others = {record_key(Intent(f"intent {place}", 1, AT), 1) for place in range(5_000)}
    assert len(others) == 5_000
