"""`distributor status`: what becomes of dispatches."""

from __future__ import annotations

import re
from itertools import groupby

import click

from distributor.cli import dispatch_table, output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

RECENT = 20
LONGEST_ID = 18  # digits of a bigint


def dispatch_ids(text: str) -> list[int]:
    """Return the dispatches that an ID on the command line means: `12` is one, `L3` all of letter 3.

    Raises BadInput for what is no ID, and for one that is not there.
    """
    match = re.fullmatch(r"(L?)(\d+)", text.strip(), re.IGNORECASE | re.ASCII)
    if match is None or len(match[2]) > LONGEST_ID:
        raise BadInput(f"“{text}” is no ID: a dispatch has a number, and L with a number means a letter.")
    from distributor.delivery.models import Dispatch

    column = "letter_id" if match[1] else "pk"
    ids = list(
        Dispatch.objects.filter(**{column: int(match[2])}).order_by("position", "pk").values_list("pk", flat=True)
    )
    if not ids:
        subject = f"letter {match[2]} with dispatches" if match[1] else f"dispatch {match[2]}"
        raise BadInput(f"There is no {subject}: “distributor status” lists what there is.")
    return ids


@click.command()
@click.argument("identifier", metavar="[ID]", required=False)
@click.option("--watch", is_flag=True, help="Stay until nothing more happens by itself.")
@output.json_option
def status(identifier: str | None, watch: bool, as_json: bool) -> None:
    """Show one dispatch (12), all of a letter (L3), or everything unfinished and the latest."""
    with database():
        from distributor.delivery import epochs

        ids = dispatch_ids(identifier) if identifier else _latest()
        reports = dispatch_table.watch(ids, as_json=as_json) if watch else dispatch_table.look(ids)
        if as_json:
            output.write_json({"dispatches": [report.to_json() for report in reports]})
            return
        console = output.console()
        if reason := epochs.held_because():
            output.complain(reason)
        if not reports:
            console.print("Nothing is queued. “distributor queue SOURCE” queues a letter.")
        for (number, title), group in groupby(reports, key=lambda report: (report.letter_id, report.title)):
            console.print(f"L{number}  {title}" if number else title, style="bold")
            dispatch_table.show(list(group), console)


def _latest() -> list[int]:
    from distributor.delivery.models import Dispatch
    from distributor.domain.states import FINISHED

    open_dispatches = Dispatch.objects.exclude(state__in=FINISHED).values_list("pk", flat=True)
    latest = Dispatch.objects.order_by("-pk").values_list("pk", flat=True)[:RECENT]
    return sorted({*open_dispatches, *latest})


COMMANDS = {"status": status}
