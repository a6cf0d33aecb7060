"""What is kept about one person: what became of their mail, to what they agreed, and all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, require_all_publications
from distributor.api.operations import note, operation
from distributor.api.v1.people import person_row
from distributor.audience import privacy
from distributor.delivery.models import Dispatch

router = Router(tags=["People"])

LONGEST: Final = 1_000
Most = Annotated[int, Query(ge=1, le=LONGEST, description="How many of each at most, the latest first.")]


class Delivery(Schema):
    """What became of one mail to them."""

    mail: str = Field(description="The letter's title.", examples=["The harbor in winter"])
    dispatch: int
    publication: str = Field(examples=["lantern"])
    outcome: str = Field(examples=["accepted"])
    detail: str = Field(description="What the mail server said.", examples=["250 2.0.0 queued"])
    at: datetime


class ReturnedEvent(Schema):
    """What came back about them."""

    kind: str = Field(examples=["hard bounce"])
    source: str = Field(examples=["dsn"])
    dispatch: int | None = None
    at: datetime
    status: str = Field(examples=["5.1.1"])
    said: str
    decision: str = Field(default="", description="What a person decided, where it was not proven.")


class KeptConsent(Schema):
    """What they agreed to."""

    publication: str
    list: str
    at: datetime
    how: str
    recorded_at: datetime


class History(Schema):
    """What happened with a person's mail; a token for one publication sees that one's alone."""

    deliveries: list[Delivery]
    events: list[ReturnedEvent]
    consents: list[KeptConsent]


@operation(
    router, "GET", "/people/{uuid:key}/history", id="people.history", summary="What happened with a person's mail",
    scope="people:read", returns=History,
)  # fmt: skip
def show_history(request: ApiRequest, key: UUID, most: Most = 100) -> History:
    data = privacy.stored_data(person_row(request, key).email)
    publication = request.auth.publication
    deliveries = [
        row for row in data.get("deliveries", ()) if publication is None or row["publication"] == publication.slug
    ]
    consents = [
        row for row in data.get("consents", ()) if publication is None or row["publication"] == publication.slug
    ]
    events: Sequence[Mapping[str, Any]] = data.get("followed and returned", {}).get("returned", ())
    if publication is not None:
        dispatches = Dispatch.objects.filter(publication=publication, pk__in=[row["dispatch"] for row in events])
        dispatch_ids = set(dispatches.values_list("pk", flat=True))
        events = [row for row in events if row["dispatch"] in dispatch_ids]
    return History(
        deliveries=[Delivery(**row) for row in _latest(deliveries, most)],
        events=[ReturnedEvent.model_validate(row) for row in _latest(events, most)],
        consents=[KeptConsent(**row) for row in _latest(consents, most)],
    )


@operation(
    router, "GET", "/people/{uuid:key}/export", id="people.export", summary="Everything that is stored about a person",
    scope="people:read", returns=dict[str, Any], audited=True,
)  # fmt: skip
def export_person(request: ApiRequest, key: UUID) -> dict[str, Any]:
    """What the law lets them ask for (GDPR Art. 15), of all publications."""
    row = person_row(request, key)
    require_all_publications(request, "What is stored about a person")
    note(request, subject=f"person {key}")
    return privacy.stored_data(row.email)


def _latest(rows: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(row["at"]), reverse=True)[:most]
