"""The token that is shown: what it may do, and another secret for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.people import api_tokens
from distributor.people.models import ApiToken

router = Router(tags=["Token"])


class Token(Schema):
    """A token, without its secret."""

    id: str = Field(description="How the token begins, after “dtk_”.", examples=["3fa2b19c04de"])
    name: str = Field(examples=["CMS"])
    owner: str = Field(description="The editor for whom it acts.", examples=["maria"])
    role: str = Field(description="What its owner is: editor or admin.", examples=["editor"])
    scopes: list[str] = Field(examples=[["letters:write", "dispatches:write"]])
    publication: str | None = Field(None, description="The only publication that it is for; null for all.")
    requests_per_minute: int = Field(examples=[1200])
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = Field(None, description="To the minute.")


class Rotation(Schema):
    """How a token is rotated."""

    overlap_hours: int = Field(24, ge=0, le=168, description="For how long the old secret still counts.")


class RotatedToken(Token):
    """A token with its new secret, which is shown this once."""

    token: str = Field(description="What to send as “Authorization: Bearer”. Shown this once.")


@operation(router, "GET", "/token", id="token.show", summary="What this token may do", scope="", returns=Token)
def show(request: ApiRequest) -> Token:
    return Token(**_fields(_row(request), request))


@operation(
    router,
    "POST",
    "/token/rotate",
    id="token.rotate",
    summary="Another secret for this token",
    scope="",
    returns=RotatedToken,
)
def rotate(request: ApiRequest, body: Rotation) -> RotatedToken:
    """Only the newest secret may: one that is replaced already, and still counts, gets 409."""
    overlap = timedelta(hours=body.overlap_hours)
    new = api_tokens.rotate(_row(request).public_id, overlap=overlap, shown=request.auth.digest)
    note(request, subject=f"token {new.row.public_id}")
    return RotatedToken(**_fields(new.row, request), token=new.token)


def _row(request: ApiRequest) -> ApiToken:
    return api_tokens.tokens().get(pk=request.auth.token_id)


def _fields(row: ApiToken, request: ApiRequest) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "owner": row.user.get_username(),
        "role": request.auth.role,
        "scopes": row.scopes,
        "publication": row.publication.slug if row.publication else None,
        "requests_per_minute": row.requests_per_minute,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
    }
