"""`distributor returns unproven`: events that anyone may have written, looked at and decided about."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.cli.exit_codes import NOT_DONE
from distributor.domain.errors import ConfirmationNeeded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from distributor.insights.models import ReturnedEvent

_ids = click.argument("ids", nargs=-1, required=True, type=click.IntRange(1, 2**63 - 1), metavar="ID…")


@click.group()
def unproven() -> None:
    """Decide about events that are not proven: anyone may have written them, so they moved nobody."""


@unproven.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many, the latest first.")
@output.json_option
def list_(limit: int, as_json: bool) -> None:
    """List those that nobody has decided about."""
    with database():
        from distributor.insights import unproven_events

        count = unproven_events.undecided().count()
        rows = [_row(event) for event in unproven_events.undecided()[:limit]]
    if as_json:
        output.write_json({"count": count, "events": rows})
        return
    columns = ("id", "received", "kind", "about", "from", "it asks")
    output.print_rows(rows, columns, empty="Nothing waits: every event was proven or decided about.")
    if count > len(rows):
        output.console().print(f"… and {count - len(rows):,} more.")
    if rows:
        output.console().print("“distributor returns unproven show ID” shows what came in.")


@unproven.command()
@click.argument("event_id", type=click.IntRange(1, 2**63 - 1), metavar="ID")
@output.json_option
def show(event_id: int, as_json: bool) -> None:
    """Show what came in: who wrote it, what it asks for, its text and headers as far as they are stored."""
    with database():
        from distributor.insights import unproven_events

        facts = unproven_events.facts(event_id)
    if as_json:
        output.write_json(facts.to_json())
        return
    console = output.console()
    for name, value in facts.lines:
        console.print(f"{name + ':':<12} {value}", soft_wrap=True)
    for title, text in (("Text", facts.mail.get("text")), ("Headers", facts.mail.get("headers"))):
        if text:
            console.print(f"\n{title}:\n{text}", soft_wrap=True)


@unproven.command("act-on")
@_ids
@click.option("--yes", is_flag=True, help="Don’t ask whether it is meant.")
@output.json_option
def act_on(ids: tuple[int, ...], yes: bool, as_json: bool) -> None:
    """Do what these events ask for, since you know that they are true: suppress, or take off lists."""
    with database():
        from distributor.insights import decisions, unproven_events

        if not yes:
            _confirm(unproven_events.question(ids))
        _decide(ids, decisions.act_on, as_json=as_json)


@unproven.command()
@_ids
@output.json_option
def ignore(ids: tuple[int, ...], as_json: bool) -> None:
    """Let these events be nothing."""
    with database():
        from distributor.insights import decisions

        _decide(ids, decisions.ignore, as_json=as_json)


def _confirm(sentence: str) -> None:
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Do it?", abort=True, err=True)


def _decide(ids: Sequence[int], decide: Callable[..., ReturnedEvent], *, as_json: bool) -> None:
    """Decide about each by itself; of those that can't be decided about it is said why, and the others are done."""
    from distributor.insights import unproven_events

    decisions_result = unproven_events.decide_each(ids, decide, actor=actor())
    if as_json:
        output.write_json(decisions_result.to_json())
    else:
        for sentence in decisions_result.sentences:
            output.console().print(sentence)
    for sentence in decisions_result.problems:
        output.complain(sentence)
    if decisions_result.problems:
        click.get_current_context().exit(NOT_DONE)


def _row(event: ReturnedEvent) -> dict[str, Any]:
    from distributor.insights.decisions import consequence

    return {
        "id": event.pk,
        "received": f"{event.received_at:%Y-%m-%d %H:%M} UTC",
        "kind": event.kind,
        "source": event.source,
        "about": event.email or "someone unknown",
        "from": event.mail.get("sender", ""),
        "it asks": consequence(event) or "nothing",
    }
