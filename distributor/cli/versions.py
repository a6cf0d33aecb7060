"""`distributor versions`: what a letter said before, who changed it, and what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from distributor.domain.differences import FieldDifference, Piece
    from distributor.letters.models import Version

_COLUMNS = ("version", "at", "by", "from", "changed")
_STYLES = {"same": "", "removed": "red strike", "added": "green bold"}
_CONTEXT = 120  # characters that are shown beside a change


@click.command()
@click.argument("identifier", metavar="LETTER")
@click.argument("number", metavar="[NUMBER]", required=False, type=click.IntRange(min=1))
@click.option("--since", type=click.IntRange(min=1), help="The version to compare with; else the one before.")
@output.json_option
def versions(identifier: str, number: int | None, since: int | None, as_json: bool) -> None:
    """List the versions of LETTER (L3), or show what version NUMBER changed."""
    if number is None and since is not None:
        raise BadInput("--since compares with a version: name that version's NUMBER, too.")
    with database():
        from distributor.letters import versions as letter_versions
        from distributor.letters.letter_ids import letter_of

        letter = letter_of(identifier)
        if number is None:
            _list(list(letter.versions.order_by("number")), as_json=as_json)
            return
        version = letter_versions.version_of(letter, number)
        before = since or number - 1
        differences = letter_versions.differences(letter_versions.version_of(letter, before), version) if before else ()
        _show(version, differences, as_json=as_json)


def _list(rows: Sequence[Version], *, as_json: bool) -> None:
    if as_json:
        output.write_json({"versions": [_to_json(version) for version in rows]})
        return
    table = [
        {
            "version": version.number,
            "at": f"{version.created_at:%Y-%m-%d %H:%M %Z}",
            "by": version.actor,
            "from": version.origin,
            "changed": ", ".join(name.replace("_", " ") for name in version.changes),
        }
        for version in rows
    ]
    output.print_rows(table, _COLUMNS, empty="")


def _to_json(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "at": version.created_at.isoformat(),
        "actor": version.actor,
        "origin": version.origin,
        "changes": version.changes,
    }


def _show(version: Version, differences: Sequence[FieldDifference], *, as_json: bool) -> None:
    if as_json:
        fields = [
            {
                "field": difference.field,
                "before": difference.before,
                "after": difference.after,
                "pieces": [{"state": piece.state, "text": piece.text} for piece in difference.pieces],
            }
            for difference in differences
        ]
        output.write_json({**_to_json(version), "differences": fields})
        return
    console = output.console()
    if not differences:
        console.print("It is the letter's first version." if version.number == 1 else "Both say the same.")
    for difference in differences:
        console.print(difference.field.replace("_", " ").capitalize(), style="bold")
        console.print(marked(difference.pieces), soft_wrap=True)


def marked(pieces: Sequence[Piece]) -> Text:
    """Return pieces with what went and what came marked; where there are no colours as `wdiff` does it."""
    from rich.text import Text

    result = Text()
    coloured = output.console().color_system is not None
    for piece in pieces:
        text = _middle_left_out(piece.text) if piece.state == "same" else piece.text
        if not coloured:
            text = {"removed": f"[-{text}-]", "added": f"{{+{text}+}}", "same": text}[piece.state]
        result.append(text, style=_STYLES[piece.state])
    return result


def _middle_left_out(text: str) -> str:
    return text if len(text) <= 2 * _CONTEXT else f"{text[:_CONTEXT]} … {text[-_CONTEXT:]}"


COMMANDS = {"versions": versions}
