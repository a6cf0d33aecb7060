"""`distributor subscribers`: mailing lists in and out, as CSV."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from distributor.cli import output, privacy
from distributor.cli.backing_services import database
from distributor.cli.exit_codes import UNUSABLE
from distributor.domain.errors import BadInput, ConfirmationNeeded

if TYPE_CHECKING:
    from distributor.audience.imports import ImportReport

NAMED_ROWS = 10  # on one line; the first thousand are in the JSON, all of them in --problems
GZIP_LEVEL = 6  # a third of the time of the best one, for nearly its size


@click.group()
def subscribers() -> None:
    """Import and export subscribers, and show or erase what is stored about one person."""


@subscribers.command("import")
@click.argument("file")
@click.option(
    "--list", "slug", required=True, metavar="SLUG", help="The mailing list; it is made where it is not there."
)
@click.option("--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column is, see above.")
@click.option("--active", multiple=True, metavar="VALUE", help="A status of people who get mail; also COLUMN=VALUE.")
@click.option(
    "--left", "leavers", multiple=True, metavar="VALUE", help="A status of people who get none; also COLUMN=VALUE."
)
@click.option("--encoding", metavar="NAME", default="", help="As in cp949 or latin-1, where it is not told rightly.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
@click.option("--yes", is_flag=True, help="Also where it takes a large part of the list from it.")
@click.option("--fresh", is_flag=True, help="Begin anew, where an interrupted import would be gone on with.")
@click.option("--problems", metavar="FILE", help="Write every row whose people get no mail to FILE, whole, and why.")
@output.publication_option
@output.json_option
def import_(
    file: str,
    slug: str,
    columns: tuple[str, ...],
    active: tuple[str, ...],
    leavers: tuple[str, ...],
    encoding: str,
    dry_run: bool,
    yes: bool,
    fresh: bool,
    problems: str | None,
    publication_slug: str,
    as_json: bool,
) -> None:
    """Put the people in a CSV file on a list. The first row names the columns, one of them “email”; gzip is unpacked.

    Good rows are kept whatever the others are. Besides “email” there can be “name”, “language”, “time zone” and
    “cadence” (each letter, daily or weekly); every other column becomes an attribute. --map says it otherwise: --map
    "Ort=attributes.city" --map "Group=status" --map "Notes=-" (left out).

    People who left stay gone: here, and also where they come from. Columns such as “status”, “unsubscribed_at” or
    “bounced” are understood, as the exports of other systems have them. Where it is not known what a value means, it is
    asked, and nothing is stored: --active "Status=current" --left "Status=dormant".

    Nothing is on the list before the whole file is read. When that is interrupted, the same command goes on from there.
    """
    with database(), _open_output(problems) as problems_to, _progress(file, quiet=as_json) as progress:
        from distributor.audience.actions import find_or_build_list
        from distributor.audience.import_rows import Reading, read_answers, read_mapping
        from distributor.audience.imports import import_subscribers
        from distributor.audience.text_encodings import codec_of
        from distributor.letters.actions import publication

        try:
            report = import_subscribers(
                sys.stdin.buffer if file == "-" else Path(file),
                into=find_or_build_list(publication(publication_slug), slug),
                name="The table" if file == "-" else file,
                reading=Reading(
                    read_mapping(columns), read_answers(active, leavers), codec_of(encoding) if encoding else ""
                ),
                dry_run=dry_run,
                fresh=fresh,
                confirmed=yes,
                problems_to=problems_to,
                progress=progress,
            )
        except ConfirmationNeeded as error:
            raise ConfirmationNeeded(f"{error} If that is meant, add --yes.") from error
    wrong = {"error": _problems(report, problems)} if report.problems else {}
    if as_json:
        output.write_json({**report.to_json(), **wrong})
    else:
        _say(report)
    if wrong:
        output.complain(wrong["error"])
        click.get_current_context().exit(UNUSABLE)


@contextmanager
def _open_output(path: str | None) -> Iterator[TextIO | None]:
    """Open a file to write text to, gzipped when its name ends so; None for no path. Raises BadInput."""
    if path is None:
        yield None
        return
    with ExitStack() as stack:
        try:
            plain = stack.enter_context(Path(path).open("wb"))
        except OSError as error:
            raise BadInput(f"“{path}” can't be written: {error.strerror}.") from error
        binary = stack.enter_context(gzip.open(plain, "wb", GZIP_LEVEL)) if path.endswith(".gz") else plain
        yield stack.enter_context(io.TextIOWrapper(binary, encoding="utf-8", newline=""))


@contextmanager
def _progress(file: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a file is read, where a person looks on (on stderr: stdout is for the answer)."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _bytes_read, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(Path(file).name, total=None)

        def report(bytes_read: int, total: int) -> None:
            description = "Putting them on the list" if total and bytes_read >= total else Path(file).name
            bar.update(task, completed=bytes_read, total=total or None, description=description)

        yield report


def _say(report: ImportReport) -> None:
    from distributor.audience import import_summary

    console = output.console()
    if report.resumed_at:
        console.print(f"Went on after row {report.resumed_at:,}, where it was interrupted.")
    for sentence in import_summary.origin(report):
        console.print(sentence)
    console.print(import_summary.destination(report))
    would = "Nothing is stored. It would be: " if report.dry_run else ""
    console.print(f"{would}{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged.")
    if departures := import_summary.departures(report):
        console.print(departures)
    if question := import_summary.question(report):
        console.print(f"{question} Then --yes answers it.")
    for problem in report.kept_out[:NAMED_ROWS]:
        console.print(f"Row {problem.row}: {problem.message}, and is not brought back.")
    if report.kept_out_count > NAMED_ROWS:
        console.print(f"… and {report.kept_out_count - NAMED_ROWS:,} more who left and are not brought back.")


def _problems(report: ImportReport, path: str | None) -> str:
    """Return one sentence on the rows that were not taken in."""
    rows_text = "; ".join(f"row {problem.row}: {problem.message}" for problem in report.problems[:NAMED_ROWS])
    further_count, count = report.problem_count - NAMED_ROWS, report.problem_count
    rows = "1 row was" if count == 1 else f"{count:,} rows were"
    place = f" (all are in {path})" if path else ""
    return f"{rows} not taken in: {rows_text}{f'; and {further_count:,} more{place}' if further_count > 0 else ''}."


@subscribers.command("export")
@click.argument("file", required=False)
@click.option("--list", "slugs", multiple=True, metavar="SLUG", help="Only this list; can be given several times.")
@click.option("--segment", "segment_slug", metavar="SLUG", help="Only who is in this segment.")
@click.option(
    "--state",
    type=click.Choice(["active", "left", "all"]),
    default="active",
    show_default=True,
    help="Who is on the list, who left it, or both.",
)
@click.option("--with-lists", is_flag=True, help="Add a column that says which lists, and active or left.")
@click.option("--raw", is_flag=True, help="For machines: leave what a spreadsheet takes for formulas as it is.")
@output.publication_option
@output.json_option
def export(
    file: str | None,
    slugs: tuple[str, ...],
    segment_slug: str | None,
    state: str,
    with_lists: bool,
    raw: bool,
    publication_slug: str,
    as_json: bool,
) -> None:
    """Write subscribers as CSV (or with --json as one JSON object a line) to FILE, else to standard output.

    A FILE whose name ends in .gz is gzipped. What is written can be imported again. A cell that begins with =, +, -, @,
    a tab or a line end gets an apostrophe before it, so that no spreadsheet runs it; --raw and --json leave that out.
    """
    with database():
        import csv
        import json

        from distributor.audience.actions import find_lists
        from distributor.audience.export import export_subscribers
        from distributor.audience.models import Subscription
        from distributor.audience.segments import find
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        lines = export_subscribers(
            find_lists(brand, slugs) if slugs else list(brand.lists.order_by("pk")),
            states=list(Subscription.State) if state == "all" else [Subscription.State(state)],
            segment=find(brand, segment_slug) if segment_slug else None,
            with_lists=with_lists,
            raw=raw or as_json,
        )
        if as_json:
            lines = (f"{json.dumps(row, ensure_ascii=False)}\n" for row in csv.DictReader(lines))
        with _open_output(file if file != "-" else None) as out:
            (out or sys.stdout).writelines(lines)


@subscribers.command("lists")
@output.publication_option
@output.json_option
def lists(publication_slug: str, as_json: bool) -> None:
    """List the mailing lists with how many people are on them."""
    with database():
        from django.db.models import Count, Q

        from distributor.letters.actions import publication

        count = Count("subscriptions", filter=Q(subscriptions__state="active"))
        mailing_lists = publication(publication_slug).lists.annotate(people=count).order_by("slug")
        rows = [
            {"slug": mailing_list.slug, "name": mailing_list.name, "subscribers": mailing_list.people}
            for mailing_list in mailing_lists
        ]
    if as_json:
        output.write_json(rows)
        return
    if not rows:
        output.console().print("There is no list yet: “distributor subscribers import FILE --list SLUG” makes one.")
        return
    for row in rows:
        output.console().print(f"{row['slug']}  {row['name']}  {row['subscribers']:,}")


subscribers.add_command(privacy.erase)
subscribers.add_command(privacy.person)

COMMANDS = {"subscribers": subscribers}
