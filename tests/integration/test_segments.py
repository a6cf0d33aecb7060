"""Who is in a segment: what PostgreSQL says, against the same rule read naively in Python."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distributor.audience import segments
from distributor.audience.actions import ensure_list, subscribe
from distributor.audience.engagement import note_clicks, note_opens
from distributor.audience.models import MailingList, Segment, Subscriber, Suppression
from distributor.audience.suppression import suppress
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import read
from distributor.domain.segments import Activity, And, Compare, Not, OnList, Or, Rule, TagCondition, parse
from distributor.letters.actions import create_publication
from distributor.letters.models import Publication

pytestmark = pytest.mark.django_db

# Names and values that have come out of some CSV file, and some that want to come out of their quotes.
NAMES = ["city", "age", "a.b", "it's", '"', "%s", "%(seg_1)s", "\\", "}", "0", "x' OR true --", "도시"]
TEXTS = [
    "Seoul", "seoul", "", "30", "-4.5", "030", "2026-01-31", "2026-01-31T09:00", "2026-1-3", "'; DROP TABLE x; --", "%",
    "%s", "%%", "\\", "\\x00", '"', "'", "a\nb", "30\n", "null", "Ünïcødé 서울", "٣٠", "1e3", "x" * 40,
]  # fmt: skip
SCALARS = st.sampled_from(TEXTS) | st.integers(-50, 50) | st.booleans() | st.none() | st.decimals(-9, 9, places=2)
SOME_NAME = st.sampled_from(["city", "age"]) | st.sampled_from(NAMES)  # often the same on both sides
ATTRIBUTES = st.dictionaries(
    SOME_NAME,
    SCALARS | st.dictionaries(SOME_NAME, SCALARS, max_size=3) | st.lists(SCALARS, max_size=2),
    max_size=5,
)
DOMAINS = ["gmail.com", "kakao.com", "xn--bcher-kva.example"]


def _conditions() -> st.SearchStrategy[Any]:
    attribute = st.lists(SOME_NAME, min_size=1, max_size=2).map(lambda path: ["attributes", *path])
    plain = st.sampled_from(["email", "domain", "name", "language", "time_zone"])
    text = (
        st.sampled_from(TEXTS) | st.sampled_from(["S", "eoul", "0", "2026", "gmail", "%%"]) | st.text(max_size=5)
    ).filter(lambda one: bool(one) and "\0" not in one and not any("\ud800" <= letter <= "\udfff" for letter in one))
    number = st.integers(-50, 50) | st.floats(-9, 9).map(lambda one: round(one, 2))
    day = st.dates(datetime(2025, 12, 1, tzinfo=UTC).date(), datetime(2026, 12, 31, tzinfo=UTC).date()).map(str)
    texts = st.tuples(attribute | plain, st.sampled_from(["is", "is not", "contains", "starts with"]), text)
    domains = st.tuples(st.just("domain"), st.just("is"), st.sampled_from(DOMAINS))
    several = st.tuples(attribute | plain, st.just("in"), st.lists(text, min_size=1, max_size=3))
    exists = st.tuples(attribute | plain, st.just("exists"), st.booleans())
    numbers = st.tuples(attribute, st.sampled_from([">", ">=", "<", "<="]), number)
    days = st.tuples(attribute | st.just("created_at"), st.sampled_from(["before", "after"]), day)
    pairs = st.lists(number, min_size=2, max_size=2) | st.lists(day, min_size=2, max_size=2)
    between = st.tuples(attribute, st.just("between"), pairs.map(sorted))
    compared = (texts | domains | several | exists | numbers | days | between).map(
        lambda one: {"field": one[0], one[1]: one[2]}
    )
    did = st.sampled_from(
        [{"opened in days": 10}, {"clicked in days": 10}, {"not opened in days": 40}, {"never": "opened"}]
    )
    return (
        compared
        | did
        | st.sampled_from(
            [{"on list": "readers"}, {"not on list": "friends"}, {"tagged": "press"}, {"not tagged": "vip"}]
        )
    )


RULES = st.recursive(
    _conditions(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules})
        | st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules})
        | inner.map(lambda rule: {"not": rule})
    ),
    max_leaves=5,
)
PERSON = st.fixed_dictionaries(
    {
        "name": st.sampled_from(TEXTS),
        "domain": st.sampled_from(DOMAINS),
        "language": st.sampled_from(["", "ko", "en"]),
        "attributes": ATTRIBUTES,
        "lists": st.sets(st.sampled_from(["readers", "friends"])),
        "tags": st.lists(st.sampled_from(["press", "vip"]), unique=True),
        "opened": st.sampled_from([None, 5, 20, 50]),
        "clicked": st.sampled_from([None, 5, 20]),
        "age": st.integers(0, 300),
    }
)


@pytest.fixture
def brand() -> Publication:
    made = create_publication(name="The Lantern Post")
    ensure_list(made, "readers")
    ensure_list(made, "friends")
    return made


def text_of(value: Any) -> str | None:
    """Return a JSON value as PostgreSQL writes it as text, None for nothing."""
    if isinstance(value, dict | list):
        return written(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format(value, "f") if isinstance(value, Decimal) else str(value)


def written(value: Any) -> str:
    with connection.cursor() as cursor:  # objects and lists: only PostgreSQL knows how it orders and spaces them
        cursor.execute("SELECT %s::jsonb::text", [dumped(value)])
        return str(cursor.fetchone()[0])


def dumped(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {dumped(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dumped(one) for one in value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value)


def holds(rule: Rule, one: dict[str, Any]) -> bool:
    match rule:
        case And(rules):
            return all(holds(inner, one) for inner in rules)
        case Or(rules):
            return any(holds(inner, one) for inner in rules)
        case Not(inner):
            return not holds(inner, one)
        case OnList(slug):
            return slug in one["lists"]
        case TagCondition(tag):
            return tag in one["tags"]
        case Activity(what, days):
            times = [one[what]] if what == "clicked" else [one["opened"], one["clicked"]]
            seen = [ago for ago in times if ago is not None]
            return bool(seen) and (days is None or min(seen) < days)
        case Compare():
            return compared(rule, one)


def compared(rule: Compare, one: dict[str, Any]) -> bool:
    value: Any = one if not rule.field.path else one["attributes"]
    for name in rule.field.path or (rule.field.name,):
        value = value.get(name) if isinstance(value, dict) else None
    chosen: Any = rule.value
    text = text_of(value)
    if rule.operator == "exists":
        return bool((text is not None) == chosen)
    if text is None:
        return rule.operator == "is not"
    if rule.operator in ("before", "after") or (rule.operator == "between" and isinstance(chosen[0], str)):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", text, re.DOTALL):
            return False
        text = text[:10]
        return bool(
            {
                "before": lambda: text < chosen,
                "after": lambda: text > chosen,
                "between": lambda: chosen[0] <= text <= chosen[1],
            }[rule.operator]()
        )
    if rule.operator in (">", ">=", "<", "<=", "between"):
        if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", text):
            return False
        number = Decimal(text)
        return bool(
            {
                ">": lambda: number > chosen,
                ">=": lambda: number >= chosen,
                "<": lambda: number < chosen,
                "<=": lambda: number <= chosen,
                "between": lambda: chosen[0] <= number <= chosen[1],
            }[rule.operator]()
        )
    by_text: dict[str, Callable[[], object]] = {
        "is": lambda: text == chosen,
        "is not": lambda: text != chosen,
        "contains": lambda: chosen in text,
        "starts with": lambda: text.startswith(chosen),
        "in": lambda: text in chosen,
    }
    return bool(by_text[rule.operator]())


def store(brand: Publication, people: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    now = timezone.now()
    for number, one in enumerate(people):
        made = Subscriber.objects.create(
            email=f"p{number}@{one['domain']}",
            name=one["name"],
            language=one["language"],
            time_zone="",
            tags=one["tags"],
        )
        Subscriber.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=one["age"]))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE audience_subscriber SET attributes = %s WHERE id = %s", [dumped(one["attributes"]), made.pk]
            )
        for slug in one["lists"]:
            subscribe(made.email, to=MailingList.objects.get(publication=brand, slug=slug))
        if one["opened"] is not None:
            note_opens([(made.pk, now - timedelta(days=one["opened"]))])
        if one["clicked"] is not None:
            note_clicks([(made.pk, now - timedelta(days=one["clicked"]))])
        created = (now - timedelta(days=one["age"])).astimezone(UTC)
        yield made.pk, {**one, "email": made.email, "time_zone": "", "created_at": f"{created:%Y-%m-%d}"}


def matching(rule: Rule | Segment, brand: Publication | None = None) -> set[int]:
    sentence, parameters = segments.condition(rule, brand)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, ({sentence}) FROM audience_subscriber s WHERE %(more)s = 'more'",
            {**parameters, "more": "more"},
        )
        rows = cursor.fetchall()
    assert all(held is not None for _, held in rows)
    return {id_ for id_, held in rows if held}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(PERSON, min_size=1, max_size=4), rules=st.lists(RULES, min_size=5, max_size=12))
def test_the_database_and_a_naive_reading_agree(brand: Publication, people: Any, rules: Any) -> None:
    with transaction.atomic():
        stored = dict(store(brand, people))
        for rule in map(parse, rules):
            assert matching(rule, brand) == {id_ for id_, one in stored.items() if holds(rule, one)}, rule
        transaction.set_rollback(True)


def test_every_operator_on_every_text(brand: Publication) -> None:
    person: dict[str, Any] = {
        "name": "",
        "domain": "gmail.com",
        "language": "",
        "lists": [],
        "tags": [],
        "opened": None,
        "clicked": None,
        "age": 0,
    }
    stored = dict(store(brand, [{**person, "attributes": {"city": text}} for text in (*TEXTS, -4, Decimal("0.50"))]))
    chosen = [text for text in (*TEXTS, "eoul", "0", "2026", "%%") if text]
    days = ["2026-01-30", "2026-01-31", "2026-02-01"]
    conditions: list[dict[str, Any]] = [
        {operator: text} for operator in ("is", "is not", "contains", "starts with") for text in chosen
    ]
    conditions += [{operator: number} for operator in (">", ">=", "<", "<=") for number in (-4.5, 29, 30, 0.5)]
    conditions += [{operator: day} for operator in ("before", "after") for day in days]
    conditions += [{"between": [-4.5, 0]}, {"between": days[:2]}, {"in": chosen[:2]}, {"exists": True}]
    for one in conditions:
        rule = parse({"field": "attributes.city", **one})
        assert matching(rule, brand) == {id_ for id_, known in stored.items() if holds(rule, known)}, one


def test_a_segment_is_kept_counted_and_changed(brand: Publication) -> None:
    readers, friends = brand.lists.get(slug="readers"), brand.lists.get(slug="friends")
    for name, city, into in (("ada", "Seoul", readers), ("bo", "Busan", readers), ("cy", "Seoul", friends)):
        person = subscribe(f"{name}@example.com", to=into).subscriber
        person.attributes = {"city": city}
        person.save()
    made = segments.add(brand, "seoul", rule=read("attributes.city is Seoul"))
    assert segments.find(brand, "seoul") == made
    assert segments.count(made) == 2
    assert segments.count(made, [readers]) == 1
    assert segments.count(made, []) == 0
    suppress([("ADA@example.com", "")], reason=Suppression.Reason.MANUAL)
    assert segments.count(made, [readers]) == 0
    again = segments.add(brand, "seoul", rule=read("not on list friends"), name="Not friends")
    assert (again.pk, again.name, segments.count(again)) == (made.pk, "Not friends", 1)
    with pytest.raises(BadInput, match="has no segment “busan”: it has seoul"):
        segments.find(brand, "busan")
    with pytest.raises(BadInput, match="can't be a segment's short name"):
        segments.add(brand, "Not One", rule=read("never opened"))


def test_a_list_that_is_not_there_stops_everything(brand: Publication) -> None:
    with pytest.raises(BadInput, match="names the list “others”, which is not there"):
        segments.add(brand, "others", rule=read("not on list others"))
    made = segments.add(brand, "strangers", rule=read("not on list friends"))
    brand.lists.get(slug="friends").delete()
    with pytest.raises(BadInput, match="names the list “friends”, which is not there"):
        segments.count(made)
