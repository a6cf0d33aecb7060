"""Doors at which a newsroom's own systems hand in letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Slug, Text, row_of
from distributor.api.v1.schemas.rules import Rules, RulesChange, changed_rules, rules_answer
from distributor.newsroom import door_actions
from distributor.newsroom.door_actions import DoorSettings
from distributor.newsroom.models import Arrival as ArrivalRow
from distributor.newsroom.models import IntakeDoor

router = Router(tags=["Intake doors"])

ArrivalState = Literal["waiting", "done", "ignored", "asks", "failed", "refused"]
Name = Annotated[Text, Field(max_length=200, examples=["Our Ghost"])]
Path = Annotated[Text, Field(max_length=500)]
Sender = Annotated[Text, Field(max_length=320, examples=["@lantern.example"])]


class Arrival(Schema):
    """What came to a door, and what became of it."""

    id: int
    at: datetime
    state: str = Field(description="waiting, done, ignored, asks, failed or refused.")
    title: str
    letter: int | None = Field(None, description="The letter that it made or changed.")
    reason: str


class Door(Schema):
    """A door, without its keys."""

    id: int
    publication: str = Field(examples=["lantern"])
    name: str
    kind: str = Field(description="ghost, wordpress, json or mail.")
    is_open: bool
    mapping: dict[str, str] = Field(description="Of json doors: from fields to paths in what comes.")
    header: str = Field(description="Of json doors: which header holds the signature; empty for a bearer token.")
    senders: list[str] = Field(description="Of mail doors: who may send; empty for whoever knows the address.")
    rules: Rules


class DoorWithKeys(Door):
    """A door with what the other system needs, which is shown this once."""

    address: str = Field(description="What the other system calls or writes to.")
    secret: str = Field(description="What it signs with; empty for mail.")


class DoorOptions(Body):
    """What is chosen for a door; what is not named stays as it is."""

    name: Name | None = None
    mapping: dict[Path, Path] | None = Field(None, max_length=50, examples=[{"title": "post.title"}])
    header: Annotated[Text, Field(max_length=100)] | None = None
    senders: list[Sender] | None = Field(None, max_length=100)
    rules: RulesChange | None = None


class NewDoor(DoorOptions):
    """A door to open."""

    publication: Slug = Field("", description="Needed where there are several.", examples=["lantern"])
    kind: Literal["ghost", "wordpress", "json", "mail"]


class DoorChange(DoorOptions):
    """What to change of a door."""

    is_open: bool | None = None


@operation(
    router, "GET", "/doors", id="doors.list", summary="Intake doors", scope="publications:read", returns=Page[Door]
)
def list_doors(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Door]:
    rows = door_actions.doors().filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Door](items=[Door(**_fields(row)) for row in page], next=next_cursor)


@operation(
    router, "POST", "/doors", id="doors.create", summary="Open a door", scope="publications:write", role="admin",
    returns=DoorWithKeys, status=HTTPStatus.CREATED,
)  # fmt: skip
def create_door(request: ApiRequest, response: HttpResponse, body: NewDoor) -> Status[DoorWithKeys]:
    publication = publication_of(request, body.publication)
    row = door_actions.add(
        publication, body.kind, _settings(request, DoorSettings(), body), actor=request.auth.user_name
    )
    response.headers["Location"] = f"/api/v1/doors/{row.pk}"
    note(request, subject=f"door {row.pk}", publication=publication)
    return Status(HTTPStatus.CREATED, _with_keys(row))


@operation(
    router, "GET", "/doors/{door_id}", id="doors.show", summary="One door", scope="publications:read", returns=Door
)
def show_door(request: ApiRequest, door_id: Id) -> Door:
    return Door(**_fields(_row(request, door_id)))


@operation(
    router, "PATCH", "/doors/{door_id}", id="doors.update", summary="Change, open or close a door",
    scope="publications:write", role="admin", returns=Door,
)  # fmt: skip
def update_door(request: ApiRequest, door_id: Id, body: DoorChange) -> Door:
    row = _row(request, door_id, lock=True)
    check_match(request, Door(**_fields(row)))
    row = door_actions.edit(row, _settings(request, door_actions.settings_of(row), body))
    if body.is_open is not None:
        door_actions.switch(row, is_open=body.is_open)
    note(request, subject=f"door {row.pk}", publication=row.publication)
    return Door(**_fields(row))


@operation(
    router, "POST", "/doors/{door_id}/keys", id="doors.rekey", summary="Another address and secret for a door",
    scope="publications:write", role="admin", returns=DoorWithKeys,
)  # fmt: skip
def give_keys(request: ApiRequest, door_id: Id) -> DoorWithKeys:
    """The old ones open nothing from now on."""
    row = _row(request, door_id, lock=True)
    door_actions.new_keys(row)
    note(request, subject=f"door {row.pk}", publication=row.publication)
    return _with_keys(row)


@operation(
    router, "DELETE", "/doors/{door_id}", id="doors.delete", summary="Take a door away",
    scope="publications:write", role="admin",
    returns=None, status=HTTPStatus.NO_CONTENT,
)  # fmt: skip
def remove_door(request: ApiRequest, door_id: Id) -> Status[None]:
    """Its letters stay."""
    row = _row(request, door_id, lock=True)
    check_match(request, Door(**_fields(row)))
    note(request, subject=f"door {row.pk}", publication=row.publication)
    door_actions.remove(row)
    return Status(HTTPStatus.NO_CONTENT, None)


@operation(
    router, "GET", "/doors/{door_id}/arrivals", id="doors.arrivals", summary="What came to a door, the latest first",
    scope="publications:read", returns=Page[Arrival],
)  # fmt: skip
def list_arrivals(
    request: ApiRequest,
    response: HttpResponse,
    door_id: Id,
    state: ArrivalState | None = None,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Arrival]:
    """Those in the state `asks` wait for an answer."""
    rows = _row(request, door_id).arrivals.all()
    rows = rows if state is None else rows.filter(state=state)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Arrival](items=[arrival_answer(row) for row in page], next=next_cursor)


def arrival_answer(row: ArrivalRow) -> Arrival:
    """Return an arrival as answers have it."""
    return Arrival(id=row.pk, at=row.at, state=row.state, title=row.title, letter=row.letter_id, reason=row.reason)


def _row(request: ApiRequest, door_id: int, *, lock: bool = False) -> IntakeDoor:
    rows = door_actions.doors()
    return row_of(request, rows.select_for_update(of=("self",)) if lock else rows, door_id)


def _settings(request: ApiRequest, settings: DoorSettings, body: DoorOptions) -> DoorSettings:
    names = ("name", "mapping", "header", "senders")
    values: dict[str, Any] = {name: getattr(body, name) for name in names if getattr(body, name) is not None}
    return replace(settings, **values, rules=changed_rules(request, settings.rules, body.rules))


def _fields(row: IntakeDoor) -> dict[str, Any]:
    settings = door_actions.settings_of(row)
    return {
        "id": row.pk,
        "publication": row.publication.slug,
        "name": row.name,
        "kind": row.kind,
        "is_open": row.is_open,
        "mapping": dict(settings.mapping),
        "header": settings.header,
        "senders": list(settings.senders),
        "rules": rules_answer(settings.rules),
    }


def _with_keys(row: IntakeDoor) -> DoorWithKeys:
    keys = door_actions.keys(row)
    return DoorWithKeys(**_fields(row), address=keys.address, secret=keys.secret)
