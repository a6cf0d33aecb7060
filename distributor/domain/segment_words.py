"""Rules of segments (`domain.segments`) in words: the short way to write one, and how one is told to people.

attributes.city is Seoul and (clicked in 30 days or not on list readers)
attributes.age between 18 and 30 and domain in (gmail.com, kakao.com)
attributes."first visit" before 2026-01-31 and never opened
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from distributor.domain.errors import BadInput
from distributor.domain.segments import (
    ACTIONS,
    NUMBERS,
    Activity,
    And,
    Compare,
    Not,
    OnList,
    Or,
    Rule,
    SegmentField,
    TagCondition,
    loads,
    parse,
)

_TOKEN = re.compile(r"""\s*(?:(?P<mark>[(),]|>=|<=|>|<)|(?P<word>(?:"[^"]*"|[^\s(),<>"])+))""")
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
_DEEPEST = 12
_PLAIN = re.compile(r"[\w.@-]+")
_RESERVED_WORDS = ("and", "or", "not", "never", "with")


def read(text: str) -> Rule:
    """Return the rule that a sentence says. “and” binds more than “or”. Raises BadInput naming the place."""
    sentence = _Sentence(text)
    rule = sentence.alternatives()
    if sentence.next:
        raise sentence.syntax_error("“and”, “or” or the end")
    return parse(rule)


def read_words_or_json(text: str) -> Rule:
    """Return the rule that a text says, in words or as JSON: a sentence begins with no brace. Raises BadInput."""
    return loads(text) if text.lstrip().startswith("{") else read(text)


class _Sentence:
    """Reads words from left to right into the JSON form of a rule."""

    def __init__(self, text: str) -> None:
        self._words: list[str] = []
        self._at = self._depth = 0
        position, text = 0, text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise BadInput(f"The rule can't be used at “{text[position:].strip()[:40]}”: a quotation mark is open.")
            self._words.append(match.group().strip())
            position = match.end()

    @property
    def next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self, *choices: str) -> str:
        """Return the next word where it is one of these (or any, for none), and go on; else return ""."""
        word = self.next
        if not word or (choices and word.lower() not in choices):
            return ""
        self._at += 1
        return word.lower() if choices else word

    def need(self, *choices: str) -> str:
        word = self.take(*choices)
        if not word:
            raise self.syntax_error(" or ".join(f"“{choice}”" for choice in choices))
        return word

    def syntax_error(self, expectation: str) -> BadInput:
        before = " ".join(self._words[max(0, self._at - 4) : self._at])
        place = f" after “{before}”" if before else " at its beginning"
        situation = f"and “{self.next[:40]}” stands there" if self.next else "and nothing stands there"
        return BadInput(f"The rule can't be used{place}: {expectation} has to come, {situation}.")

    def alternatives(self) -> dict[str, Any]:
        rules = [self.conjunction()]
        while self.take("or"):
            rules.append(self.conjunction())
        return rules[0] if len(rules) == 1 else {"any": rules}

    def conjunction(self) -> dict[str, Any]:
        rules = [self.single()]
        while self.take("and"):
            rules.append(self.single())
        return rules[0] if len(rules) == 1 else {"all": rules}

    def single(self) -> dict[str, Any]:
        if self._depth > _DEEPEST:
            raise self.syntax_error("something less deep")
        self._depth += 1
        try:
            return self._single()
        finally:
            self._depth -= 1

    def _single(self) -> dict[str, Any]:
        if self.take("not"):
            return {"not": self.single()}
        if self.take("("):
            inner = self.alternatives()
            self.need(")")
            return inner
        if self.take("never"):
            return {"never": self.need(*ACTIONS)}
        did = self.take(*ACTIONS)
        if did:
            self.need("in")
            self.take("last")
            days = self.number()
            self.need("days", "day")
            return {f"{did} in days": days}
        if self.take("on"):
            self.need("list")
            return {"on list": self.value()}
        if self.take("tagged"):
            return {"tagged": self.value()}
        return self.compare()

    def compare(self) -> dict[str, Any]:
        field = self.field()
        operator = self.take("is", "contains", "starts", "between", "in", "exists", "before", "after", *NUMBERS)
        if not operator:
            raise self.syntax_error("“is”, “is not”, “contains”, “starts with”, “>”, “between”, “in” or the like")
        if operator == "exists":
            return {"field": field, "exists": True}
        if operator == "is" and self.take("not"):
            operator = "is not"
        if operator == "starts":
            self.need("with")
            operator = "starts with"
        if operator == "between":
            low = self.number_or_day()
            self.need("and")
            return {"field": field, operator: [low, self.number_or_day()]}
        if operator == "in":
            return {"field": field, operator: self.values()}
        return {"field": field, operator: self.number() if operator in NUMBERS else self.value()}

    def field(self) -> list[str]:
        if not self.next or self.next in "(),<>=":
            raise self.syntax_error("a field like “attributes.city”")
        return [_unquote(part) for part in re.findall(r'(?:"[^"]*"|[^."])+', self.take())]

    def value(self) -> str:
        if not self.next or self.next in "(),<>=":
            raise self.syntax_error("a value (in quotation marks where it has several words)")
        return _unquote(self.take())

    def values(self) -> list[str]:
        self.need("(")
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        self.need(")")
        return values

    def number(self) -> int | Decimal:
        if not _NUMBER.fullmatch(self.next):
            raise self.syntax_error("a number")
        word = self.take()
        return Decimal(word) if "." in word else int(word)

    def number_or_day(self) -> int | Decimal | str:
        return self.number() if _NUMBER.fullmatch(self.next) else self.value()


def _unquote(word: str) -> str:
    return word.replace('"', "")


def describe(rule: Rule) -> str:
    """Return a rule in words, such as “city is “Seoul” and clicked in the last 30 days”."""
    match rule:
        case And(rules):
            return " and ".join(_group(part) for part in rules)
        case Or(rules):
            return " or ".join(_group(part) for part in rules)
        case OnList(slug):
            return f"on the list {slug}"
        case TagCondition(tag):
            return f"tagged “{tag}”"
        case Activity(action, days):
            return action if days is None else f"{action} in the last {days} day{'' if days == 1 else 's'}"
        case Not(Activity(action, None)):
            return f"never {action}"
        case Not(Activity() | OnList() | TagCondition() as part):
            return f"not {describe(part)}"
        case Not(part):
            return f"not ({describe(part)})"
        case Compare():
            return _comparison_in_words(rule)


def _group(rule: Rule) -> str:
    several = isinstance(rule, And | Or) and len(rule.rules) > 1
    return f"({describe(rule)})" if several else describe(rule)


def _comparison_in_words(rule: Compare) -> str:
    if rule.operator == "exists":
        return f"{rule.field} {'is there' if rule.value else 'is not there'}"
    values = (
        [_value_in_words(value) for value in rule.value]
        if isinstance(rule.value, tuple)
        else [_value_in_words(rule.value)]
    )
    words = f"{rule.field} {'is one of' if rule.operator == 'in' else rule.operator}"
    return f"{words} {(' and ' if rule.operator == 'between' else ', ').join(values)}"


def _value_in_words(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else f"{value}"


def spell(rule: Rule) -> str:
    """Return a text that `read_words_or_json` makes this rule of: words, or JSON where the words can't say it."""
    words = _spell(rule)
    try:
        if read(words) == rule:
            return words
    except BadInput:
        pass  # a quotation mark in a value, for one
    return json.dumps(to_json(rule), ensure_ascii=False)


def _spell(rule: Rule) -> str:
    match rule:
        case And(rules):
            return " and ".join(_enclose(part) for part in rules)
        case Or(rules):
            return " or ".join(_enclose(part) for part in rules)
        case OnList(slug):
            return f"on list {_word(slug)}"
        case TagCondition(tag):
            return f"tagged {_word(tag)}"
        case Activity(action, None):
            return f"not never {action}"
        case Activity(action, days):
            return f"{action} in {days} days"
        case Not(Activity(action, None)):
            return f"never {action}"
        case Not(part):
            return f"not {_enclose(part)}"
        case Compare(field, operator, value):
            return f"{_place(field)} {operator}{_operand(operator, value)}"


def _enclose(rule: Rule) -> str:
    return f"({_spell(rule)})" if isinstance(rule, And | Or) else _spell(rule)


def _place(field: SegmentField) -> str:
    return ".".join((field.name, *(f'"{name}"' if "." in name else _word(name) for name in field.path)))


def _operand(operator: str, value: object) -> str:
    if operator == "exists":
        return ""
    if not isinstance(value, tuple):
        return f" {_word(value)}"
    words = [_word(item) for item in value]
    return f" {' and '.join(words)}" if operator == "between" else f" ({', '.join(words)})"


def _word(value: object) -> str:
    """Return a value in quotation marks, unless it is a number or a plain word that can't be taken for one of ours."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED_WORDS else f'"{text}"'


def to_json(rule: Rule) -> dict[str, Any]:
    """Return the JSON form of a rule; `parse` of it gives the rule again."""
    match rule:
        case And(rules):
            return {"all": [to_json(part) for part in rules]}
        case Or(rules):
            return {"any": [to_json(part) for part in rules]}
        case OnList(slug):
            return {"on list": slug}
        case TagCondition(tag):
            return {"tagged": tag}
        case Not(Activity(action, None)):
            return {"never": action}
        case Activity(action, None):
            return {"not": {"never": action}}
        case Activity(action, days):
            return {f"{action} in days": days}
        case Not(part):
            return {"not": to_json(part)}
        case Compare(field, operator, value):
            return {"field": [field.name, *field.path], operator: _json_value(value)}


def _json_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
