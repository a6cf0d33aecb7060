"""`distributor subscribers`: mailing lists in and out, as CSV."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from distributor.cli import output
from distributor.cli.exits import UNUSABLE
from distributor.cli.services import database

if TYPE_CHECKING:
    from distributor.audience.actions import ImportReport

NAMED_ROWS = 10  # on one line; all of them are in the JSON


@click.group()
def subscribers() -> None:
    """Bring subscribers in and out."""


@subscribers.command("import")
@click.argument("file")
@click.option(
    "--list", "slug", required=True, metavar="SLUG", help="The mailing list; it is made where it is not there."
)
@output.publication_option
@output.json_option
def import_(file: str, slug: str, publication_slug: str, as_json: bool) -> None:
    """Put the people in a CSV file on a list. The first row names the columns, one of them “email”.

    Good rows are kept whatever the others are. People who left stay gone.
    """
    with database(), ExitStack() as stack:
        from distributor.audience.actions import ensure_list, import_subscribers
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        source: Path | io.TextIOWrapper = Path(file)
        if file == "-":
            source = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
            stack.callback(source.detach)
        from django.db import transaction

        with transaction.atomic():
            report = import_subscribers(
                source, into=ensure_list(brand, slug), name="The table" if file == "-" else file
            )
    wrong = {"error": _problems(report)} if report.problems else {}
    if as_json:
        output.write_json({**report.to_json(), **wrong})
    else:
        _say(report)
    if wrong:
        output.complain(wrong["error"])
        click.get_current_context().exit(UNUSABLE)


def _say(report: ImportReport) -> None:
    console = output.console()
    console.print(f"{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged.")
    for kept in report.kept_out[:NAMED_ROWS]:
        console.print(f"Row {kept.row}: {kept.message}, and is not brought back.")
    if len(report.kept_out) > NAMED_ROWS:
        console.print(f"… and {len(report.kept_out) - NAMED_ROWS:,} more who left and are not brought back.")


def _problems(report: ImportReport) -> str:
    """Return one sentence on the rows that were not taken in."""
    named = "; ".join(f"row {problem.row}: {problem.message}" for problem in report.problems[:NAMED_ROWS])
    more = len(report.problems) - NAMED_ROWS
    count = len(report.problems)
    rows = "1 row was" if count == 1 else f"{count:,} rows were"
    return f"{rows} not taken in: {named}{f'; and {more:,} more' if more > 0 else ''}."


@subscribers.command("export")
@click.option("--list", "slugs", multiple=True, metavar="SLUG", help="Only this list; can be given several times.")
@output.publication_option
@output.json_option
def export(slugs: tuple[str, ...], publication_slug: str, as_json: bool) -> None:
    """Write the active subscribers as CSV (or with --json as one JSON object a line) to standard output."""
    with database():
        import csv

        from distributor.audience.actions import export_subscribers, find_lists
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        lists = find_lists(brand, slugs) if slugs else list(brand.lists.order_by("pk"))
        lines = export_subscribers(lists)
        if as_json:
            for row in csv.DictReader(lines):
                output.write_json(row)
            return
        for line in lines:
            sys.stdout.write(line)


@subscribers.command("lists")
@output.publication_option
@output.json_option
def lists(publication_slug: str, as_json: bool) -> None:
    """List the mailing lists with how many people are on them."""
    with database():
        from django.db.models import Count, Q

        from distributor.letters.actions import publication

        on_it = Count("subscriptions", filter=Q(subscriptions__state="active"))
        known = publication(publication_slug).lists.annotate(people=on_it).order_by("slug")
        rows = [{"slug": one.slug, "name": one.name, "subscribers": one.people} for one in known]
    if as_json:
        output.write_json(rows)
        return
    for row in rows:
        output.console().print(f"{row['slug']}  {row['name']}  {row['subscribers']:,}")


COMMANDS = {"subscribers": subscribers}
