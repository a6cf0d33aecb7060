"""Dataclasses as JSON objects, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain import json_records
from distributor.domain.errors import BadRecord
from distributor.domain.json_records import Sparse


@dataclass(frozen=True, slots=True)
class Buoy:
    name: str
    colour: Literal["red", "green"] = "red"
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    title: str = ""
    depth: int | None = None
    buoys: tuple[Buoy, ...] = ()
    corner: tuple[int, str] = (0, "")
    names: Mapping[str, str] = field(default_factory=dict)
    berth: Sparse[Buoy | None] = None
    note: Sparse[str] = ""


BUOYS = st.builds(Buoy, st.text(), st.sampled_from(["red", "green"]), st.booleans())
CHARTS = st.builds(
    Chart,
    st.text(),
    st.none() | st.integers(),
    st.lists(BUOYS).map(tuple),
    st.tuples(st.integers(), st.text()),
    st.dictionaries(st.text(), st.text()),
    st.none() | BUOYS,
    st.text(),
)


@given(CHARTS)
def test_what_is_stored_is_read_unchanged(chart: Chart) -> None:
    stored = json.loads(json.dumps(json_records.to_json(chart)))
    assert json_records.from_json(Chart, stored) == chart


def test_a_sparse_field_is_left_out_where_it_has_its_default() -> None:
    empty: dict[str, object] = {"title": "", "depth": None, "buoys": [], "corner": [0, ""], "names": {}}
    assert json_records.to_json(Chart()) == empty
    assert json_records.to_json(Chart(note="here", berth=Buoy("1"))) == {
        **empty,
        "berth": {"name": "1", "colour": "red", "lit": False},
        "note": "here",
    }


def test_what_is_unknown_is_passed_over_and_what_is_missing_has_its_default() -> None:
    assert json_records.from_json(Chart, {"title": "Quay", "tide": 4}) == Chart("Quay")
    assert json_records.from_json(Chart, {"buoys": [{"name": "1"}]}) == Chart(buoys=(Buoy("1"),))


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        (None, "it is no object"),
        ({"title": None}, "“title” is no text"),
        ({"depth": "4"}, "“depth” is no whole number"),
        ({"depth": True}, "“depth” is no whole number"),
        ({"buoys": {}}, "“buoys” is no list"),
        ({"buoys": [{"name": "1"}, 2]}, "“buoys.1” is no object"),
        ({"buoys": [{}]}, "“buoys.0.name” is missing"),
        ({"buoys": [{"name": "1", "colour": "blue"}]}, "“buoys.0.colour” is no word of red, green"),
        ({"buoys": [{"name": "1", "lit": 1}]}, "“buoys.0.lit” is no yes or no"),
        ({"corner": [1]}, "“corner” is no list of 2"),
        ({"names": []}, "“names” is no object"),
        ({"names": {"a": 1}}, "“names.a” is no text"),
        ({"berth": ""}, "“berth” is no object"),
    ],
)
def test_what_is_of_another_type_is_an_error_that_says_where(stored: object, problem: str) -> None:
    with pytest.raises(BadRecord) as raised:
        json_records.from_json(Chart, stored)
    assert str(raised.value) == f"What is stored can’t be read: {problem}."


def test_what_is_no_dataclass_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        json_records.to_json("text")


@dataclass(frozen=True, slots=True)
class Voyage:
    begins: datetime
    ends: datetime | None = None


@given(st.datetimes(timezones=st.timezones()), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_the_same_moment(begins: datetime, ends: datetime | None) -> None:
    stored = json.loads(json.dumps(json_records.to_json(Voyage(begins, ends))))
    assert json_records.from_json(Voyage, stored) == Voyage(begins.astimezone(UTC), ends)


@pytest.mark.parametrize("text", ["yesterday", "2026-03-02T09:00:00", 5])
def test_what_is_no_moment_is_refused(text: object) -> None:
    with pytest.raises(BadRecord, match="“begins” is no time"):
        json_records.from_json(Voyage, {"begins": text})
