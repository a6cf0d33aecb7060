"""Lists in pages: each names where the next one begins, so that what is added or removed meanwhile shifts nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from distributor.domain.errors import BadInput

LONGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="How many at most.")]
Cursor = Annotated[
    str, Query(max_length=1000, description="Where to go on: “next” of the page before. Empty for the first page.")
]


class Page(Schema, Generic[Item]):
    """One page of a list. `next` is the cursor of the page after it, null on the last."""

    items: list[Item]
    next: str | None = Field(None, description="Send it as “cursor” for the next page; null on the last one.")


def rows_of(
    rows: QuerySet[Row], *, cursor: str, limit: int, order: Sequence[str] = ("-pk",)
) -> tuple[list[Row], str | None]:
    """Return one page of rows and the cursor of the next page, None on the last.

    `order` are fields of the model as `order_by` takes them, together unique and never null. Raises BadInput for a
    cursor that is none of ours.
    """
    if cursor:
        rows = _after(rows, _values(cursor, order), order)
    page = list(rows.order_by(*order)[: limit + 1])
    if len(page) <= limit:
        return page, None
    last = page[limit - 1]
    return page[:limit], _cursor([_value(last, name.lstrip("-")) for name in order])


def page_rows(
    request: HttpRequest,
    response: HttpResponse,
    rows: QuerySet[Row],
    *,
    cursor: str,
    limit: int,
    order: Sequence[str] = ("-pk",),
) -> tuple[list[Row], str | None]:
    """Return a page as `rows_of` does, and name the next one in the answer's header too (RFC 8288)."""
    page, next_cursor = rows_of(rows, cursor=cursor, limit=limit, order=order)
    link_next(request, response, next_cursor)
    return page, next_cursor


def link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> None:
    """Name the next page in a header too (RFC 8288)."""
    if cursor is not None:
        query = {**request.GET.dict(), "cursor": cursor}
        response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'


def _after(rows: QuerySet[Row], values: Sequence[Any], order: Sequence[str]) -> QuerySet[Row]:
    """Keep the rows behind these values: behind in the first field, or equal there and behind in the next…"""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    try:
        return rows.filter(condition)
    except (ValueError, TypeError, ValidationError):
        raise _no_cursor() from None


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def _cursor(values: Sequence[Any]) -> str:
    plain = [
        value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def _values(cursor: str, order: Sequence[str]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _no_cursor() from None
    usable = isinstance(values, list) and len(values) == len(order)
    if not usable or not all(isinstance(value, str | int) and "\0" not in str(value) for value in values):
        raise _no_cursor()
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        raise _no_cursor()
    return list(values)


def _no_cursor() -> BadInput:
    return BadInput("“cursor” takes what “next” of the page before says, unchanged.")
