"""Segments: named rules (`domain.segments`) and who is in them, as a condition of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import ProtectedError, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.text import slugify

from distributor.audience.models import MailingList, Segment, Subscriber
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import to_json
from distributor.domain.segments import (
    DATES,
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
    parse,
)
from distributor.letters.models import Publication

# 30 digits on either side are as many as `domain.segments` takes, and no cast of them fails.
_IS_NUMBER = r"'^-?[0-9]{1,30}(\.[0-9]{1,30})?$'"
_PARAMETER = re.compile(r"%\((\w+)\)s")
_IS_DAY = r"'^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$'"
_COLUMNS = {
    "email": "s.email",
    "domain": "lower(substring(s.email from '[^@]*$'))",
    "name": "s.name",
    "language": "s.language",
    "time_zone": "s.time_zone",
    "created_at": "to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
}
_ENGAGEMENT = {"opened": "last_open_at", "clicked": "last_click_at"}


def condition(segment: Segment | Rule, publication: Publication | None = None) -> tuple[str, dict[str, Any]]:
    """Return (a condition of SQL, its parameters) that holds for the people of a segment, or of a rule.

    The condition reads `s`, the alias of audience_subscriber, is true or false and never NULL, and names its
    parameters `seg_1`, `seg_2`, …: a statement with named parameters can hold it as `AND (…)`. Every name and value of
    the rule is a parameter. A bare rule needs the publication that its lists are of. Raises BadInput for a list that is
    not there: nobody shall get mail because a list was removed.
    """
    if isinstance(segment, Segment):
        return condition(parse(segment.rule), segment.publication)
    compiler = _Compiler(publication)
    return compiler.rule(segment), compiler.parameters


def add(publication: Publication, slug: str, *, rule: Rule, name: str = "") -> Segment:
    """Store a segment, or give the one of that short name another rule (and name). Raises BadInput."""
    if not slug or slugify(slug) != slug or len(slug) > 50:
        raise BadInput(f"“{slug[:60]}” can't be a segment's short name: use small letters, digits and “-”, 50 at most.")
    if len(name) > 200 or "\0" in name:
        raise BadInput("A segment's name can have 200 characters, and no NUL.")
    condition(rule, publication)  # its lists have to be there
    existing_segment = Segment.objects.filter(publication=publication, slug=slug).first()
    segment = existing_segment or Segment(publication=publication, slug=slug, name=slug.replace("-", " ").capitalize())
    segment.name, segment.rule = name or segment.name, to_json(rule)
    segment.save()
    return segment


def find(publication: Publication, slug: str) -> Segment:
    """Return the publication's segment of that short name. Raises BadInput."""
    segments = {segment.slug: segment for segment in Segment.objects.filter(publication=publication).order_by("slug")}
    if slug not in segments:
        have = f"it has {', '.join(segments)}" if segments else "make one with “distributor segments add”"
        raise BadInput(f"{publication.name} has no segment “{slug[:60]}”: {have}.")
    return segments[slug]


def remove(segment: Segment) -> None:
    """Forget a segment; the people stay. Raises BadInput for one that a letter was queued for: its record needs it."""
    try:
        segment.delete()
    except ProtectedError:
        raise BadInput(f"A letter was queued for {segment.name}, so it stays: one can see who was meant.") from None


_MEMBERS = """
SELECT {what} FROM audience_subscriber s
WHERE EXISTS (
        SELECT 1 FROM audience_subscription u
        WHERE u.subscriber_id = s.id AND u.state = 'active' AND u.list_id = ANY(%(lists)s))
  AND NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = lower(s.email))
  AND
"""


def count(segment: Segment, lists: Iterable[MailingList] | None = None) -> int:
    """Return how many people of the segment would get mail now: on one of these lists (None: any), not suppressed."""
    mailing_lists = segment.publication.lists.all() if lists is None else lists
    sentence, parameters = condition(segment)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_MEMBERS.format(what='count(*)')} ({sentence})",
            {**parameters, "lists": [mailing_list.pk for mailing_list in mailing_lists]},
        )
        return int(cursor.fetchone()[0])


def members(segment: Segment) -> QuerySet[Subscriber]:
    """Return the people of the segment whom `count` counts."""
    sentence, parameters = condition(segment)
    values = {**parameters, "lists": list(segment.publication.lists.values_list("pk", flat=True))}
    statement = f"{_MEMBERS.format(what='s.id')} ({sentence})"
    return Subscriber.objects.filter(pk__in=_positional(statement, values))


def covered_ids(segment: Segment) -> RawSQL:
    """Return the numbers of all people for whom a segment's rule holds, as a subquery. Raises BadInput."""
    sentence, parameters = condition(segment)
    return _positional(f"SELECT s.id FROM audience_subscriber s WHERE ({sentence})", parameters)  # noqa: S608 - parameters


def _positional(statement: str, values: Mapping[str, Any]) -> RawSQL:
    """Return a subquery whose parameters have no names: the ORM counts its parameters."""
    names = _PARAMETER.findall(statement)
    return RawSQL(_PARAMETER.sub("%s", statement), [values[name] for name in names])  # noqa: S611 - parameters


class _Compiler:
    """Writes one rule as SQL and gathers its parameters."""

    def __init__(self, publication: Publication | None) -> None:
        self.parameters: dict[str, Any] = {}
        self._publication = publication

    def rule(self, rule: Rule) -> str:
        match rule:
            case And(rules):
                return f"({' AND '.join(self.rule(part) for part in rules)})"
            case Or(rules):
                return f"({' OR '.join(self.rule(part) for part in rules)})"
            case Not(part):
                return f"NOT {self.rule(part)}"
            case OnList(slug):
                return self._on_list(slug)
            case TagCondition(tag):
                # As the index has it.
                return f"(s.tags <> '{{}}' AND s.tags @> ARRAY[{self._parameter(tag)}]::varchar[])"
            case Activity(action, days):
                return self._did(action, days)
            case Compare():
                return f"coalesce({self._compare(rule)}, false)"

    def _parameter(self, value: Any) -> str:
        name = f"seg_{len(self.parameters) + 1}"
        self.parameters[name] = value
        return f"%({name})s"

    def _on_list(self, slug: str) -> str:
        list_ids = MailingList.objects.filter(publication=self._publication, slug=slug).values_list("pk", flat=True)
        if not list_ids:
            raise BadInput(f"The rule names the list “{slug[:60]}”, which is not there: change the rule or make it.")
        number = self._parameter(list_ids[0])
        return (
            "EXISTS (SELECT 1 FROM audience_subscription seg_u "  # noqa: S608 - a parameter
            f"WHERE seg_u.subscriber_id = s.id AND seg_u.state = 'active' AND seg_u.list_id = {number})"
        )

    def _did(self, action: str, days: int | None) -> str:
        column = f"seg_e.{_ENGAGEMENT[action]}"
        since = f"{column} IS NOT NULL"
        if days is not None:
            since = f"{column} >= now() - {self._parameter(days)} * interval '1 day'"
        return f"EXISTS (SELECT 1 FROM audience_engagement seg_e WHERE seg_e.subscriber_id = s.id AND {since})"  # noqa: S608 - parameters

    def _text(self, field: SegmentField) -> str:
        """Return the field as text, NULL where it is empty or not there."""
        if not field.path:
            return f"nullif({_COLUMNS[field.name]}, '')"
        *above, last = (self._parameter(name) for name in field.path)
        value = "".join(["s.attributes", *(f" -> {name}::text" for name in above), f" ->> {last}::text"])
        return f"nullif({value}, '')"

    def _compare(self, rule: Compare) -> str:
        text, value = self._text(rule.field), rule.value
        if rule.operator == "exists":
            return f"{text} IS {'NOT ' if value else ''}NULL"
        if isinstance(value, tuple):
            return self._in_values(text, value) if rule.operator == "in" else self._between(text, value)
        parameter = self._parameter(value)
        if rule.operator in NUMBERS:
            return f"CASE WHEN {text} ~ {_IS_NUMBER} THEN {text}::numeric {rule.operator} {parameter}::numeric END"
        if rule.operator in DATES:
            sign = "<" if rule.operator == "before" else ">"
            return f'CASE WHEN {text} ~ {_IS_DAY} THEN left({text}, 10) COLLATE "C" {sign} {parameter}::text END'
        return {
            "is": f"{text} = {parameter}::text",
            "is not": f"NOT coalesce({text} = {parameter}::text, false)",
            "contains": f"position({parameter}::text in {text}) > 0",
            "starts with": f"starts_with({text}, {parameter}::text)",
        }[rule.operator]

    def _in_values(self, text: str, values: tuple[Any, ...]) -> str:
        return f"{text} = ANY({self._parameter(list(values))}::text[])"

    def _between(self, text: str, values: tuple[Any, ...]) -> str:
        low, high = (self._parameter(value) for value in values)
        if isinstance(values[0], str):
            day = f'left({text}, 10) COLLATE "C"'
            return f"CASE WHEN {text} ~ {_IS_DAY} THEN {day} >= {low}::text AND {day} <= {high}::text END"
        return f"CASE WHEN {text} ~ {_IS_NUMBER} THEN {text}::numeric BETWEEN {low}::numeric AND {high}::numeric END"
