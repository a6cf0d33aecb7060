"""`distributor recover`: what to do when the database went back in time."""

from __future__ import annotations

import sys

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import ConfirmationNeeded

_CHOICES = {"sent": "sent", "ask": "ask", "go-on": "go on"}
_QUESTIONS = {
    "sent": "They are stopped, as what is out already, and so are digests that were due.",
    "ask": "They are paused, and each waits for a person; digests that were due are taken for sent.",
    "go-on": "They are sent now, and digests that are due too: whoever has them already gets them twice.",
}


@click.command()
@click.option("--sent", "choice", flag_value="sent", help="What looks due is out already: send it no more.")
@click.option("--ask", "choice", flag_value="ask", help="Pause it, so that a person decides about each.")
@click.option("--go-on", "choice", flag_value="go-on", help="Nothing went out since: send it.")
@click.option("--yes", is_flag=True, help="Don’t ask whether it is meant.")
@output.json_option
def recover(choice: str | None, yes: bool, as_json: bool) -> None:
    """Say what to do when the database went back in time, or stands in another place: until then nothing is sent.

    Without a choice it says what may be out already, and changes nothing.
    """
    with database(wakes=True):
        from distributor.delivery import recovery

        found = recovery.look()
        references = [dispatch.reference for dispatch in found.dispatches]
        if choice is None or not found.reason:
            _show(found.reason, references, str(found.last_sent or ""), as_json=as_json)
            return
        if not yes:
            _confirm(len(references), choice)
        count = recovery.recover(recovery.Choice(_CHOICES[choice]), actor=actor())
    if as_json:
        output.write_json({"choice": choice, "dispatches": count})
    else:
        words = {"sent": "stopped", "ask": "paused", "go-on": "sent"}[choice]
        output.console().print(f"{count:,} dispatches are {words}. This database sends again.")


def _show(reason: str, references: list[str], last_sent: str, *, as_json: bool) -> None:
    if as_json:
        output.write_json({"reason": reason, "last_sent": last_sent or None, "dispatches": references})
        return
    console = output.console()
    if not reason:
        console.print("Nothing is held: this database is the one that sent last.")
        return
    console.print(reason, markup=False, highlight=False)
    if last_sent:
        console.print(f"It stands at {last_sent[:19]} UTC.", highlight=False)
    console.print(f"{len(references):,} dispatches may be out already:", highlight=False)
    for reference in references[:50]:
        console.print(f"  {reference}", markup=False, highlight=False)
    if len(references) > 50:
        console.print(f"  … and {len(references) - 50:,} more", highlight=False)
    console.print("Say which with --sent, --ask or --go-on: see “Restoring” in the page on operations.")


def _confirm(count: int, choice: str) -> None:
    sentence = f"{count:,} dispatches may be out already. {_QUESTIONS[choice]}"
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Go ahead?", abort=True, err=True)


COMMANDS = {"recover": recover}
