"""Who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, publications_of
from distributor.api.operations import operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import NameFilter, Slug
from distributor.people import audit

router = Router(tags=["Audit"])


class Entry(Schema):
    """One thing that somebody did."""

    id: int
    at: datetime
    actor: str = Field(description="Who: a person, and the token where a program acted for them.")
    door: str = Field(description="Where: api, desk or command.", examples=["api"])
    action: str = Field(examples=["letters.create"])
    subject: str = Field(description="To what.", examples=["letter 12"])
    publication: str | None = None
    details: dict[str, Any] = {}
    before: dict[str, Any] = Field({}, description="What was changed, by its names.")
    after: dict[str, Any] = Field({}, description="What became of it.")
    address: str = Field("", description="From which network address; empty on the command line.")


@operation(
    router, "GET", "/audit", id="audit.list", summary="Who did what, the latest first", scope="audit:read",
    returns=Page[Entry],
)  # fmt: skip
def list_entries(
    request: ApiRequest,
    response: HttpResponse,
    publication: Slug = "",
    actor: NameFilter = "",
    action: NameFilter = "",
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Entry]:
    rows = audit.entries().filter(**publications_of(request, publication))
    rows = rows.filter(**{name: text for name, text in (("actor", actor), ("action", action)) if text})
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    items = [
        Entry(
            id=row.pk,
            at=row.at,
            actor=row.actor,
            door=row.door,
            action=row.action,
            subject=row.subject,
            publication=row.publication.slug if row.publication else None,
            details=row.details,
            before=row.before,
            after=row.after,
            address=row.address,
        )
        for row in page
    ]
    return Page[Entry](items=items, next=next_cursor)
