"""Segments: rules that say which people are meant."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, JsonValue

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Slug, Text, row_of
from distributor.api.v1.people import as_read
from distributor.api.v1.schemas.people import Person
from distributor.audience import segments as audience
from distributor.audience.actions import find_lists
from distributor.audience.directory import with_subscriptions
from distributor.audience.models import Segment as SegmentRow
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import describe, read, to_json
from distributor.domain.segments import Rule, parse
from distributor.letters.models import Publication

router = Router(tags=["Segments"])

Words = Annotated[Text, Field(max_length=20_000, examples=["attributes.city is Seoul and clicked in 30 days"])]
RuleTree = dict[str, JsonValue]
RULE_EXAMPLE = {"all": [{"field": "attributes.city", "is": "Seoul"}, {"clicked in days": 30}]}


class RuleMembers(Body):
    """A rule, either in words or as JSON: both are those of “distributor segments add --help”."""

    where: Words = ""
    rule: RuleTree | None = Field(default=None, examples=[RULE_EXAMPLE])

    def own_rule(self) -> Rule | None:
        """Return the rule, None where neither is given. Raises BadInput for both, and for what is none."""
        if self.where and self.rule is not None:
            raise BadInput("Give the rule once: either as “where” or as “rule”.")
        if self.rule is not None:
            return parse(self.rule)
        return read(self.where) if self.where else None

    def needed_rule(self) -> Rule:
        """As `own_rule`, and raises BadInput where none is given."""
        rule = self.own_rule()
        if rule is None:
            raise BadInput("A segment needs a rule: give either “where” or “rule”.")
        return rule


class NewSegment(RuleMembers):
    """A segment to make."""

    publication: Slug = Field(default="", description="Needed where there are several.")
    slug: Slug = Field(min_length=1, examples=["seoul"])
    name: Text = Field(default="", max_length=200, examples=["Readers in Seoul"])


class SegmentChange(RuleMembers):
    """Another name or rule."""

    name: Text = Field(default="", max_length=200)


class RuleCheck(RuleMembers):
    """A rule to try."""

    publication: Slug = ""
    lists: list[Slug] = Field(default=[], max_length=100, description="Count only who is on one of these.")


class CheckedRule(Schema):
    """What a rule says, and how many people it holds."""

    who: str = Field(description="The rule in words.", examples=["city is Seoul"])
    rule: dict[str, Any] = Field(examples=[RULE_EXAMPLE])
    people: int = Field(description="How many would get mail now: on a list, and not suppressed.")


class Segment(CheckedRule):
    """A named rule of one publication."""

    id: int
    publication: str = Field(examples=["lantern"])
    slug: str
    name: str
    created_at: datetime


@operation(
    router, "GET", "/segments", id="segments.list", summary="All segments, with counts", scope="people:read",
    returns=Page[Segment],
)  # fmt: skip
def list_segments(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Segment]:
    rows = SegmentRow.objects.select_related("publication").filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Segment](items=[_segment(row) for row in page], next=next_cursor)


@operation(
    router, "POST", "/segments", id="segments.create", summary="Make a segment", scope="people:write", returns=Segment,
    status=HTTPStatus.CREATED,
)  # fmt: skip
def create_segment(request: ApiRequest, response: HttpResponse, body: NewSegment) -> Status[Segment]:
    publication = publication_of(request, body.publication)
    if SegmentRow.objects.filter(publication=publication, slug=body.slug).exists():
        raise BadInput(f"{publication.name} has a segment “{body.slug}” already: change that one.")
    row = audience.add(publication, body.slug, rule=body.needed_rule(), name=body.name)
    response.headers["Location"] = f"/api/v1/segments/{row.pk}"
    note(request, subject=f"segment {row.pk}", publication=publication, slug=row.slug)
    return Status(HTTPStatus.CREATED, _segment(row))


@operation(
    router, "POST", "/segments/check", id="segments.check", summary="Try a rule, and count", scope="people:read",
    returns=CheckedRule, atomic=False, audited=False,
)  # fmt: skip
def check_rule(request: ApiRequest, body: RuleCheck) -> CheckedRule:
    publication = publication_of(request, body.publication)
    rule = body.needed_rule()
    draft = SegmentRow(publication=publication, rule=to_json(rule))
    lists = find_lists(publication, body.lists) if body.lists else None
    return CheckedRule(who=describe(rule), rule=draft.rule, people=audience.count(draft, lists))


@operation(
    router, "GET", "/segments/{int:segment_id}", id="segments.show", summary="One segment", scope="people:read",
    returns=Segment,
)  # fmt: skip
def show_segment(request: ApiRequest, segment_id: Id) -> Segment:
    return _segment(_row(request, segment_id))


@operation(
    router, "PATCH", "/segments/{int:segment_id}", id="segments.update", summary="Change a segment",
    scope="people:write", returns=Segment,
)  # fmt: skip
def update_segment(request: ApiRequest, segment_id: Id, body: SegmentChange) -> Segment:
    row = _row(request, segment_id, lock=True)
    check_match(request, _segment(row))
    row = audience.add(row.publication, row.slug, rule=body.own_rule() or parse(row.rule), name=body.name)
    note(request, subject=f"segment {row.pk}", publication=row.publication, members=sorted(body.model_fields_set))
    return _segment(row)


@operation(
    router, "DELETE", "/segments/{int:segment_id}", id="segments.delete", summary="Forget a segment; the people stay",
    scope="people:write", returns=None, status=HTTPStatus.NO_CONTENT,
)  # fmt: skip
def delete_segment(request: ApiRequest, segment_id: Id) -> Status[None]:
    row = _row(request, segment_id, lock=True)
    check_match(request, _segment(row))
    note(request, subject=f"segment {row.pk}", publication=row.publication, slug=row.slug)
    audience.remove(row)
    return Status(HTTPStatus.NO_CONTENT, None)


@operation(
    router, "GET", "/segments/{int:segment_id}/people", id="segments.people", summary="Who is in a segment",
    scope="people:read", returns=Page[Person],
)  # fmt: skip
def list_people(
    request: ApiRequest, response: HttpResponse, segment_id: Id, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Person]:
    rows = with_subscriptions(audience.members(_row(request, segment_id)), request.auth.publication)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Person](items=as_read(page), next=next_cursor)


def _row(request: ApiRequest, segment_id: int, *, lock: bool = False) -> SegmentRow:
    rows = SegmentRow.objects.select_related("publication")
    return row_of(request, rows.select_for_update(of=("self",), no_key=True) if lock else rows, segment_id)


def _segment(row: SegmentRow) -> Segment:
    publication: Publication = row.publication
    return Segment(
        id=row.pk,
        publication=publication.slug,
        slug=row.slug,
        name=row.name,
        created_at=row.created_at,
        who=describe(parse(row.rule)),
        rule=row.rule,
        people=audience.count(row),
    )
