"""What an editor does to dispatches, from `approve` to `recall`, and to a whole letter: `withdraw`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import click

from distributor.cli import dispatch_table, output
from distributor.cli.backing_services import database
from distributor.cli.status import dispatch_ids
from distributor.domain.errors import BadInput, StateError

if TYPE_CHECKING:
    from distributor.delivery.models import Dispatch

_VERBS = {
    "pause": ("control.pause", "Stop for now: mail stops within the group that is being sent."),
    "resume": ("control.resume", "Go on with what is paused, or blocked and by now connected."),
    "cancel": ("control.cancel", "Stop for good; who got it has got it."),
    "approve": ("planning.approval.approve", "Approve drafts: their hold begins."),
    "release": ("planning.approval.release_now", "Send now, whatever the time and hold."),
    "retry": ("control.retry", "Send again what failed or is unconfirmed: look first that it is not there."),
    "recall": ("posts.recall.recall", "Take a sent post back: it is deleted at its network, where that can be."),
}
_APPROVING = ("approve", "release", "resume")  # a person says that it may go out


def _command(name: str, action: str, help_text: str) -> click.Command:
    @click.command(name, help=f"{help_text} ID is a dispatch (12) or all of a letter (L3).")
    @click.argument("identifier", metavar="ID")
    @output.json_option
    def command(identifier: str, as_json: bool) -> None:
        with database(wakes=True):
            module, _, verb = action.rpartition(".")
            act = getattr(import_module(f"distributor.delivery.{module}"), verb)
            _act(identifier, act, as_json=as_json, approves=name in _APPROVING)

    return command


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--url", default="", help="Where the post can be seen.")
@output.json_option
def confirm(identifier: str, url: str, as_json: bool) -> None:
    """Say that an unconfirmed post is there: someone looked."""
    with database(wakes=True):
        from distributor.delivery.control import confirm_sent

        _act(identifier, partial(confirm_sent, url=url), as_json=as_json)


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


def _act(identifier: str, action: Callable[[int], Dispatch], *, as_json: bool, approves: bool = False) -> None:
    """Do it to each dispatch that is meant. A letter's dispatches whose state does not allow it stay as they are.

    Who approves is told what the accounts can't do.
    """
    from distributor.delivery.variants import concerns

    ids = dispatch_ids(identifier)
    done: list[Dispatch] = []
    refused: list[StateError] = []
    for number in ids:
        try:
            done.append(action(number))
        except StateError as error:
            refused.append(error)
    if len(refused) == len(ids):
        raise refused[0]
    reports = dispatch_table.look(ids)
    told = concerns.of_dispatches(done) if approves else ()
    if as_json:
        also = {"concerns": [one.to_json() for one in told]} if approves else {}
        output.write_json({"dispatches": [one.to_json() for one in reports], **also})
        return
    console = output.console()
    dispatch_table.show(reports, console)
    for sentence in concerns.warnings(told):
        console.print(sentence, style="yellow")


COMMANDS = {**{name: _command(name, *verb) for name, verb in _VERBS.items()}, "confirm": confirm, "withdraw": withdraw}
