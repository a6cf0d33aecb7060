"""What an editor does to dispatches: a command for each of the table's actions, and `withdraw` for a whole letter."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import dispatch_table, output
from distributor.cli.backing_services import database
from distributor.cli.status import dispatch_ids
from distributor.domain.dispatch_actions import ACTIONS, Action, Argument, Role
from distributor.domain.errors import BadInput, ConfirmationNeeded, StateError

if TYPE_CHECKING:
    from distributor.delivery.actions import Performed
    from distributor.delivery.models import Dispatch

ROLE: Role = "admin"  # whoever has a shell here


def _command(action: Action) -> click.Command:
    def run(identifier: str, as_json: bool, yes: bool = False, **values: Any) -> None:
        with database(wakes=True):
            _perform(action, identifier, values, agreed=yes, as_json=as_json)

    parameters: list[click.Parameter] = [click.Argument(["identifier"], metavar="ID")]
    parameters += [_parameter(argument) for argument in action.arguments]
    if action.confirm:
        parameters.append(click.Option(["--yes"], is_flag=True, help="Don’t ask whether it is meant."))
    help_text = f"{action.help} ID is a dispatch (12) or all of a letter (L3)."
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

    dispatches = _dispatches(identifier)
    confirmed = _agree(action, dispatches, agreed=agreed)
    done: list[Performed] = []
    kept: list[tuple[Dispatch, StateError]] = []
    for dispatch in dispatches:
        arguments = {one.name: _value(one, values[one.name], dispatch) for one in action.arguments}
        try:
            done.append(actions.perform(action.name, dispatch.pk, role=ROLE, confirmed=confirmed, **arguments))
        except StateError as error:
            kept.append((dispatch, error))
    if not done:
        raise kept[0][1]
    _show(dispatches, done, kept, as_json=as_json)


def _dispatches(identifier: str) -> list[Dispatch]:
    from distributor.delivery.models import Dispatch

    known = Dispatch.objects.select_related("publication").in_bulk(ids := dispatch_ids(identifier))
    return [known[one] for one in ids]


def _agree(action: Action, dispatches: list[Dispatch], *, agreed: bool) -> bool:
    """Ask whether it is meant, once for all, where the table wants that, and return whether somebody agreed.

    Raises ConfirmationNeeded where nobody can be asked, and click.Abort where it is not meant.
    """
    from distributor.delivery import actions

    asked = list(dict.fromkeys(text for one in dispatches if (text := actions.question(action.name, one))))
    if not asked or agreed:
        return agreed
    sentence = " ".join(asked)
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    if not click.confirm(f"{sentence} {action.label}?", err=True):
        raise click.Abort
    return True


def _value(argument: Argument, value: Any, dispatch: Dispatch) -> Any:
    """Return an argument as the action takes it. Raises BadTime."""
    if argument.kind != "time":
        return value
    from django.utils import timezone

    from distributor.delivery.planning.earliest_release import zone_of
    from distributor.domain.times import parse_time

    when = parse_time(value, now=timezone.now(), zone=zone_of(dispatch.publication))
    if when.note:
        output.note(when.note)
    return when.at


def _show(
    dispatches: list[Dispatch], done: list[Performed], kept: list[tuple[Dispatch, StateError]], *, as_json: bool
) -> None:
    from distributor.delivery.variants import concerns

    reports = dispatch_table.look([one.pk for one in dispatches])
    told = [concern for one in done for concern in one.concerns]
    if as_json:
        output.write_json(
            {
                "dispatches": [one.to_json() for one in reports],
                "done": [{"dispatch": one.dispatch.pk, "sentence": one.sentence} for one in done],
                "kept": [{"dispatch": one.pk, "reason": str(error)} for one, error in kept],
                "concerns": [one.to_json() for one in told],
            }
        )
        return
    console = output.console()
    dispatch_table.show(reports, console)
    for one in done:
        console.print(f"{one.dispatch.channel} → {one.dispatch.target}: {one.sentence}", soft_wrap=True)
        for argument in one.further:
            output.note(f"--{argument.name.replace('_', '-')}: {argument.help}")
    for dispatch, error in kept:
        console.print(f"{dispatch.channel} → {dispatch.target} stays: {error}", style="dim", soft_wrap=True)
    for sentence in concerns.warnings(told):
        console.print(sentence, style="yellow")


@click.command()
@click.argument("identifier", metavar="LETTER")
@click.option("--recall", is_flag=True, help="Also delete what is out at the networks, where that can be.")
@output.json_option
def withdraw(identifier: str, recall: bool, as_json: bool) -> None:
    """Stop everything of LETTER (L3) that is not out yet."""
    with database(wakes=True):
        from distributor.delivery.models import Dispatch
        from distributor.delivery.withdrawal import withdraw as withdraw_letter

        if not identifier.upper().startswith("L"):
            raise BadInput("Name a letter, such as L3: “distributor status” lists them.")
        letter = Dispatch.objects.select_related("letter").get(pk=dispatch_ids(identifier)[0]).letter
        assert letter is not None
        done = withdraw_letter(letter, recall=recall)
        reports = dispatch_table.look([one.pk for one in done.dispatches])
        if as_json:
            output.write_json({"dispatches": [one.to_json() for one in reports], "kept": list(done.kept)})
            return
        console = output.console()
        dispatch_table.show(reports, console)
        for sentence in done.kept:
            console.print(sentence, style="yellow")


COMMANDS = {**{name: _command(action) for name, action in ACTIONS.items()}, "withdraw": withdraw}
