"""`distributor doors`: where a newsroom's own systems hand in letters."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.cli.feeds import read_rules, rule_line, rule_options
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.newsroom.door_actions import DoorSettings
    from distributor.newsroom.models import IntakeDoor

_COLUMNS = ("reference", "name", "kind", "publication", "state", "asks")
_ARRIVAL_COLUMNS = ("reference", "at", "state", "title", "letter", "reason")
_MOST_ROWS = 20


@click.group()
def doors() -> None:
    """Take letters from Ghost, WordPress, any system that sends JSON, and from mail."""


@doors.command()
@click.argument("kind", type=click.Choice(("ghost", "wordpress", "json", "mail")))
@click.option("--name", default="", metavar="TEXT", help="As the desk calls it.")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=PATH", help="json: where a field is: title=post.title.")
@click.option("--header", metavar="NAME", help="json: the header of the HMAC-SHA256; else a bearer token.")
@click.option(
    "--sender", "senders", multiple=True, metavar="ADDRESS", help="mail: who may send; @paper.example for all."
)
@rule_options
@output.publication_option
@output.json_option
def add(
    kind: Any,
    name: str,
    mapping: tuple[str, ...],
    header: str | None,
    senders: tuple[str, ...],
    publication_slug: str,
    as_json: bool,
    **rules: Any,
) -> None:
    """Open a door, and show its address and secret: give them to the other system."""
    with database():
        from distributor.cli.actors import actor
        from distributor.letters.actions import publication
        from distributor.newsroom import door_actions
        from distributor.newsroom.door_actions import DoorSettings

        settings = _settings(DoorSettings(), name, mapping, header, senders, rules)
        door = door_actions.add(publication(publication_slug), kind, settings, actor=actor())
        _show_keys(door, as_json=as_json)


@doors.command()
@click.argument("door")
@click.option("--name", metavar="TEXT")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=PATH", help="All of the mapping: the old one is left.")
@click.option("--header", metavar="NAME")
@click.option("--sender", "senders", multiple=True, metavar="ADDRESS", help="All of them: the old ones are left.")
@rule_options
@output.json_option
def edit(
    door: str,
    name: str | None,
    mapping: tuple[str, ...],
    header: str | None,
    senders: tuple[str, ...],
    as_json: bool,
    **rules: Any,
) -> None:
    """Change what is given; address and secret stay."""
    with database():
        from distributor.newsroom import door_actions

        row = _find(door)
        settings = door_actions.settings_of(row)
        row = door_actions.edit(row, _settings(settings, name, mapping, header, senders, rules))
        _show(row, as_json=as_json)


@doors.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the doors."""
    with database():
        from distributor.newsroom import door_actions

        rows = [door_actions.to_json(door) for door in door_actions.doors()]
    if as_json:
        output.write_json(rows)
    else:
        output.print_rows(rows, _COLUMNS, empty="There is no door yet: “distributor doors add KIND” opens one.")


@doors.command()
@click.argument("door")
@output.json_option
def show(door: str, as_json: bool) -> None:
    """Show what arrived at a door last, and what became of it."""
    with database():
        _show(_find(door), as_json=as_json)


@doors.command()
@click.argument("door")
@click.option("--new", "is_new", is_flag=True, help="Make others: the old ones open nothing from now on.")
@output.json_option
def keys(door: str, is_new: bool, as_json: bool) -> None:
    """Show a door's address and secret."""
    with database():
        from distributor.newsroom import door_actions

        row = _find(door)
        if is_new:
            door_actions.new_keys(row)
        _show_keys(row, as_json=as_json)


@doors.command("open")
@click.argument("door")
@output.json_option
def open_(door: str, as_json: bool) -> None:
    """Open a door again."""
    _switch(door, is_open=True, as_json=as_json)


@doors.command()
@click.argument("door")
@output.json_option
def close(door: str, as_json: bool) -> None:
    """Take nothing at a door until it is opened again."""
    _switch(door, is_open=False, as_json=as_json)


@doors.command()
@click.argument("door")
@output.json_option
def remove(door: str, as_json: bool) -> None:
    """Take a door away. Its letters stay."""
    with database():
        from distributor.newsroom import door_actions

        row = _find(door)
        door_actions.remove(row)
    if as_json:
        output.write_json({"removed": door})
    else:
        output.console().print(f"{row.name} is gone; its letters stay.")


@doors.command()
@click.argument("arrival")
@click.option("--corrects", metavar="LETTER", help="It is this letter (L3) corrected.")
@click.option("--new", "is_new", is_flag=True, help="It is a letter of its own.")
@output.json_option
def answer(arrival: str, corrects: str | None, is_new: bool, as_json: bool) -> None:
    """Say which letter an arrival (A7) is, where that is not clear."""
    if bool(corrects) == is_new:
        raise BadInput("Answer with --corrects LETTER, or with --new.")
    with database(wakes=True):
        from distributor.cli.actors import actor
        from distributor.letters.letter_ids import letter_of
        from distributor.newsroom import arrivals
        from distributor.newsroom.door_actions import arrival_json

        letter = letter_of(corrects) if corrects else None
        row = arrival_json(arrivals.answer(_number(arrival, "A"), corrects=letter, actor=actor()))
    if as_json:
        output.write_json(row)
    else:
        output.console().print(f"“{row['title']}” is L{row['letter']}. {row['reason']}", soft_wrap=True)


@doors.command()
@click.option("--to", "recipient", default="", metavar="ADDRESS", help="The envelope's recipient; else the headers'.")
@output.json_option
def take(recipient: str, as_json: bool) -> None:
    """Take a mail from standard input, as mail servers hand it to a program: it becomes a draft."""
    raw = sys.stdin.buffer.read(30_000_000)
    with database(wakes=True):
        from distributor.newsroom import mail_arrivals

        result = mail_arrivals.take(raw, recipient=recipient)
    if as_json:
        output.write_json({"door": result.door, "taken": result.is_taken, "reason": result.reason})
    else:
        sentence = "is written down and becomes a draft." if result.is_taken else "is not taken."
        output.console().print(f"The mail {sentence} {result.reason}".strip(), soft_wrap=True)


def _settings(
    settings: DoorSettings,
    name: str | None,
    mapping: Iterable[str],
    header: str | None,
    senders: tuple[str, ...],
    rules: dict[str, Any],
) -> DoorSettings:
    from distributor.newsroom.door_actions import DoorSettings

    return DoorSettings(
        settings.name if name is None else name,
        read_rules(settings.rules, rules),
        _mapping(mapping) or settings.mapping,
        settings.header if header is None else header,
        senders or settings.senders,
    )


def _mapping(texts: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not path for _, _, path in pairs):
        raise BadInput("Write --map as FIELD=PATH, such as title=post.title.")
    return {name.strip().lower(): path.strip() for name, _, path in pairs}


def _find(text: str) -> IntakeDoor:
    from distributor.newsroom import door_actions

    return door_actions.find(_number(text, "D"))


def _number(text: str, letter: str) -> int:
    number = text.strip().upper().removeprefix(letter)
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise BadInput(f"“{text[:80]}” is no number of these: give one such as {letter}3.")
    return int(number)


def _switch(text: str, *, is_open: bool, as_json: bool) -> None:
    with database():
        from distributor.newsroom import door_actions

        door = _find(text)
        door_actions.switch(door, is_open=is_open)
        _show(door, as_json=as_json)


def _show_keys(door: IntakeDoor, *, as_json: bool) -> None:
    from distributor.newsroom import door_actions

    keys = door_actions.keys(door)
    if as_json:
        output.write_json({**door_actions.to_json(door), "address": keys.address, "secret": keys.secret})
        return
    console = output.console()
    console.print(f"D{door.pk}  {door.name}", style="bold")
    console.print(f"Address  {keys.address}", soft_wrap=True)
    if keys.secret:
        console.print(f"Secret   {keys.secret}", soft_wrap=True)
    console.print("Whoever has these can hand in letters: give them to the other system only.")
    if "YOUR-MAIL-DOMAIN" in keys.address:
        console.print("No mail comes there yet: set DISTRIBUTOR_RETURN_DOMAIN to a domain whose mail comes here.")


def _show(door: IntakeDoor, *, as_json: bool) -> None:
    from zoneinfo import ZoneInfo

    from distributor.domain.times import stamp
    from distributor.newsroom import door_actions

    arrivals = list(door.arrivals.order_by("-at", "-pk")[:_MOST_ROWS])
    rows = [door_actions.arrival_json(row) for row in arrivals]
    values = door_actions.to_json(door)
    if as_json:
        output.write_json({**values, "arrivals": rows})
        return
    console = output.console()
    console.print(f"{values['reference']}  {values['name']}: {values['state']}", style="bold")
    rules = f"go out by themselves, up to {door.news_limit} in 24 hours" if door.approve else "wait for your yes"
    for line in (f"Its letters {rules}.", rule_line(door)):
        console.print(line, soft_wrap=True)
    zone = ZoneInfo(door.publication.time_zone)
    for row, arrival in zip(rows, arrivals, strict=True):
        row["at"] = stamp(arrival.at, zone)
        row["letter"] = f"L{arrival.letter_id}" if arrival.letter_id else "–"
    output.print_rows(rows, _ARRIVAL_COLUMNS, empty="Nothing has arrived yet.")


COMMANDS = {"doors": doors}
