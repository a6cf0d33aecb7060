"""`distributor variants`: one dispatch's variant as it is, and an editor's own words, picture and link for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.cli.preview import show_panel
from distributor.cli.versions import marked
from distributor.domain.errors import BadInput
from distributor.domain.overrides import PARTS, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributor.delivery.models import Dispatch, Override
    from distributor.delivery.overrides import VariantState
    from distributor.delivery.reapproval import ApprovalDifference
    from distributor.domain.differences import FieldDifference, Piece

_COLUMNS = ("edit", "at", "by", "own", "letter", "text")


@click.group()
def variants() -> None:
    """Show and edit what single dispatches say. DISPATCH is a number (12)."""


@variants.command()
@click.argument("dispatch_id", metavar="DISPATCH", type=int)
@output.json_option
def show(dispatch_id: int, as_json: bool) -> None:
    """Show DISPATCH as it would be approved now, and what of it is your own."""
    with database():
        from distributor.delivery import overrides

        _show(overrides.state(_dispatch(dispatch_id)), as_json=as_json)


@variants.command()
@click.argument("dispatch_id", metavar="DISPATCH", type=int)
@click.option("--text", help="Your own text. It is fitted as the template’s is; - reads it from standard input.")
@click.option("--text-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with the text.")
@click.option("--picture", help="The address of your own picture, or “none”.")
@click.option("--alt", "picture_alt", help="What the picture shows, for people who don’t see it.")
@click.option("--link", help="Your own link, or “none”.")
@output.json_option
def edit(
    dispatch_id: int,
    text: str | None,
    text_file: Path | None,
    picture: str | None,
    picture_alt: str | None,
    link: str | None,
    as_json: bool,
) -> None:
    """Give DISPATCH a text, picture or link of your own. What you don’t name stays as it is."""
    if text is not None and text_file is not None:
        raise BadInput("Give the text by --text or by --text-file, not by both.")
    own_text = _text(text, text_file)
    with database():
        from distributor.delivery import overrides

        state = overrides.edit_variant(
            dispatch_id,
            text=own_text,
            picture=_or_none(picture),
            picture_alt=picture_alt,
            link=_or_none(link),
            by=actor(),
        )
        _show(state, as_json=as_json)


@variants.command()
@click.argument("dispatch_id", metavar="DISPATCH", type=int)
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Only this part; may be repeated.")
@output.json_option
def reset(dispatch_id: int, parts: tuple[Part, ...], as_json: bool) -> None:
    """Take DISPATCH back to what the template makes of the letter."""
    with database():
        from distributor.delivery import overrides

        _show(overrides.reset_variant(dispatch_id, parts=parts or PARTS, by=actor()), as_json=as_json)


@variants.command()
@click.argument("dispatch_id", metavar="DISPATCH", type=int)
@output.json_option
def history(dispatch_id: int, as_json: bool) -> None:
    """List what was written for DISPATCH, by whom and when."""
    with database():
        from distributor.delivery import overrides

        entries = list(overrides.history(_dispatch(dispatch_id)))
        if as_json:
            output.write_json({"edits": [_to_json(entry) for entry in entries]})
            return
        rows = [
            {
                "edit": entry.number,
                "at": f"{entry.created_at:%Y-%m-%d %H:%M %Z}",
                "by": entry.actor,
                "own": ", ".join(entry.content.parts) or "back to the template",
                "letter": f"version {entry.version.number}" if entry.version else "",
                "text": entry.text or "",
            }
            for entry in entries
        ]
        output.print_rows(rows, _COLUMNS, empty="Nobody has edited it: it says what the template makes of the letter.")


@variants.command()
@click.argument("dispatch_id", metavar="DISPATCH", type=int)
@output.json_option
def difference(dispatch_id: int, as_json: bool) -> None:
    """Show how DISPATCH would differ from what was approved, were it approved now."""
    with database():
        from distributor.delivery import reapproval

        _show_difference(reapproval.difference(_dispatch(dispatch_id)), as_json=as_json)


def _dispatch(dispatch_id: int) -> Dispatch:
    from distributor.delivery.models import Dispatch

    dispatches = Dispatch.objects.select_related("publication", "letter__publication", "version", "account")
    dispatch = dispatches.filter(pk=dispatch_id).first()
    if dispatch is None or dispatch.letter is None:
        raise BadInput(f"There is no dispatch {dispatch_id} of a letter: “distributor status” lists what there is.")
    return dispatch


def _text(text: str | None, file: Path | None) -> str | None:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise BadInput(f"{file} is not UTF-8: save it as that.") from None
    return sys.stdin.read() if text == "-" else text


def _or_none(value: str | None) -> str | None:
    return "" if value == "none" else value


def _show(state: VariantState, *, as_json: bool) -> None:
    if as_json:
        override = state.override
        preview = state.preview.to_json()
        change = state.change.to_json()
        output.write_json({**preview, "override": _to_json(override) if override else None, "change": change})
        return
    from django.conf import settings

    assert state.dispatch.letter is not None
    console = output.console()
    show_panel(state.dispatch.letter.view(site_url=settings.SITE_URL, url=""), state.preview, console)
    if state.override is not None:
        console.print(f"Your own: {', '.join(state.own_parts)} (edit {state.override.number}).")
    for sentence in state.change.sentences:
        console.print(sentence, style="yellow", soft_wrap=True)
    if state.change.waits_for_person:
        console.print(f"To send it like this: “distributor approve-again {state.dispatch.pk}”.", soft_wrap=True)


def _to_json(override: Override) -> dict[str, Any]:
    return {
        "number": override.number,
        "at": override.created_at.isoformat(),
        "by": override.actor,
        "text": override.text,
        "picture": override.picture,
        "picture_alt": override.picture_alt,
        "link": override.link,
        "letter_version": override.version.number if override.version else None,
    }


def _show_difference(difference: ApprovalDifference, *, as_json: bool) -> None:
    if as_json:
        output.write_json(
            {
                "letter": [_field_to_json(field) for field in difference.fields],
                "text": _pieces_to_json(difference.text),
                "link": difference.link,
                "picture": difference.picture,
            }
        )
        return
    console = output.console()
    if difference.is_empty:
        console.print("It would be approved as it is.")
    for field in difference.fields:
        console.print(f"Letter: {field.field.replace('_', ' ')}", style="bold")
        console.print(marked(field.pieces), soft_wrap=True)
    if difference.text:
        console.print("What goes out", style="bold")
        console.print(marked(difference.text), soft_wrap=True)
    for name, pair in (("Link", difference.link), ("Picture", difference.picture)):
        if pair is not None:
            console.print(f"{name}: {pair[0] or 'none'} → {pair[1] or 'none'}", soft_wrap=True)


def _field_to_json(field: FieldDifference) -> dict[str, Any]:
    return {"field": field.field, "before": field.before, "after": field.after, "pieces": _pieces_to_json(field.pieces)}


def _pieces_to_json(pieces: Sequence[Piece]) -> list[dict[str, str]]:
    return [{"state": piece.state, "text": piece.text} for piece in pieces]


COMMANDS = {"variants": variants}
