"""`distributor suppressions`: addresses that get no mail from anyone here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from distributor.cli import output, reversals
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.cli.exit_codes import UNUSABLE
from distributor.domain.errors import BadInput

REASONS = ("hard bounce", "worn out", "complaint", "manual", "erased")
NAMED_ROWS = 10


@click.group()
def suppressions() -> None:
    """Say who must not get mail, whatever lists they are on."""


@suppressions.command("list")
@click.option("--reason", type=click.Choice(REASONS), help="Only those of this reason.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many, the latest first.")
@output.json_option
def list_(reason: str | None, limit: int, as_json: bool) -> None:
    """List the latest suppressions."""
    with database():
        from distributor.audience.models import Suppression

        query = Suppression.objects.order_by("-pk")
        if reason:
            query = query.filter(reason=reason)
        rows = [
            {
                "email": suppression.email,
                "reason": suppression.reason,
                "detail": suppression.detail,
                "source": suppression.source,
                "dispatch": suppression.dispatch_id,
                "created_at": suppression.created_at.isoformat(),
            }
            for suppression in query[:limit]
        ]
        count = query.count()
    if as_json:
        output.write_json({"count": count, "suppressions": rows})
        return
    if not rows:
        output.console().print("No address is suppressed" + (f" for the reason {reason}." if reason else "."))
        return
    from rich.table import Table

    table = Table("address", "reason", "since", "source", "detail", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        address, reason, since = str(row["email"] or "(erased)"), str(row["reason"]), str(row["created_at"])[:10]
        table.add_row(address, reason, since, str(row["source"]), str(row["detail"]))
    output.console().print(table)
    if count > len(rows):
        output.console().print(f"… and {count - len(rows):,} more.")


@suppressions.command()
@click.argument("email")
@click.option("--detail", default="", metavar="TEXT", help="Why, for whoever looks later.")
@output.json_option
def add(email: str, detail: str, as_json: bool) -> None:
    """Let an address get no mail any more."""
    with database():
        from distributor.audience.suppression import suppress_one

        new = suppress_one(email, detail=detail)
    _answer({"added": new}, f"{email} gets no mail{'' if new else ', as before'}.", as_json=as_json)


@suppressions.command()
@click.argument("email", required=False)
@reversals.options(reversals.REMOVABLE)
@output.json_option
def remove(email: str | None, as_json: bool, **options: Any) -> None:
    """Let an address get mail again, or all that these options are true of.

    Who complained should ask for that themselves. Subscriptions stay as they are: “distributor returns undo” puts back
    those too that the same events ended.
    """
    if email is None:
        reversals.run(options, suppressions_only=True, as_json=as_json)
        return
    if reversals.narrows(options) or options["dry_run"]:
        raise BadInput("Give an address alone, or options that say which addresses.")
    with database():
        from distributor.insights.reversals import lift

        if not lift(email, actor=actor()):
            raise BadInput(f"{email} is not suppressed.")
    _answer({"removed": True}, f"{email} can get mail again.", as_json=as_json)


@suppressions.command("import")
@click.argument("file")
@output.json_option
def import_(file: str, as_json: bool) -> None:
    """Suppress the addresses of a CSV file: “email”, and where you have them “reason” and “detail”."""
    with database():
        from distributor.audience.suppression import import_suppressions

        report = import_suppressions(
            sys.stdin.buffer if file == "-" else Path(file), name="The table" if file == "-" else file
        )
    wrong: dict[str, Any] = {}
    if report.problems:
        rows_text = "; ".join(f"row {problem.row}: {problem.message}" for problem in report.problems[:NAMED_ROWS])
        wrong = {"error": f"{report.problem_count:,} row(s) not taken in: {rows_text}."}
    _answer(
        {**report.to_json(), **wrong}, f"{report.added:,} added, {report.unchanged:,} there already.", as_json=as_json
    )
    if wrong:
        output.complain(wrong["error"])
        click.get_current_context().exit(UNUSABLE)


@suppressions.command()
@click.option("--raw", is_flag=True, help="For machines: leave what a spreadsheet takes for formulas as it is.")
@output.json_option
def export(raw: bool, as_json: bool) -> None:
    """Write all suppressed addresses as CSV (or with --json as one JSON object a line) to standard output.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, but with --raw or --json.
    """
    with database():
        import csv

        from distributor.audience.suppression import export_suppressions

        if not as_json:
            sys.stdout.writelines(export_suppressions(raw=raw))
            return
        for row in csv.DictReader(export_suppressions(raw=True)):
            output.write_json(row)


def _answer(value: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        output.write_json(value)
    else:
        output.console().print(sentence)


COMMANDS = {"suppressions": suppressions}
