"""Dispatches: what goes out where and when, how far it is, and who got it. What can be done is `dispatch_actions`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from distributor.api.authentication import ApiRequest, publications_of
from distributor.api.operations import operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Id, IdFilter, NameFilter, row_of
from distributor.api.v1.schemas.dispatches import OUTCOMES_EXAMPLE, Dispatch, answers, complete
from distributor.audience.models import Subscriber
from distributor.delivery.models import Delivery as DeliveryRow
from distributor.delivery.models import Dispatch as DispatchRow
from distributor.delivery.reports import progress
from distributor.domain.states import FINISHED, State

router = Router(tags=["Dispatches"])

Moment = Annotated[datetime | None, Query(description="With a zone; without one it is meant in UTC.")]


class Progress(Schema):
    """How far a dispatch is. A post counts as one recipient."""

    model_config = ConfigDict(use_enum_values=True)

    state: State = Field(examples=["sending"])
    recipients: int | None = Field(description="Null while a mailing’s people are not counted.", examples=[50_000])
    outcomes: dict[str, int] = Field(
        description="How many ended how; those that have no outcome yet are “waiting”.", examples=[OUTCOMES_EXAMPLE]
    )
    per_second: float = Field(description="Recipients a second lately; 0 where nothing is sent now.", examples=[93.5])
    ends_at: datetime | None = Field(
        description="When nobody waits any more, at that pace; null where it can't be told.",
        examples=["2026-12-01T08:06:00Z"],
    )


class DispatchDelivery(Schema):
    """What became of one recipient."""

    person: UUID | None = Field(
        description="Null for who was erased.", examples=["0190b3a4-7a3c-7cc0-8f6e-0d2f3c1f9d11"]
    )
    email: str | None = Field(description="As it is now; null for who was erased.", examples=["mina@inbox.example"])
    outcome: DeliveryRow.Outcome = Field(examples=["accepted"])
    detail: str = Field(description="What the mail server said.", examples=["250 2.0.0 Ok: queued as 4Z1"])
    at: datetime = Field(examples=["2026-12-01T08:00:03Z"])


class PostAttempt(Schema):
    """One try of a post."""

    number: int = Field(examples=[1])
    started_at: datetime = Field(examples=["2026-12-01T08:00:00Z"])
    ended_at: datetime | None = Field(description="Null while it is under way.", examples=["2026-12-01T08:00:01Z"])
    outcome: str = Field(
        description="accepted, rejected, deferred, reconnect or unconfirmed; empty while it is under way.",
        examples=["deferred"],
    )
    reason: str = Field(examples=["It takes no more posts for now."])
    code: str = Field(description="The network's own word for it.", examples=["429"])
    retry_at: datetime | None = Field(examples=[None])


@operation(
    router, "GET", "/dispatches", id="dispatches.list", summary="Dispatches, the latest first",
    scope="dispatches:read", returns=Page[Dispatch],
)  # fmt: skip
def list_dispatches(
    request: ApiRequest,
    response: HttpResponse,
    publication: NameFilter = "",
    letter: IdFilter = None,
    channel: NameFilter = "",
    state: Annotated[list[State], Query(description="One or several; without it all.", max_length=20)] = [],  # noqa: B006
    finished: Annotated[bool | None, Query(description="Whether it has come to its end.")] = None,
    due_from: Moment = None,
    due_before: Moment = None,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Dispatch]:
    filters: dict[str, Any] = {
        "letter": letter,
        "channel": channel,
        "state__in": [entry.value for entry in state],
        "due_at__gte": due_from and _aware(due_from),
        "due_at__lt": due_before and _aware(due_before),
    }
    rows = complete(DispatchRow.objects.filter(**publications_of(request, publication)))
    rows = rows.filter(**{name: value for name, value in filters.items() if value})
    if finished is not None:
        rows = rows.filter(state__in=FINISHED) if finished else rows.exclude(state__in=FINISHED)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Dispatch](items=answers(page), next=next_cursor)


@operation(
    router, "GET", "/dispatches/{dispatch_id}", id="dispatches.show", summary="One dispatch",
    scope="dispatches:read", returns=Dispatch,
)  # fmt: skip
def show_dispatch(request: ApiRequest, dispatch_id: Id) -> Dispatch:
    return answers([row_of(request, complete(DispatchRow.objects.all()), dispatch_id)])[0]


@operation(
    router, "GET", "/dispatches/{dispatch_id}/progress", id="dispatches.progress", summary="How far it is",
    scope="dispatches:read", returns=Progress,
)  # fmt: skip
def show_progress(request: ApiRequest, dispatch_id: Id) -> Progress:
    row = row_of(request, complete(DispatchRow.objects.all()), dispatch_id)
    (whole,) = answers([row])
    part = progress.of(row, timezone.now())
    return Progress(
        state=whole.state,
        recipients=whole.recipients,
        outcomes=whole.outcomes,
        per_second=round(part.per_second, 2),
        ends_at=part.ends_at,
    )


@operation(
    router, "GET", "/dispatches/{dispatch_id}/deliveries", id="dispatches.deliveries",
    summary="Who received a mailing, and what became of everyone", scope="people:read", returns=Page[DispatchDelivery],
)  # fmt: skip
def list_deliveries(
    request: ApiRequest,
    response: HttpResponse,
    dispatch_id: Id,
    outcome: DeliveryRow.Outcome | None = None,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[DispatchDelivery]:
    """Those whose turn has not come are not in it yet. Posts have none: see their attempts."""
    row = row_of(request, DispatchRow.objects.select_related("publication"), dispatch_id)
    rows = DeliveryRow.objects.filter(dispatch=row)
    if outcome is not None:
        rows = rows.filter(outcome=outcome)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("subscriber_id",))
    people = Subscriber.objects.only("key", "email").in_bulk([delivery.subscriber_id for delivery in page])
    return Page[DispatchDelivery](
        items=[_delivery(entry, people.get(entry.subscriber_id)) for entry in page], next=next_cursor
    )


@operation(
    router, "GET", "/dispatches/{dispatch_id}/attempts", id="dispatches.attempts",
    summary="The tries of a post, the first one first", scope="dispatches:read", returns=Page[PostAttempt],
)  # fmt: skip
def list_attempts(
    request: ApiRequest, response: HttpResponse, dispatch_id: Id, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[PostAttempt]:
    row = row_of(request, DispatchRow.objects.select_related("publication"), dispatch_id)
    rows = row.attempts.filter(subscriber_id=None)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("number", "pk"))
    names = PostAttempt.model_fields
    items = [PostAttempt(**{name: getattr(attempt, name) for name in names}) for attempt in page]
    return Page[PostAttempt](items=items, next=next_cursor)


def _delivery(row: DeliveryRow, person: Subscriber | None) -> DispatchDelivery:
    return DispatchDelivery(
        person=person.key if person else None,
        email=person.email if person else None,
        outcome=DeliveryRow.Outcome(row.outcome),
        detail=row.detail,
        at=row.at,
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
