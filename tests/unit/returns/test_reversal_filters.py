"""What an undoing in bulk is about: what a filter covers, which ones are refused, and how it reads in the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.domain.errors import BadInput
from distributor.domain.reversals import REASONS, ReversalFilter, change, in_words, normalize

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
EVENT: dict[str, Any] = {"reason": "hard bounce", "source": "dsn", "dispatch": 7, "at": NOON}


@pytest.mark.parametrize(
    ("values", "covered"),
    [
        ({}, True),
        ({"reason": "hard bounce"}, True),
        ({"reason": "complaint"}, False),
        ({"source": "dsn"}, True),
        ({"source": "postmark"}, False),
        ({"dispatch": 7}, True),
        ({"dispatch": 8}, False),
        ({"since": NOON}, True),
        ({"since": NOON + timedelta(seconds=1)}, False),
        ({"until": NOON}, False),  # before then
        ({"until": NOON + timedelta(seconds=1)}, True),
        ({"source": "dsn", "dispatch": 8}, False),
    ],
)
def test_all_that_is_given_has_to_be_so(values: dict[str, Any], covered: bool) -> None:
    assert ReversalFilter(**values).covers(**EVENT) is covered


def test_complaints_can_be_left_out() -> None:
    assert ReversalFilter().reasons == REASONS
    assert "complaint" not in ReversalFilter(complaints=False).reasons
    assert not ReversalFilter(complaints=False).covers(**{**EVENT, "reason": "complaint"})


def test_a_domain_is_meant_however_it_is_written() -> None:
    scope = normalize(ReversalFilter(domain=" reader@Example.COM ", source=" dsn "))
    assert (scope.domain, scope.source) == ("example.com", "dsn")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Say what to undo"),
        ({"domain": "@"}, "Say what to undo"),
        ({"complaints": False, "suppressions_only": True}, "Say what to undo"),
        ({"since": NOON, "until": NOON}, "has to be after"),
        ({"reason": "weather"}, "is not a reason"),
        ({"reason": "manual"}, "suppressed by hand"),
        ({"reason": "unsubscribe", "suppressions_only": True}, "is not suppressed"),
    ],
)
def test_what_can_not_be_meant_is_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        normalize(ReversalFilter(**values))


def test_what_was_suppressed_by_hand_is_lifted_where_suppressions_alone_are_meant() -> None:
    assert normalize(ReversalFilter(reason="manual", suppressions_only=True)).reasons == ("manual",)


def test_the_record_says_in_words_what_was_given() -> None:
    scope = ReversalFilter(
        reason="hard bounce", domain="example.com", dispatch=7, since=NOON, complaints=False, suppressions_only=True
    )
    assert in_words(scope.to_json()) == (
        "reason hard bounce, domain example.com, dispatch 7, since 2026-11-29 12:00 UTC, no complaints, "
        "suppressions only"
    )
    assert in_words({"address": "a hash"}) == "one address"


@pytest.mark.parametrize(
    ("suppressions", "subscriptions", "words"),
    [
        (1, 0, "lifted 1 suppression and put back 0 subscriptions"),
        (1_200, 1, "lifted 1,200 suppressions and put back 1 subscription"),
    ],
)
def test_what_it_came_to_is_counted_in_words(suppressions: int, subscriptions: int, words: str) -> None:
    assert change(suppressions, subscriptions) == words
