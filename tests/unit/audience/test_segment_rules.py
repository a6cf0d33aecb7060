"""Rules of segments: what they may look like, how they are told, and what is said about what is none."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.errors import BadInput
from distributor.domain.segment_words import describe, read, read_words_or_json, spell, to_json
from distributor.domain.segments import Activity, And, Compare, Not, OnList, Or, SegmentField, loads, parse

CITY = SegmentField("attributes", ("city",))


def test_a_tree_is_read() -> None:
    rule = loads(
        '{"all": [{"field": "attributes.city", "is": "Seoul"}, {"any": [{"clicked in days": 30}, '
        '{"not": {"on list": "readers"}}]}, {"field": ["attributes", "a.b"], "between": [1, 2.5]}]}'
    )
    assert rule == And(
        (
            Compare(CITY, "is", "Seoul"),
            Or((Activity("clicked", 30), Not(OnList("readers")))),
            Compare(SegmentField("attributes", ("a.b",)), "between", (Decimal(1), Decimal("2.5"))),
        )
    )


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (7, "7"), (1.5, "1.5"), ("7", "7")])
def test_an_attribute_is_compared_as_text_however_json_writes_it(value: object, text: str) -> None:
    assert parse({"field": "attributes.member", "is": value}) == parse({"field": "attributes.member", "is": text})


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("attributes.city is Seoul and clicked in 30 days", "city is “Seoul” and clicked in the last 30 days"),
        (
            "domain in (Gmail.com, kakao.com) or attributes.age >= 18 and never opened",
            "domain is one of “gmail.com”, “kakao.com” or (age >= 18 and never opened)",
        ),
        ("not on list readers", "not on the list readers"),
        ("not (language is ko or language is en)", "not (language is “ko” or language is “en”)"),
        ('attributes."first visit".day before 2026-01-31', "first visit › day before “2026-01-31”"),
        ("attributes.age between 18 and 30.5", "age between 18 and 30.5"),
        ('name is not "Ada Lee"', "name is not “Ada Lee”"),
        ("attributes.city exists", "city is there"),
        ('email starts with "a(" and name contains "and"', "email starts with “a(” and name contains “and”"),
        ("opened in last 1 day", "opened in the last 1 day"),
    ],
)
def test_a_sentence_is_read_told_and_kept(sentence: str, words: str) -> None:
    rule = read(sentence)
    assert describe(rule) == words
    assert parse(json.loads(json.dumps(to_json(rule)))) == rule


@pytest.mark.parametrize(
    ("given_rule", "words"),
    [
        ("nothing", "here has to be an object"),
        ({}, "here has to be an object"),
        ({"all": []}, "at “all”: here has to be a list of rules"),
        ({"all": [{"field": "city", "is": "Seoul"}]}, "at “all[0]”: there is no field “city”"),
        ({"any": [{"on list": "a"}, {"not": {"field": "email"}}]}, "at “any[1].not”: a field needs one of"),
        ({"field": "email", "is": "a", "in": ["b"]}, "and has “is”, “in”"),
        ({"field": "email", ">": 3}, "email is a text"),
        ({"field": "attributes.age", ">": "3"}, "at “>”: here has to be a number"),
        ({"field": "attributes.age", ">": float("nan")}, "too large"),
        ({"field": "attributes.age", ">": True}, "here has to be a number"),
        ({"field": "attributes.age", "between": [3, 1]}, "the lower one first"),
        ({"field": "attributes.age", "between": [3, "2026-01-01"]}, "two numbers or two days"),
        ({"field": "attributes.since", "before": "2026-02-31"}, "a day, like “2026-01-31”"),
        ({"field": "created_at", "contains": "2026"}, "created_at is a day"),
        ({"field": "attributes.a.b.c", "is": "x"}, "there is no field"),
        ({"field": "attributes.", "is": "x"}, "“field” has to name one"),
        ({"field": "name", "is": "a\0b"}, "at “is”: the text holds a character"),
        ({"field": "name", "exists": "yes"}, "true or false"),
        ({"field": "name", "in": []}, "a list of values"),
        ({"field": "name", "is": None}, "here has to be a text"),
        ({"field": "name", "is": "x" * 100_000}, "the text is longer than"),
        ({"field": "name", "is": "a\0b"}, "a character that can't be stored"),
        ({"field": "attributes.age", ">": "old"}, "a number"),
        ({"field": "attributes.age", ">": 10**400}, "the number is too large"),
        ({"clicked in days": 0}, "a number of days, from 1"),
        ({"never": "slept"}, "never “opened” or never “clicked”"),
        ({"drop table": 1}, "“drop table” is not known"),
        ({"on list": "a", "never": "opened"}, "this says “on list”, “never”: put them into “all” or “any”"),
    ],
)
def test_what_is_no_rule_is_said_with_its_place(given_rule: Any, words: str) -> None:
    with pytest.raises(BadInput) as said:
        parse(given_rule)
    assert words in str(said.value)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("", "at its beginning: a field like “attributes.city” has to come, and nothing stands there"),
        ("attributes.city", "after “attributes.city”: “is”, “is not”"),
        ("attributes.city is", "after “attributes.city is”: a value"),
        ("(never opened", "“)” has to come, and nothing stands there"),
        ("never opened never clicked", "“and”, “or” or the end has to come, and “never” stands there"),
        ('name is "Ada', "a quotation mark is open"),
        ("clicked in many days", "a number has to come, and “many” stands there"),
        ("(" * 50, "something less deep"),
    ],
)
def test_what_is_no_sentence_is_said_with_its_place(sentence: str, words: str) -> None:
    with pytest.raises(BadInput) as said:
        read(sentence)
    assert words in str(said.value)


def test_json_that_is_none_or_without_bottom_is_said() -> None:
    with pytest.raises(BadInput, match=r"is no JSON \(line 1, column 2\)"):
        loads("{all")
    with pytest.raises(BadInput, match="is no JSON"):
        loads('{"not":' * 100_000)
    with pytest.raises(BadInput, match="levels deep"):
        loads('{"not":' * 50 + '{"never": "opened"}' + "}" * 50)
    with pytest.raises(BadInput, match="more than 100 parts"):
        parse({"all": [{"never": "opened"}] * 200})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "is", ">", "between", "in"]), inner, max_size=3),
)  # fmt: skip


@given(_JSON)
def test_any_json_is_a_rule_or_one_sentence(value: Any) -> None:
    try:
        rule = parse(value)
    except BadInput:
        return
    assert parse(to_json(rule)) == rule


@given(st.text(alphabet='ab()",.<>=0 -\n') | st.text())
def test_any_text_is_a_rule_or_one_sentence(text: str) -> None:
    try:
        rule = read(text)
    except BadInput:
        return
    assert describe(rule)


WORDS = st.sampled_from(
    ["Seoul", "a b", "and", "30", "-1", 'a"b', "x)", "…", "", "not", "with", "서울", "a\nb", ",", "{"]
)
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"field": WORDS.map(lambda name: ["attributes", name]), "is": WORDS}),
    st.fixed_dictionaries({"field": st.just("name"), "is not": WORDS}),
    st.fixed_dictionaries({"field": st.just("email"), "exists": st.booleans()}),
    st.fixed_dictionaries({"field": st.just("domain"), "in": st.lists(WORDS, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {"field": st.just("attributes.age"), "between": st.just([-1.5, 1e-7]) | st.just([2, 10**29])}
    ),
    st.fixed_dictionaries({"field": st.just("created_at"), "before": st.just("2026-01-31")}),
    st.sampled_from([{"never": "opened"}, {"clicked in days": 1}, {"on list": "or"}, {"not on list": "readers"}]),
)
RULES = st.recursive(
    CONDITIONS,
    lambda inner: (
        inner.map(lambda one: {"not": one})
        | st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some})
        | st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some})
    ),
    max_leaves=6,
)


@given(RULES)
def test_what_is_spelled_can_be_read_again(given_rule: Any) -> None:
    try:
        rule = parse(given_rule)
    except BadInput:
        return
    assert read_words_or_json(spell(rule)) == rule


@pytest.mark.parametrize(
    "sentence",
    [
        "attributes.city is Seoul and (clicked in 30 days or not on list readers)",
        "attributes.age between 18 and 30.5 or never opened",
        'attributes."first visit".day before 2026-01-31 and name is not "Ada Lee"',
        "domain in (gmail.com, kakao.com)",
    ],
)
def test_a_rule_is_spelled_as_people_write_it(sentence: str) -> None:
    assert spell(read(sentence)) == sentence
