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
            f"{burst['id']}  dispatch {burst['dispatch']}: {burst['headline']}. {burst['details']}",
            highlight=False,
            soft_wrap=True,
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
        from distributor.audience import held_bursts, held_people
        from distributor.audience.models import HeldBurst

        if decision == "suppress" and not yes:
            _confirm(held_bursts.people(burst_id))
        choice = HeldBurst.Decision(_DECISIONS[decision])
        count = held_bursts.decide(burst_id, choice, actor=actor())
    if as_json:
        output.write_json({"id": burst_id, "decision": _DECISIONS[decision], "people": count})
    else:
        output.console().print(held_people.result(choice, count))


def _confirm(count: int) -> None:
    from distributor.audience.held_people import question

    sentence = question(count)
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Suppress them?", abort=True, err=True)


def _row(burst: HeldBurst) -> dict[str, Any]:
    from distributor.audience import held_people

    return {
        "id": burst.pk,
        "dispatch": burst.dispatch_id,
        "domain": burst.domain,
        "tries": burst.tries,
        "refusals": burst.refusal_count,
        "example": burst.example,
        "since": burst.began_at.isoformat(),
        "people": burst.refusals.count(),
        "refused_in_all": held_people.refusals_in_all(burst),
        "headline": held_people.headline(burst),
        "details": held_people.details(burst),
    }
