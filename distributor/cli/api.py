"""`distributor api`: who may use the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.api_scopes import SCOPES

if TYPE_CHECKING:
    from distributor.people.api_tokens import NewToken
    from distributor.people.models import ApiToken

_COLUMNS = ("id", "name", "owner", "publication", "scopes", "state", "expires", "last_used")


@click.group()
def api() -> None:
    """Let programs use the API."""


@api.group()
def token() -> None:
    """Make, list, rotate and revoke the API's tokens."""


@token.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="EDITOR", help="For whom it acts: it may never do more than they.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="What it may do, as often as needed: “read” for all that only reads, or of " + ", ".join(SCOPES) + ".",
)
@click.option("--expires-in-days", type=click.IntRange(1, 3650), help="After which it lets nobody in; else never.")
@click.option("--requests-per-minute", type=click.IntRange(1), default=1200, show_default=True)
@output.publication_option
@output.json_option
def create(
    name: str,
    owner: str,
    scopes: tuple[str, ...],
    expires_in_days: int | None,
    requests_per_minute: int,
    publication_slug: str,
    as_json: bool,
) -> None:
    """Make a token and print it, this once. With --publication it is for that one alone."""
    with database():
        from django.utils import timezone

        from distributor.letters.actions import publication
        from distributor.people import api_tokens

        new = api_tokens.create(
            name,
            owner=owner,
            scopes=scopes,
            publication=publication(publication_slug) if publication_slug else None,
            expires_at=timezone.now() + timedelta(days=expires_in_days) if expires_in_days else None,
            requests_per_minute=requests_per_minute,
            by=actor(),
        )
        _show_new(new, as_json=as_json)


@token.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the tokens: what they may do and when they were last used, never the tokens themselves."""
    with database():
        from distributor.people import api_tokens

        rows = [_row(row) for row in api_tokens.tokens()]
    if as_json:
        output.write_json(rows)
        return
    output.print_rows(
        [{**row, "scopes": ", ".join(row["scopes"])} for row in rows],
        _COLUMNS,
        empty="There is no token yet: make one with “distributor api token create NAME --owner EDITOR --scope read”.",
    )


@token.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 168),
    default=24,
    show_default=True,
    help="For how long the old secret still counts; 0 where it may be in strange hands.",
)
@output.json_option
def rotate(id_: str, overlap_hours: int, as_json: bool) -> None:
    """Give a token another secret and print it, this once."""
    with database():
        from distributor.people import api_tokens

        _show_new(api_tokens.rotate(id_, overlap=timedelta(hours=overlap_hours)), as_json=as_json)


@token.command()
@click.argument("id_", metavar="ID")
@output.json_option
def revoke(id_: str, as_json: bool) -> None:
    """Let a token in no more, from now on."""
    with database():
        from distributor.people import api_tokens

        row = api_tokens.revoke(id_)
        if as_json:
            output.write_json(_row(row))
        else:
            output.console().print(f"The token {row} lets nobody in any more.")


def _show_new(new: NewToken, *, as_json: bool) -> None:
    if as_json:
        output.write_json({**_row(new.row), "token": new.token})
        return
    console = output.console()
    console.print(f"{new.token}", soft_wrap=True)
    console.print(f"That is the token {new.row}. It is not shown again: keep it where only your program reads it.")
    if new.row.previous_until is not None:
        console.print(f"The old one counts until {new.row.previous_until:%Y-%m-%d %H:%M} UTC.")


def _row(row: ApiToken) -> dict[str, Any]:
    from distributor.people.api_tokens import state_of

    return {
        "id": row.public_id,
        "name": row.name,
        "owner": row.user.get_username(),
        "publication": row.publication.slug if row.publication else None,
        "scopes": row.scopes,
        "state": state_of(row),
        "requests_per_minute": row.requests_per_minute,
        "created": row.created_at.isoformat(),
        "expires": row.expires_at.isoformat() if row.expires_at else None,
        "last_used": row.last_used_at.isoformat() if row.last_used_at else None,
    }


COMMANDS = {"api": api}
