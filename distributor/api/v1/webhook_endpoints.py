"""Addresses that are told what happens (Standard Webhooks), and the stream of the same for dashboards."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Moment, Slug, Text, row_of
from distributor.domain.announcements import DEFAULT_TYPES, type_names
from distributor.webhooks import endpoints, replays, streams, trials
from distributor.webhooks.endpoints import EndpointChange
from distributor.webhooks.models import Endpoint as EndpointRow
from distributor.webhooks.models import WebhookAttempt

router = Router(tags=["Webhooks"])

Address = Annotated[Text, Field(min_length=1, max_length=2_000, examples=["https://hooks.example/distributor"])]
Type = Annotated[Text, Field(max_length=64, examples=["letter.*"])]
Name = Annotated[Text, Field(max_length=100, examples=["Our dashboard"])]


class Endpoint(Schema):
    """An address that is told what happens, without its secret."""

    id: int
    publication: str = Field(examples=["lantern"])
    name: str
    url: str
    types: list[str] = Field(examples=[["letter.taken_in", "post.published"]])
    state: str = Field(description="on, failing or off.")
    reason: str = Field(description="Why it was switched off, where nobody did it by hand.")
    waiting: int = Field(description="Messages that wait for it.")
    failed: int = Field(description="Messages that it never took.")
    previous_secret_until: datetime | None = Field(None, description="Until when a rotated secret still signs.")


class EndpointWithSecret(Endpoint):
    """An endpoint with its secret, which is shown this once."""

    secret: str = Field(description="What calls are signed with: whsec_…")


class NewEndpoint(Body):
    """An address to tell."""

    publication: Slug = Field("", description="Needed where there are several.", examples=["lantern"])
    url: Address
    types: list[Type] = Field([], max_length=100, description="Empty for all that is not about one reader; * for all.")
    name: Name = ""


class EndpointUpdate(Body):
    """What to change; all else stays."""

    url: Address | None = None
    types: list[Type] | None = Field(None, max_length=100)
    name: Name | None = None
    enabled: bool | None = None


class SecretRotation(Body):
    """How a secret is rotated."""

    overlap_hours: int = Field(24, ge=0, le=168, description="For how long both secrets sign.")


class Attempt(Schema):
    """One call, and what came of it."""

    id: int
    message: int = Field(description="What to name for a replay.")
    webhook_id: str = Field(description="The id by which the receiver knows a repeat.")
    type: str
    at: datetime
    status: int | None = Field(None, description="The answer's, null where none came.")
    milliseconds: int | None = None
    answer: str = Field(description="The beginning of the answer, or what went wrong.")
    delivered: bool


class Replay(Body):
    """What to send again: one message, or all of a span."""

    message: int | None = Field(None, ge=1, le=2**63 - 1)
    since: Moment | None = None
    until: Moment | None = None


class ReplayCount(Schema):
    """How much is sent again."""

    messages: int


@operation(
    router, "GET", "/webhooks", id="webhooks.list", summary="Webhook endpoints", scope="webhooks:read", role="admin",
    returns=Page[Endpoint],
)  # fmt: skip
def list_endpoints(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Endpoint]:
    rows = endpoints.endpoints().filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Endpoint](items=[Endpoint(**_fields(row)) for row in page], next=next_cursor)


@operation(
    router, "POST", "/webhooks", id="webhooks.create", summary="Tell an address what happens",
    scope="webhooks:write", role="admin",
    returns=EndpointWithSecret, status=HTTPStatus.CREATED,
)  # fmt: skip
def create_endpoint(request: ApiRequest, response: HttpResponse, body: NewEndpoint) -> Status[EndpointWithSecret]:
    publication = publication_of(request, body.publication)
    new = endpoints.add(publication, body.url, types=body.types, name=body.name, by=request.auth.user_name)
    response.headers["Location"] = f"/api/v1/webhooks/{new.endpoint.pk}"
    note(request, subject=f"endpoint {new.endpoint.pk}", publication=publication)
    return Status(HTTPStatus.CREATED, _with_secret(new))


@operation(
    router, "GET", "/webhooks/{endpoint_id}", id="webhooks.show", summary="One endpoint",
    scope="webhooks:read", role="admin",
    returns=Endpoint,
)  # fmt: skip
def show_endpoint(request: ApiRequest, endpoint_id: Id) -> Endpoint:
    return Endpoint(**_fields(_row(request, endpoint_id)))


@operation(
    router, "PATCH", "/webhooks/{endpoint_id}", id="webhooks.update", summary="Change an endpoint",
    scope="webhooks:write", role="admin", returns=Endpoint,
)  # fmt: skip
def update_endpoint(request: ApiRequest, endpoint_id: Id, body: EndpointUpdate) -> Endpoint:
    row = _row(request, endpoint_id)
    endpoints.locked(row.pk)
    check_match(request, Endpoint(**_fields(_row(request, endpoint_id))))
    types = None if body.types is None else tuple(body.types)
    endpoints.edit(row.pk, EndpointChange(body.url, types, body.name, body.enabled))
    note(request, subject=f"endpoint {row.pk}", publication=row.publication)
    return Endpoint(**_fields(_row(request, endpoint_id)))


@operation(
    router, "DELETE", "/webhooks/{endpoint_id}", id="webhooks.delete", summary="Forget an endpoint",
    scope="webhooks:write", role="admin", returns=None, status=HTTPStatus.NO_CONTENT,
)  # fmt: skip
def remove_endpoint(request: ApiRequest, endpoint_id: Id) -> Status[None]:
    row = _row(request, endpoint_id)
    check_match(request, Endpoint(**_fields(row)))
    note(request, subject=f"endpoint {row.pk}", publication=row.publication)
    endpoints.remove(row.pk)
    return Status(HTTPStatus.NO_CONTENT, None)


@operation(
    router, "POST", "/webhooks/{endpoint_id}/rotate", id="webhooks.rotate", summary="Another secret for an endpoint",
    scope="webhooks:write", role="admin", returns=EndpointWithSecret,
)  # fmt: skip
def rotate_secret(request: ApiRequest, endpoint_id: Id, body: SecretRotation) -> EndpointWithSecret:
    row = _row(request, endpoint_id)
    new = endpoints.rotate(row.pk, overlap=timedelta(hours=body.overlap_hours))
    note(request, subject=f"endpoint {row.pk}", publication=row.publication)
    return _with_secret(new)


@operation(
    router, "POST", "/webhooks/{endpoint_id}/test", id="webhooks.test", summary="Call an endpoint with nothing in it",
    scope="webhooks:write", role="admin", returns=Attempt, atomic=False,
)  # fmt: skip
def test_endpoint(request: ApiRequest, endpoint_id: Id) -> Attempt:
    """It is called once, also where it is switched off; the answer takes seconds at most."""
    row = _row(request, endpoint_id)
    note(request, subject=f"endpoint {row.pk}", publication=row.publication)
    return _attempt(trials.send_test(row.pk))


@operation(
    router, "POST", "/webhooks/{endpoint_id}/replay", id="webhooks.replay", summary="Send messages again",
    scope="webhooks:write", role="admin", returns=ReplayCount,
)  # fmt: skip
def replay(request: ApiRequest, endpoint_id: Id, body: Replay) -> ReplayCount:
    """With the same ids, by which the receiver knows what it has. Name a `message`, or `since` (and `until`)."""
    row = _row(request, endpoint_id)
    note(request, subject=f"endpoint {row.pk}", publication=row.publication)
    if body.message is not None:
        replays.replay_message(row.pk, body.message)
        return ReplayCount(messages=1)
    since = body.since or row.created_at
    return ReplayCount(messages=replays.replay_span(row.pk, since=since, until=body.until))


@operation(
    router, "GET", "/webhooks/{endpoint_id}/attempts", id="webhooks.attempts",
    summary="Calls of an endpoint, the latest first", scope="webhooks:read", role="admin", returns=Page[Attempt],
)  # fmt: skip
def list_attempts(
    request: ApiRequest,
    response: HttpResponse,
    endpoint_id: Id,
    failed: bool = False,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Attempt]:
    row = _row(request, endpoint_id)
    rows = WebhookAttempt.objects.filter(message__endpoint=row).select_related("message__announcement")
    if failed:
        rows = rows.exclude(status__gte=200, status__lt=300)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Attempt](items=[_attempt(attempt) for attempt in page], next=next_cursor)


_STREAM = {"responses": {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}}


@operation(
    router, "GET", "/events", id="events.stream", summary="What happens, as it happens (server-sent events)",
    scope="events:read", returns=None, extra=_STREAM,
)  # fmt: skip
def stream_events(request: ApiRequest, types: Annotated[Text, Field(max_length=1_000)] = "") -> StreamingHttpResponse:
    """Each event has an `id`: send the last one as `Last-Event-ID` to go on. `types` are names with commas; without
    them it is all that is not about one reader. The stream ends after a quarter of an hour: come again.
    """
    publication = request.auth.publication
    names = type_names([name.strip() for name in types.split(",") if name.strip()] or DEFAULT_TYPES)
    listener = streams.Listener(
        None if publication is None else frozenset({publication.pk}), names, name=f"token {request.auth.token_id}"
    )
    return streams.event_stream(request, listener)


def _row(request: ApiRequest, endpoint_id: int) -> EndpointRow:
    return row_of(request, endpoints.endpoints(), endpoint_id)


def _fields(row: EndpointRow) -> dict[str, Any]:
    return {
        "id": row.pk,
        "publication": row.publication.slug,
        "name": row.name,
        "url": row.url,
        "types": row.types,
        "state": endpoints.state_of(row),
        "reason": row.disabled_reason,
        "waiting": getattr(row, "waiting", 0),
        "failed": getattr(row, "failed", 0),
        "previous_secret_until": row.previous_until,
    }


def _with_secret(new: endpoints.NewSecret) -> EndpointWithSecret:
    return EndpointWithSecret(**_fields(endpoints.find(new.endpoint.pk)), secret=new.secret)


def _attempt(row: WebhookAttempt) -> Attempt:
    return Attempt(
        id=row.pk,
        message=row.message_id,
        webhook_id=row.message.announcement.message_id,
        type=row.message.announcement.type,
        at=row.started_at,
        status=row.status,
        milliseconds=row.milliseconds,
        answer=row.excerpt,
        delivered=row.is_taken,
    )
