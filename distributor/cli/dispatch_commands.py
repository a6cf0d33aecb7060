"""What an editor does to dispatches: a command for each of the table's actions, and `withdraw` for a whole letter."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import dispatch_table, output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.cli.status import dispatch_ids
from distributor.domain.dispatch_actions import ACTIONS, Action, Argument, Role
from distributor.domain.errors import BadInput, ConfirmationNeeded, StateError

if TYPE_CHECKING:
    from distributor.delivery.actions import ActionResult
    from distributor.delivery.models import Dispatch

YES_HELP = "Don’t ask whether it is meant."
ROLE: Role = "admin"  # whoever has a shell here


def _command(action: Action) -> click.Command:
    def run(identifier: str, as_json: bool, yes: bool = False, **values: Any) -> None:
        with database(wakes=True):
            _perform(action, identifier, values, agreed=yes, as_json=as_json)

    parameters: list[click.Parameter] = [click.Argument(["identifier"], metavar="ID")]
    parameters += [_parameter(argument) for argument in action.arguments]
    if action.confirm:
        parameters.append(click.Option(["--yes"], is_flag=True, help=YES_HELP))
    help_text = f"{action.help} ID is a dispatch (12) or all of a letter (L3)."
    for argument in action.arguments:
        if argument.required:
            help_text += f" {argument.kind.upper()}: {argument.help} For example “{argument.example}”."
    command = click.Command(action.name, callback=run, params=parameters, help=help_text)
    output.json_option(command)
    return command


def _parameter(argument: Argument) -> click.Parameter:
    if argument.required:
        return click.Argument([argument.name], metavar=argument.kind.upper())
    option = f"--{argument.name.replace('_', '-')}"
    if argument.kind == "flag":
        return click.Option([option, argument.name], is_flag=True, help=argument.help)
    return click.Option([option, argument.name], default="", help=argument.help)


def _perform(action: Action, identifier: str, values: dict[str, Any], *, agreed: bool, as_json: bool) -> None:
    """Do it to each dispatch that is meant. A letter's dispatches whose state does not allow it stay, and that is said.

    Raises what the only one raised where it was done to none.
    """
    from distributor.delivery import actions
    from distributor.people import audit

    dispatches = actions.in_order(_dispatches(identifier))
    agreement = _agree(action, dispatches, code=values.get("code", ""), agreed=agreed)
    results: list[ActionResult] = []
    refusals: list[tuple[Dispatch, StateError]] = []
    for dispatch in dispatches:
        arguments = {part.name: _value(part, values[part.name], dispatch) for part in action.arguments}
        try:
            results.append(
                actions.perform(action.name, dispatch.pk, role=ROLE, actor=actor(), confirmed=agreement, **arguments)
            )
        except StateError as error:
            refusals.append((dispatch, error))
        else:
            audit.record(
                f"dispatches.{action.name}",
                actor=actor(),
                door="command",
                subject=f"dispatch {dispatch.pk}",
                publication=dispatch.publication,
                before={"state": dispatch.state},
                after={"state": results[-1].dispatch.state},
            )
    if not results:
        raise refusals[0][1]
    _show(dispatches, results, refusals, as_json=as_json)


def _dispatches(identifier: str) -> list[Dispatch]:
    from distributor.delivery.models import Dispatch

    by_id = Dispatch.objects.select_related("publication").in_bulk(ids := dispatch_ids(identifier))
    return [by_id[number] for number in ids]


def _agree(action: Action, dispatches: list[Dispatch], *, code: str, agreed: bool) -> bool:
    """Ask whether it is meant, once for all, where the table wants that, and return whether somebody agreed.

    Raises ConfirmationNeeded where nobody can be asked, and click.Abort where it is not meant.
    """
    from distributor.delivery import actions

    texts = (actions.question(action.name, dispatch, code=code) for dispatch in dispatches)
    questions = list(dict.fromkeys(filter(None, texts)))
    if not questions or agreed:
        return agreed
    labels = dict.fromkeys(actions.label(action.name, dispatch) for dispatch in dispatches)
    _ask(" ".join(questions), " / ".join(labels))
    return True


def _ask(sentence: str, label: str) -> None:
    """Ask whether it is meant. Raises ConfirmationNeeded where nobody can be asked, and click.Abort for a no."""
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    if not click.confirm(f"{sentence} {label}?", err=True):
        raise click.Abort


def _value(argument: Argument, value: Any, dispatch: Dispatch) -> Any:
    """Return an argument as the action takes it. Raises BadTime."""
    if argument.kind != "time":
        return value
    from django.utils import timezone

    from distributor.delivery.planning.earliest_release import zone_of
    from distributor.time_words import parse_time

    moment = parse_time(value, now=timezone.now(), zone=zone_of(dispatch.publication))
    if moment.note:
        output.note(moment.note)
    return moment.at


def _show(
    dispatches: list[Dispatch],
    results: list[ActionResult],
    refusals: list[tuple[Dispatch, StateError]],
    *,
    as_json: bool,
) -> None:
    from distributor.delivery.variants import concerns

    reports = dispatch_table.look([dispatch.pk for dispatch in dispatches])
    account_concerns = [concern for result in results for concern in result.concerns]
    if as_json:
        output.write_json(
            {
                "dispatches": [report.to_json() for report in reports],
                "done": [{"dispatch": result.dispatch.pk, "sentence": result.sentence} for result in results],
                "kept": [{"dispatch": dispatch.pk, "reason": str(error)} for dispatch, error in refusals],
                "concerns": [concern.to_json() for concern in account_concerns],
            }
        )
        return
    console = output.console()
    done_ids = {result.dispatch.pk for result in results}
    dispatch_table.show(reports, console, omit={report.reason for report in reports if report.id in done_ids})
    for result in results:
        console.print(f"{result.dispatch.reference}: {result.sentence}", soft_wrap=True)
    for argument in dict.fromkeys(argument for result in results for argument in result.further):
        output.note(f"--{argument.name.replace('_', '-')}: {argument.help}")
    for dispatch, error in refusals:
        console.print(f"{dispatch.reference} stays: {error}", style="dim", soft_wrap=True)
    for sentence in concerns.warnings(account_concerns):
        console.print(sentence, style="yellow")


@click.command()
@click.argument("identifier", metavar="LETTER")
@click.option("--recall", is_flag=True, help="Also delete what is out at the networks, where that can be.")
@click.option("--yes", is_flag=True, help=YES_HELP)
@output.json_option
def withdraw(identifier: str, recall: bool, yes: bool, as_json: bool) -> None:
    """Stop everything of LETTER (L3) that is not out yet."""
    with database(wakes=True):
        from distributor.delivery.models import Dispatch
        from distributor.delivery.withdrawal import question
        from distributor.delivery.withdrawal import withdraw as withdraw_letter

        if not identifier.upper().startswith("L"):
            raise BadInput("Name a letter, such as L3: “distributor status” lists them.")
        letter = Dispatch.objects.select_related("letter").get(pk=dispatch_ids(identifier)[0]).letter
        assert letter is not None
        if not yes and (sentence := question(letter, recall=recall)):
            _ask(sentence, "Withdraw")
        withdrawal = withdraw_letter(letter, recall=recall, confirmed=True, actor=actor())
        reports = dispatch_table.look([dispatch.pk for dispatch in withdrawal.dispatches])
        if as_json:
            output.write_json({"dispatches": [report.to_json() for report in reports], "kept": list(withdrawal.kept)})
            return
        console = output.console()
        if reports:
            dispatch_table.show(reports, console, omit={report.reason for report in reports})
        console.print(withdrawal.summary)
        for sentence in withdrawal.kept:
            console.print(sentence, style="yellow")


COMMANDS = {**{name: _command(action) for name, action in ACTIONS.items()}, "withdraw": withdraw}
