"""`distributor publications`: the brands that send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output, publication_settings
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput
from distributor.domain.pacing import WARM_UP_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributor.delivery.variants.channel_settings import SettingState
    from distributor.letters.models import Publication


@click.group()
def publications() -> None:
    """Make and list publications, and change their settings."""


@publications.command()
@click.argument("name")
@click.option("--slug", default="", help="Its short name in addresses; else made of NAME.")
@click.option("--sender", default="", metavar="ADDRESS", help="The address that its mail comes from.")
@click.option("--sender-name", default="", metavar="TEXT", help="The name that its mail comes from; else NAME.")
@click.option(
    "--time-zone", default="UTC", metavar="ZONE", help="Such as Asia/Seoul; times without a zone are meant in it."
)
@click.option("--language", default="en", metavar="CODE", help="Such as ko.")
@click.option("--share-bar", default="", metavar="A,B", help="The channels of letters whose page names none.")
@output.json_option
def add(
    name: str,
    slug: str,
    sender: str,
    sender_name: str,
    time_zone: str,
    language: str,
    share_bar: str,
    as_json: bool,
) -> None:
    """Make a publication."""
    with database():
        from distributor.letters.actions import create_publication

        publication = create_publication(
            name=name,
            slug=slug,
            sender_name=sender_name,
            sender_email=sender,
            time_zone=time_zone,
            language=language,
            share_bar=share_bar.split(","),
        )
        _say([_json(publication)], as_json=as_json, single=True)


@publications.command()
@click.argument("slug", default="")
@output.json_option
def show(slug: str, as_json: bool) -> None:
    """Show a publication's settings. SLUG is needed where there are several publications."""
    with database():
        from distributor.letters.actions import publication
        from distributor.letters.publication_settings import SETTINGS

        publication_settings.show(publication(slug, named_by="SLUG"), SETTINGS.values(), as_json=as_json)


@publications.command()
@click.argument("slug")
@click.argument("given", metavar="NAME=VALUE…", nargs=-1, required=True)
@output.json_option
def edit(slug: str, given: tuple[str, ...], as_json: bool) -> None:
    """Change a publication's settings; “publications show” names them.

    NAME= goes back to the default, logo=FILE uploads a picture. Letters that are planned keep their times.
    """
    pairs = dict(map(_pair, given))
    with database():
        from distributor.letters.actions import edit_publication, publication

        brand = publication(slug)
        changes = edit_publication(brand, publication_settings.values_of(pairs))
        publication_settings.show(brand, changes, as_json=as_json)
        if not changes and not as_json:
            output.note("Nothing has changed: it was set like this already.")


@publications.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the publications."""
    with database():
        from distributor.letters.models import Publication

        _say([_json(brand) for brand in Publication.objects.order_by("slug")], as_json=as_json)


@publications.command("warm-up")
@click.argument("slug")
@click.option("--from", "day", metavar="DAY", default="", help="Its first day, such as 2026-12-01; else today.")
@click.option("--off", is_flag=True, help="Send without such a limit.")
@output.json_option
def warm_up(slug: str, day: str, off: bool, as_json: bool) -> None:
    """Let a new sending domain send little at first, and more from day to day."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    with database():
        from distributor.letters.actions import edit_publication, publication

        brand = publication(slug)
        first = day or f"{datetime.now(ZoneInfo(brand.time_zone)).date()}"
        edit_publication(brand, {"warm-up-from": "" if off else first})
        _say([_json(brand)], as_json=as_json, single=True)
        if brand.warm_up_from and not as_json:
            output.note(
                f"From {brand.warm_up_from} on it sends {WARM_UP_PLAN[0]:,} mails a day, then half as many more."
            )


@publications.command("channel-settings")
@click.argument("channel")
@click.argument("chosen", metavar="[NAME=VALUE]…", nargs=-1)
@output.publication_option
@output.json_option
def channel_settings_command(channel: str, chosen: tuple[str, ...], publication_slug: str, as_json: bool) -> None:
    """Change the settings of a publication for CHANNEL, or show them.

    NAME= goes back to the default. What is out already doesn't change.
    """
    from distributor.channels import registry

    registry.get(channel)  # a word that names none is said before anything starts
    pairs = dict(map(_pair, chosen))
    with database():
        from distributor.delivery.variants import channel_settings, channel_settings_store
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        if pairs:
            channel_settings_store.store(brand, channel, pairs)
        states = channel_settings.states_of(brand.channel_options, channel)
        if as_json:
            shown = [state.to_json() for state in states]
            output.write_json({"publication": brand.slug, "channel": channel, "settings": shown})
        else:
            _show_settings(states)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise BadInput(f"“{text}” is not a setting: write NAME=VALUE, or NAME= to go back to the default.")
    return name, value


def _show_settings(states: Sequence[SettingState]) -> None:
    from rich.table import Table

    table = Table("name", "value", "choices", "what it does", box=None, pad_edge=False, header_style="dim")
    for state in states:
        setting = state.setting
        value = f"{state.value} *" if state.chosen else state.value
        table.add_row(setting.name, value, " ".join(setting.choices) or "any text", setting.help or setting.label)
    output.console().print(table)
    if any(state.chosen for state in states):
        output.note("* is chosen; the others are the default.")
    for state in states:
        if state.problem:
            output.note(f"What is stored can’t be used, so the default holds: {state.problem}")


def _json(brand: Publication) -> dict[str, Any]:
    return {
        "slug": brand.slug,
        "name": brand.name,
        "sender": brand.sender_email,
        "time_zone": brand.time_zone,
        "language": brand.language,
        "share_bar": brand.share_bar,
        "warm_up_from": brand.warm_up_from.isoformat() if brand.warm_up_from else None,
    }


def _say(rows: list[dict[str, Any]], *, as_json: bool, single: bool = False) -> None:
    if as_json:
        output.write_json(rows[0] if single else rows)
        return
    if not rows:
        output.console().print(
            "There is no publication yet: “distributor publications add NAME --sender ADDRESS” makes one."
        )
        return
    from rich.table import Table

    table = Table("slug", "name", "sender", "time zone", "share bar", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(row["slug"], row["name"], row["sender"], row["time_zone"], " ".join(row["share_bar"]))
    output.console().print(table)


COMMANDS = {"publications": publications}
