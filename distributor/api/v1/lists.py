"""Mailing lists: made, named, counted, and read whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.db.models import Count, Q
from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, check_publication, publication_of, publications_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Slug, Text
from distributor.api.problems import ProblemError
from distributor.api.streams import FileAnswer, stream_documentation
from distributor.audience import actions, segments
from distributor.audience.export import export_subscribers
from distributor.audience.models import MailingList, Subscription
from distributor.stored_streams import file_answer

router = Router(tags=["Lists"])

Name = Annotated[Text, Field(min_length=1, max_length=200, examples=["Readers of the letter"])]


class ListCounts(Schema):
    """How many people."""

    active: int = Field(description="Are on it, also those who get no mail since their address is suppressed.")
    left: int = Field(description="Were on it.")


class List(Schema):
    """A named set of people of one publication."""

    id: int
    publication: str = Field(examples=["lantern"])
    slug: str = Field(description="Its short name, for good.", examples=["readers"])
    name: str = Field(examples=["Readers of the letter"])
    is_public: bool = Field(description="Whether anybody may join it, on pages for that.")
    welcome: str = Field(description="What greets whoever joins, plain text.")
    archived_at: datetime | None = Field(
        description="Since when it gets no letter and nobody new; null for an open one."
    )
    created_at: datetime
    people: ListCounts


class NewList(Body):
    """A list to make."""

    publication: Slug = Field("", description="Needed where there are several.", examples=["lantern"])
    slug: Slug = Field(min_length=1, description="Small letters, digits and “-”.", examples=["readers"])
    name: Annotated[Text, Field(max_length=200)] = Field("", description="By default made of the short name.")


class ListChange(Body):
    """What is to be different about a list; what is left out stays."""

    name: Name | None = None
    is_public: bool | None = None
    welcome: Annotated[Text, Field(max_length=2_000)] | None = None
    archived: bool | None = Field(None, description="Archive it, or bring it back. Its people stay.")


@operation(router, "GET", "/lists", id="lists.list", summary="All lists", scope="people:read", returns=Page[List])
def list_lists(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[List]:
    rows = MailingList.objects.select_related("publication").filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[List](items=_lists(page), next=next_cursor)


@operation(
    router, "POST", "/lists", id="lists.create", summary="Make a list", scope="people:write", returns=List,
    status=HTTPStatus.CREATED,
)  # fmt: skip
def create_list(request: ApiRequest, response: HttpResponse, body: NewList) -> Status[List]:
    row = actions.create_list(publication_of(request, body.publication), body.slug, body.name)
    response.headers["Location"] = f"/api/v1/lists/{row.pk}"
    note(request, subject=f"list {row.pk}", publication=row.publication, slug=row.slug)
    return Status(HTTPStatus.CREATED, _lists([row])[0])


@operation(
    router, "GET", "/lists/{list_id}", id="lists.show", summary="One list", scope="people:read", returns=List
)  # fmt: skip
def show_list(request: ApiRequest, list_id: Id) -> List:
    return _lists([_row(request, list_id)])[0]


@operation(
    router,
    "PATCH",
    "/lists/{list_id}",
    id="lists.update",
    summary="Change, archive or restore a list",
    scope="people:write",
    returns=List,
)
def update_list(request: ApiRequest, list_id: Id, body: ListChange) -> List:
    row = _row(request, list_id, lock=True)
    check_match(request, _lists([row])[0])
    actions.change_list(
        row,
        name=row.name if body.name is None else body.name,
        is_public=row.is_public if body.is_public is None else body.is_public,
        welcome=row.welcome if body.welcome is None else body.welcome,
    )
    if body.archived is not None:
        (actions.archive_list if body.archived else actions.restore_list)(row)
    note(request, subject=f"list {row.pk}", publication=row.publication, members=sorted(body.model_fields_set))
    return _lists([row])[0]


@operation(
    router, "GET", "/lists/{list_id}/people", id="lists.export", scope="people:read", returns=None, audited=True,
    summary="Everyone on a list, as one file",
    extra=stream_documentation("text/csv", "application/x-ndjson"),
)  # fmt: skip
def export_list(
    request: ApiRequest,
    list_id: Id,
    format: Literal["csv", "ndjson"] = "ndjson",  # noqa: A002 - the parameter's name
    state: Literal["active", "left", "all"] = "active",
    segment: Slug = "",
    raw: bool = False,
) -> FileAnswer:
    """Each person once, with every attribute; `raw` leaves in a CSV what a spreadsheet would take for a formula."""
    row = _row(request, list_id)
    is_table = format == "csv"
    table = export_subscribers(
        [row],
        states=list(Subscription.State) if state == "all" else [Subscription.State(state)],
        segment=segments.find(row.publication, segment) if segment else None,
        raw=raw or not is_table,
    )
    note(request, subject=f"list {row.pk}", publication=row.publication, format=format, state=state)
    media_type = "text/csv; charset=utf-8" if is_table else "application/x-ndjson"
    return file_answer(table if is_table else _lines(table), media_type, file_name=f"{row.slug}.{format}")


def _lines(table: Iterator[str]) -> Iterator[str]:
    for row in csv.DictReader(table):
        yield f"{json.dumps(row, ensure_ascii=False)}\n"


def _row(request: ApiRequest, list_id: int, *, lock: bool = False) -> MailingList:
    rows = MailingList.objects.select_related("publication")
    rows = rows.select_for_update(of=("self",), no_key=True) if lock else rows
    row = rows.filter(pk=list_id).first()
    if row is None:
        raise ProblemError("not-found", f"There is no list {list_id} here.")
    check_publication(request, row.publication)
    return row


def _lists(rows: Sequence[MailingList]) -> list[List]:
    """Return lists with their counts, which are one statement for all of them."""
    counts = (
        MailingList.objects.filter(pk__in=[row.pk for row in rows])
        .annotate(
            active=Count("subscriptions", filter=Q(subscriptions__state="active")),
            left=Count("subscriptions", filter=Q(subscriptions__state="left")),
        )
        .values_list("pk", "active", "left")
    )
    by_id = {pk: ListCounts(active=active, left=left) for pk, active, left in counts}
    return [
        List(
            id=row.pk,
            publication=row.publication.slug,
            slug=row.slug,
            name=row.name,
            is_public=row.is_public,
            welcome=row.welcome,
            archived_at=row.archived_at,
            created_at=row.created_at,
            people=by_id[row.pk],
        )
        for row in rows
    ]
