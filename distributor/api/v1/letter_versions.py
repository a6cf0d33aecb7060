"""What a letter said before, who changed it, and what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Id, row_of
from distributor.api.problems import ProblemError
from distributor.api.v1 import letters
from distributor.api.v1.schemas.letters import Letter
from distributor.domain import json_records
from distributor.domain.differences import FieldDifference
from distributor.domain.differences import Piece as PieceValue
from distributor.letters import edits, versions
from distributor.letters.models import Letter as LetterRow
from distributor.letters.models import Version as VersionRow

router = Router(tags=["Letters"])

MOST_NUMBER = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=MOST_NUMBER, description="A version, from 1.")]


class Version(Schema):
    """One state of a letter."""

    number: int = Field(examples=[2])
    at: datetime = Field(examples=["2026-12-01T08:00:00Z"])
    actor: str = Field(description="Who; empty for a program of ours.", examples=["maria"])
    origin: str = Field(description="Where the change comes from.", examples=["the desk"])
    changes: list[str] = Field(description="The fields that differ from the version before.", examples=[["title"]])


class Piece(Schema):
    """A stretch of a text."""

    state: str = Field(description="same, removed or added.", examples=["added"])
    text: str = Field(examples=["winter"])


class Difference(Schema):
    """One field that changed."""

    field: str = Field(examples=["title"])
    before: str = Field(examples=["The garden"])
    after: str = Field(examples=["The winter garden"])
    pieces: list[Piece] = Field(
        description="Without what was added they make up “before”, without the removed “after”."
    )


class VersionDetails(Version):
    """A version with what it says, and how that differs from another one."""

    content: dict[str, Any] = Field(description="All that it says.", examples=[{"title": "The winter garden"}])
    since: int | None = Field(description="The version that it is compared with.", examples=[1])
    differences: list[Difference]


@operation(
    router, "GET", "/letters/{letter_id}/versions", id="letters.versions", summary="Its versions, the latest first",
    scope="letters:read", returns=Page[Version],
)  # fmt: skip
def list_versions(
    request: ApiRequest, response: HttpResponse, letter_id: Id, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Version]:
    rows = _letter(request, letter_id).versions.defer("content")
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("-number",))
    return Page[Version](items=[Version(**_fields(row)) for row in page], next=next_cursor)


@operation(
    router, "GET", "/letters/{letter_id}/versions/{number}", id="letters.version",
    summary="One version, and what it changed", scope="letters:read", returns=VersionDetails,
)  # fmt: skip
def show_version(
    request: ApiRequest,
    letter_id: Id,
    number: Number,
    since: Annotated[
        int | None, Query(ge=1, le=MOST_NUMBER, description="The version to compare with; else the one before.")
    ] = None,
) -> VersionDetails:
    letter = _letter(request, letter_id)
    version = _version(letter, number)
    before = since or (number - 1 or None)
    changes = versions.differences(_version(letter, before), version) if before else ()
    content = json_records.to_json(versions.content_of(version))
    return VersionDetails(**_fields(version), content=content, since=before, differences=differences(changes))


@operation(
    router, "POST", "/letters/{letter_id}/versions/{number}/restore", id="letters.restore",
    summary="Let a letter say again what it said", scope="letters:write", returns=Letter,
)  # fmt: skip
def restore(request: ApiRequest, letter_id: Id, number: Number) -> Letter:
    """That is its next version: none is ever taken away."""
    letter = _letter(request, letter_id)
    _version(letter, number)
    edits.restore(
        letter, number, actor=request.auth.user_name, origin=f"its version {number}, {letters.origin(request)}"
    )
    note(request, subject=f"letter {letter.pk}", publication=letter.publication, version=number)
    return letters.letter_answer(letter.pk)


def differences(changes: Iterable[FieldDifference]) -> list[Difference]:
    """Return differences of contents as answers have them."""
    return [
        Difference(field=change.field, before=change.before, after=change.after, pieces=pieces(change.pieces))
        for change in changes
    ]


def pieces(values: Iterable[PieceValue]) -> list[Piece]:
    """Return pieces of a text as answers have them."""
    return [Piece(state=piece.state, text=piece.text) for piece in values]


def _letter(request: ApiRequest, letter_id: int) -> LetterRow:
    return row_of(request, LetterRow.objects.select_related("publication"), letter_id)


def _version(letter: LetterRow, number: int) -> VersionRow:
    version = letter.versions.select_related("letter__publication").filter(number=number).first()
    if version is None:
        raise ProblemError("not-found", f"This letter has no version {number}.")
    return version


def _fields(row: VersionRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.created_at,
        "actor": row.actor,
        "origin": row.origin,
        "changes": row.changes,
    }
