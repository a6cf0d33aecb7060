"""`distributor returns held` and `decide`: whom bursts of refusals would suppress."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import ConfirmationNeeded

if TYPE_CHECKING:
    from distributor.audience.models import HeldBurst

_DECISIONS = {"suppress": "suppressed", "drop": "dropped"}


@click.command("held")
@output.json_option
def held(as_json: bool) -> None:
    """List bursts of refusals that a person has to decide about."""
    with database():
        from distributor.audience import held_bursts

        bursts = [_row(burst) for burst in held_bursts.open_bursts()]
    if as_json:
        output.write_json({"bursts": bursts})
        return
    console = output.console()
    if not bursts:
        console.print("Nothing is held: no burst of refusals waits for a decision.")
        return
    for burst in bursts:
        console.print(
            f"{burst['id']}  dispatch {burst['dispatch']}: {burst['refusals']:,} of {burst['tries']:,} mails refused "
            f"by {burst['domain'] or 'the mail server'}; {burst['people']:,} people held",
            highlight=False,
        )
        console.print(f"   “{burst['example']}”", style="dim", markup=False, highlight=False)
    console.print("Decide with “distributor returns decide ID suppress” or “… drop”: all of a burst at once.")


@click.command("decide")
@click.argument("burst_id", metavar="ID", type=int)
@click.argument("decision", type=click.Choice(tuple(_DECISIONS)))
@click.option("--yes", is_flag=True, help="Don’t ask whether it is meant.")
@output.json_option
def decide(burst_id: int, decision: str, yes: bool, as_json: bool) -> None:
    """Suppress everyone whom a burst of refusals holds, or drop it: then nobody is suppressed for it."""
    with database():
        from distributor.audience import held_bursts
        from distributor.audience.models import HeldBurst

        if decision == "suppress" and not yes:
            _confirm(held_bursts.people(burst_id))
        count = held_bursts.decide(burst_id, HeldBurst.Decision(_DECISIONS[decision]), actor=actor())
    if as_json:
        output.write_json({"id": burst_id, "decision": _DECISIONS[decision], "people": count})
    elif decision == "suppress":
        output.console().print(f"{count:,} addresses are suppressed: they get no mail any more.")
    else:
        output.console().print(f"Dropped: {count:,} addresses go on getting mail.")


def _confirm(count: int) -> None:
    sentence = f"{count:,} people will get no mail any more."
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Suppress them?", abort=True, err=True)


def _row(burst: HeldBurst) -> dict[str, Any]:
    return {
        "id": burst.pk,
        "dispatch": burst.dispatch_id,
        "domain": burst.domain,
        "tries": burst.tries,
        "refusals": burst.refusal_count,
        "example": burst.example,
        "since": burst.began_at.isoformat(),
        "people": burst.refusals.count(),
    }
