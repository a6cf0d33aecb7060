"""What is announced: a table that programs can rely on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from distributor.domain.announcements import DEFAULT_TYPES, OF_EVENT, TEST_TYPE, TYPES, body_of, type_names
from distributor.domain.errors import BadInput


@pytest.mark.parametrize("name", TYPES)
def test_each_type_says_what_each_field_of_its_example_is(name: str) -> None:
    type_ = TYPES[name]
    assert type_.words.endswith(".")
    assert list(type_.example) == list(type_.fields)
    assert all(type_.fields.values())
    json.dumps(dict(type_.example))


def test_what_is_about_one_reader_is_not_told_unasked() -> None:
    assert "person.left" not in DEFAULT_TYPES
    assert {"letter.taken_in", "dispatch.sent", "post.published", "import.done"} <= set(DEFAULT_TYPES)


def test_each_event_is_announced_as_a_type_that_there_is() -> None:
    assert set(OF_EVENT.values()) <= set(TYPES)
    assert TEST_TYPE not in TYPES


def test_types_are_named_one_by_one_by_group_or_all_at_once() -> None:
    assert type_names(["letter.*"]) == ("letter.taken_in", "letter.changed", "letter.waiting")
    assert type_names([" import.done", "letter.changed", "letter.changed", ""]) == ("letter.changed", "import.done")
    assert type_names(["*"]) == tuple(TYPES)


@pytest.mark.parametrize("words", [(), ("",), ("letter",), ("letter.gone",), ("webhook.test",)])
def test_what_is_not_announced_can_not_be_chosen(words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=r"[Cc]hoose"):
        type_names(words)


def test_a_body_is_the_same_at_every_try() -> None:
    at = datetime(2026, 3, 2, 16, 0, tzinfo=timezone(timedelta(hours=9)))
    data = {"title": "등대", "letter": 7}
    body = body_of("letter.changed", at=at, publication="lantern", data=data)
    assert body == body_of("letter.changed", at=at.astimezone(UTC), publication="lantern", data=data)
    assert json.loads(body) == {
        "type": "letter.changed",
        "timestamp": "2026-03-02T07:00:00+00:00",
        "data": {"publication": "lantern", "title": "등대", "letter": 7},
    }
