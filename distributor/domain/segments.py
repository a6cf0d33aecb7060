"""Rules that say who is in a segment: read from JSON and checked. `audience.segments` asks the database.

A rule is a tree:

    {"all": [rule, …]}   {"any": [rule, …]}   {"not": rule}
    {"field": "attributes.city", "is": "Seoul"}      any operator of TEXT, NUMBERS, DATES, `between`, `in`, `exists`
    {"on list": "readers"}                           {"not on list": "readers"}
    {"tagged": "press"}                              {"not tagged": "press"}
    {"opened in days": 30}   {"clicked in days": 7}  {"not opened in days": 90}   {"never": "opened"}

A field is `email`, `domain`, `name`, `language`, `time_zone`, `created_at`, or `attributes.` with a name, or with two
where the value is an object. A name that holds a dot is written as a list: `["attributes", "a.b"]`.

Texts are compared as they are written, upper case apart from lower, but for `domain`. What is empty is not there: it
is nothing, so `is not` holds. A text of digits counts as a number, one that begins with YYYY-MM-DD as that day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from distributor.domain.errors import BadInput

TEXT = ("is", "is not", "contains", "starts with")
NUMBERS = (">", ">=", "<", "<=")
DATES = ("before", "after")
OPERATORS = (*TEXT, *NUMBERS, *DATES, "between", "in", "exists")
PLAIN_FIELDS = ("email", "domain", "name", "language", "time_zone")
ACTIONS = ("opened", "clicked")
MOST_CONDITIONS, MOST_VALUES, DEEPEST, LONGEST_TEXT, LONGEST_DAYS = 100, 1_000, 12, 1_000, 3_650
LARGEST_NUMBER = Decimal(10) ** 30
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SegmentField:
    """What is looked at: `path` are the names below `attributes`, one or two."""

    name: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " › ".join(self.path) if self.path else self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Compare:
    """A field against a value: a text (also a day), a Decimal, a bool (`exists`) or a tuple (`between`, `in`)."""

    field: SegmentField
    operator: str
    value: str | Decimal | bool | tuple[str, ...] | tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class OnList:
    """Whether someone has an active subscription to the publication's list of that short name."""

    slug: str


@dataclass(frozen=True, slots=True)
class TagCondition:
    """Whether an editor gave someone this tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Whether someone `opened` or `clicked` in the last `days`, or ever (None)."""

    name: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


Rule: TypeAlias = "Compare | OnList | TagCondition | Activity | And | Or | Not"


def loads(text: str) -> Rule:
    """Return the rule that a JSON text holds. Raises BadInput."""
    try:
        tree = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        at = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise BadInput(f"The rule is no JSON{at}: write one like {EXAMPLE}.") from None
    return parse(tree)


EXAMPLE = '{"all": [{"field": "attributes.city", "is": "Seoul"}, {"clicked in days": 30}]}'


def parse(tree: object) -> Rule:
    """Return a checked rule from the JSON values of one. Raises BadInput: one sentence that names the place."""
    return _Reader().rule(tree, "")


class _Reader:
    """Reads one rule. `place` is where in it, as in `all[1].any[0]`."""

    def __init__(self) -> None:
        self._conditions = 0

    def rule(self, tree: object, place: str, depth: int = 0) -> Rule:
        if not isinstance(tree, Mapping) or not tree:
            raise _bad(place, f"here has to be an object like {EXAMPLE}")
        if depth > DEEPEST:
            raise _bad(place, f"it is more than {DEEPEST} levels deep")
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise _bad(place, f"it has more than {MOST_CONDITIONS} parts")
        if "field" in tree:
            return _compare(tree, place)
        if len(tree) > 1:
            raise _bad(
                place, f"one object says one thing, and this says {_quote_words(tree)}: put them into “all” or “any”"
            )
        ((word, value),) = tree.items()
        inside = f"{place}.{word}" if place else str(word)
        if word == "not":
            return Not(self.rule(value, inside, depth + 1))
        if word in ("all", "any"):
            if not isinstance(value, list) or not value:
                raise _bad(inside, "here has to be a list of rules")
            rules = tuple(self.rule(part, f"{inside}[{number}]", depth + 1) for number, part in enumerate(value))
            return And(rules) if word == "all" else Or(rules)
        return _about_people(str(word), value, inside)


def _about_people(word: str, value: object, place: str) -> Rule:
    """Return a condition on lists or on what people did."""
    if word == "never":
        if value not in ACTIONS:
            raise _bad(place, "people never “opened” or never “clicked”")
        return Not(Activity(str(value)))
    positive = word.removeprefix("not ")
    rule: Rule
    if positive == "on list":
        rule = OnList(_text(value, place))
    elif positive == "tagged":
        rule = TagCondition(_text(value, place).lower())
    elif positive in {f"{action} in days" for action in ACTIONS}:
        rule = Activity(positive.split()[0], _days(value, place))
    else:
        conditions = "all, any, not, field, on list, tagged, opened in days, clicked in days, never"
        raise _bad(place, f"“{word[:40]}” is not known, but {conditions} are")
    return rule if positive == word else Not(rule)


def _compare(condition: Mapping[Any, Any], place: str) -> Compare:
    field = _field(condition["field"], place)
    operators = [word for word in condition if word != "field"]
    if len(operators) != 1 or operators[0] not in OPERATORS:
        operator_names = _quote_words(operators) or "none"
        raise _bad(place, f"a field needs one of {', '.join(OPERATORS)}, and has {operator_names}")
    operator = operators[0]
    inside = f"{place}.{operator}" if place else operator
    return Compare(field, operator, _value(field, operator, condition[operator], inside))


def _field(path: object, place: str) -> SegmentField:
    names = path.split(".") if isinstance(path, str) else path
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise _bad(place, "“field” has to name one, like “attributes.city”")
    for name in names:
        _text(name, place)
    if names[0] == "attributes" and 2 <= len(names) <= 3:
        return SegmentField("attributes", tuple(names[1:]))
    if len(names) == 1 and names[0] in (*PLAIN_FIELDS, "created_at"):
        return SegmentField(names[0])
    field_names = ", ".join((*PLAIN_FIELDS, "created_at"))
    raise _bad(place, f"there is no field “{'.'.join(names)[:80]}”, but {field_names} and attributes.NAME")


def _value(field: SegmentField, operator: str, value: object, place: str) -> Any:
    if field.name == "created_at" and operator not in ("is", *DATES, "between"):
        raise _bad(place, "created_at is a day: use is, before, after or between")
    if field.name in PLAIN_FIELDS and operator in (*NUMBERS, *DATES, "between"):
        raise _bad(place, f"{field.name} is a text: use {', '.join(TEXT)}, in or exists")
    if operator == "exists":
        if not isinstance(value, bool):
            raise _bad(place, "here has to be true or false")
        return value
    read = _reader(field, operator)
    if operator in ("between", "in"):
        return _list_of_values(read, operator, value, place)
    return read(value, place)


def _reader(field: SegmentField, operator: str) -> Callable[[object, str], Any]:
    """Return what reads one value for this operator."""
    if operator in DATES or field.name == "created_at":
        return _day
    if operator in NUMBERS:
        return _number
    if operator == "between":
        return lambda value, place: _day(value, place) if isinstance(value, str) else _number(value, place)
    if field.name == "domain":
        return lambda value, place: _text(value, place).lower()
    return _text


def _list_of_values(read: Callable[[object, str], Any], operator: str, values: object, place: str) -> tuple[Any, ...]:
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
        raise _bad(place, f"here has to be a list of values, {MOST_VALUES:,} at most")
    checked_values = tuple(read(value, f"{place}[{number}]") for number, value in enumerate(values))
    if operator == "between" and (
        len(checked_values) != 2
        or type(checked_values[0]) is not type(checked_values[1])
        or checked_values[0] > checked_values[1]
    ):
        raise _bad(place, "here have to be two numbers or two days, the lower one first")
    return checked_values


def _text(value: object, place: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"  # as JSON writes them, which is how they are compared
    if isinstance(value, int | float | Decimal):
        return str(value)
    if not isinstance(value, str) or not value:
        raise _bad(place, "here has to be a text")
    if len(value) > LONGEST_TEXT:
        raise _bad(place, f"the text is longer than {LONGEST_TEXT:,} characters")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _bad(place, "the text holds a character that can't be stored")
    return value


def _number(value: object, place: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _bad(place, "here has to be a number, without quotes")
    number = Decimal(value) if isinstance(value, int) else Decimal(str(float(value)))
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        raise _bad(place, "the number is too large")
    return number


def _day(value: object, place: str) -> str:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass  # such as the 31st of February
    raise _bad(place, "here has to be a day, like “2026-01-31”")


def _days(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
        raise _bad(place, f"here has to be a number of days, from 1 to {LONGEST_DAYS:,}")
    return value


def _quote_words(words: object) -> str:
    return ", ".join(f"“{str(word)[:40]}”" for word in words) if isinstance(words, list | Mapping) else ""


def _bad(place: str, problem: str) -> BadInput:
    position = f" at “{place[:200]}”" if place else ""
    return BadInput(f"The rule can't be used{position}: {problem}.")
