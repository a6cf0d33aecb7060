"""Suppressions: addresses that get no mail from anyone here. They are of all publications."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.db.models.functions import Lower
from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, require_all_publications
from distributor.api.operations import Problem, note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Text
from distributor.api.problems import ProblemError
from distributor.api.reversals import reverse
from distributor.api.v1.schemas.people import Address
from distributor.api.v1.schemas.reversals import ReversalAnswer, ReversalOrder
from distributor.audience.models import Suppression as SuppressionRow
from distributor.audience.suppression import suppress_one
from distributor.insights import reversals

router = Router(tags=["Suppressions"])

Reason = Literal["hard bounce", "worn out", "complaint", "manual", "erased"]
SUBJECT = "A suppression"


class SuppressionFilter(Schema):
    """Which ones: all that is given has to be so."""

    reason: Reason | None = None
    source: Text = Field("", max_length=32, description="What reported it.", examples=["dsn"])
    domain: Text = Field("", max_length=255, description="Addresses of this domain.")
    email: Text = Field("", max_length=320, description="Exactly this address, in any case.")


class Suppression(Schema):
    """An address that gets no mail."""

    id: int
    email: str | None = Field(description="Null for somebody who was erased.", examples=["ana@inbox.example"])
    reason: Reason
    detail: str = Field(examples=["5.1.1 User unknown"])
    source: str = Field(description="What reported it, such as dsn; empty where it is not known.", examples=["dsn"])
    dispatch: int | None = Field(description="The mail that it was about.")
    created_at: datetime


class NewSuppression(Body):
    """An address to suppress by hand."""

    email: Address
    detail: Text = Field(default="", max_length=300, description="Why, for whoever looks later.")


class SuppressedAddress(Body):
    """The address."""

    email: Address


class NewSuppressionResult(Schema):
    """Whether that is new."""

    added: bool


class LiftResult(Schema):
    """What was done."""

    removed: bool


@operation(
    router, "GET", "/suppressions", id="suppressions.list", summary="Suppressed addresses, the latest first",
    scope="returns:read", returns=Page[Suppression],
)  # fmt: skip
def list_suppressions(
    request: ApiRequest,
    response: HttpResponse,
    scope: Query[SuppressionFilter],
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Suppression]:
    require_all_publications(request, SUBJECT)
    rows = SuppressionRow.objects.all()
    if scope.email:
        rows = rows.alias(folded=Lower("email")).filter(folded=scope.email.strip().lower())
    conditions = {
        "reason": scope.reason,
        "source": scope.source or None,
        "email__iendswith": f"@{scope.domain}" if scope.domain else None,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Suppression](items=[_suppression(row) for row in page], next=next_cursor)


@operation(
    router, "POST", "/suppressions", id="suppressions.create", scope="returns:write",
    summary="Let an address get no mail any more", returns=NewSuppressionResult, status=HTTPStatus.CREATED,
    responses={200: NewSuppressionResult},
)  # fmt: skip
def create_suppression(request: ApiRequest, body: NewSuppression) -> Status[NewSuppressionResult]:
    """201 where that is new, 200 where it was so before."""
    require_all_publications(request, SUBJECT)
    is_new = suppress_one(body.email, detail=body.detail)
    note(request, subject="an address", added=is_new)
    return Status(HTTPStatus.CREATED if is_new else HTTPStatus.OK, NewSuppressionResult(added=is_new))


@operation(
    router, "POST", "/suppressions/lift", id="suppressions.lift", summary="Let an address get mail again",
    scope="returns:write", returns=LiftResult, responses={404: Problem},
)  # fmt: skip
def lift_suppression(request: ApiRequest, body: SuppressedAddress) -> LiftResult:
    """Who complained should ask for it themselves. Subscriptions stay as they are."""
    require_all_publications(request, SUBJECT)
    if not reversals.lift(body.email, actor=request.auth.actor):
        raise ProblemError("not-found", "That address is not suppressed.")
    note(request, subject="an address")
    return LiftResult(removed=True)


@operation(
    router, "POST", "/suppressions/remove", id="suppressions.remove", scope="returns:write", returns=ReversalAnswer,
    summary="Let many addresses get mail again",
)  # fmt: skip
def remove_suppressions(request: ApiRequest, body: ReversalOrder) -> ReversalAnswer:
    """Try it with `dry_run` first. Subscriptions stay as they are: `returns.undo` puts those back, too."""
    require_all_publications(request, SUBJECT)
    return reverse(request, body, suppressions_only=True)


def _suppression(row: SuppressionRow) -> Suppression:
    return Suppression.model_validate(
        {
            "id": row.pk,
            "email": row.email,
            "reason": row.reason,
            "detail": row.detail,
            "source": row.source,
            "dispatch": row.dispatch_id,
            "created_at": row.created_at,
        }
    )
