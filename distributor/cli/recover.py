"""`distributor recover`: what to do when the database went back in time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import ConfirmationNeeded
from distributor.domain.times import stamp

if TYPE_CHECKING:
    from distributor.delivery.recovery import Recovery
    from distributor.delivery.reports.dispatches import DispatchReport

MOST_LINES = 50

_CHOICES = {"sent": "sent", "ask": "ask", "go-on": "go on"}
_QUESTIONS = {
    "sent": "They are stopped, as what is out already, and so are digests that were due.",
    "ask": "They are paused, and each waits for a person; digests that were due are taken for sent.",
    "go-on": "They are sent now, and digests that are due too: whoever has them already gets them twice.",
}


@click.command()
@click.option("--sent", is_flag=True, help="What looks due is out already: send it no more.")
@click.option("--ask", is_flag=True, help="Pause it, so that a person decides about each.")
@click.option("--go-on", is_flag=True, help="Nothing went out since: send it.")
@click.option("--yes", is_flag=True, help="Don’t ask whether it is meant.")
@output.json_option
def recover(sent: bool, ask: bool, go_on: bool, yes: bool, as_json: bool) -> None:
    """Say what to do when the database went back in time, or stands in another place: until then nothing is sent.

    Without a choice it says what may be out already, and changes nothing.
    """
    choices = [name for name, chosen in (("sent", sent), ("ask", ask), ("go-on", go_on)) if chosen]
    if len(choices) > 1:
        raise click.UsageError("Choose one of --sent, --ask and --go-on: they say different things of what looks due.")
    with database(wakes=True):
        from distributor.delivery import recovery
        from distributor.delivery.reports.dispatches import report

        situation = recovery.look()
        if not choices or not situation.reason:
            _show(situation, report(situation.dispatches), as_json=as_json)
            return
        choice = choices[0]
        if not yes:
            _confirm(len(situation.dispatches), choice)
        count = recovery.recover(recovery.Choice(_CHOICES[choice]), actor=actor())
    if as_json:
        output.write_json({"choice": choice, "dispatches": count})
    else:
        words = {"sent": "stopped", "ask": "paused", "go-on": "sent"}[choice]
        output.console().print(f"{count:,} dispatches are {words}. This database sends again.")


def _show(situation: Recovery, reports: Sequence[DispatchReport], *, as_json: bool) -> None:
    last_sent = f"{situation.last_sent:%Y-%m-%d %H:%M:%S %Z}" if situation.last_sent else None
    if as_json:
        dispatches = [report.to_json() for report in reports]
        output.write_json({"reason": situation.reason, "last_sent": last_sent, "dispatches": dispatches})
        return
    console = output.console()
    if not situation.reason:
        console.print("Nothing is held: this database is the one that sent last.")
        return
    lines = [situation.reason]
    if last_sent:
        lines.append(f"It stands at {last_sent}.")
    lines.append(f"{len(reports):,} dispatches may be out already:")
    lines += [f"  {_line(report)}" for report in reports[:MOST_LINES]]
    if len(reports) > MOST_LINES:
        lines.append(f"  … and {len(reports) - MOST_LINES:,} more")
    lines.append("Say which with --sent, --ask or --go-on: see “Restoring” in the page on operations.")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _line(report: DispatchReport) -> str:
    """Say of a dispatch what a person decides by: which letter, since when it is due, whom the ledger has."""
    due = stamp(report.due_at, ZoneInfo(report.zone))
    ended_count = report.recipients - report.waiting
    mails = f", {ended_count:,} of {report.recipients:,} recorded" if report.recipients > 1 else ""
    return f"{report.reference}: “{report.title}”, due {due}{mails}"


def _confirm(count: int, choice: str) -> None:
    sentence = f"{count:,} dispatches may be out already. {_QUESTIONS[choice]}"
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Go ahead?", abort=True, err=True)


COMMANDS = {"recover": recover}
