"""`distributor digests`: one mail that gathers the letters since the last one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.digests import WEEKDAYS, Cadence, DigestHour, moment_of

_DAYS = tuple(day.lower() for day in WEEKDAYS)


@click.group()
def digests() -> None:
    """Switch digests on and off, list what went out, and look at the next one."""


@digests.command()
@click.argument("slug", metavar="PUBLICATION")
@click.option("--hour", type=click.IntRange(0, 23), default=8, show_default=True, help="On each subscriber's clock.")
@click.option("--weekday", type=click.Choice(_DAYS), default="monday", show_default=True, help="Of the weekly one.")
@output.json_option
def on(slug: str, hour: int, weekday: str, as_json: bool) -> None:
    """Let digests go out, to those who have chosen them."""
    _switch(slug, DigestHour(hour, _DAYS.index(weekday)), as_json=as_json)


@digests.command()
@click.argument("slug", metavar="PUBLICATION")
@output.json_option
def off(slug: str, as_json: bool) -> None:
    """Let no more digests go out."""
    _switch(slug, None, as_json=as_json)


def _switch(slug: str, at: DigestHour | None, *, as_json: bool) -> None:
    with database():
        from django.utils import timezone

        from distributor.letters import actions

        brand = actions.publication(slug)
        actions.switch_digests(brand, at, now=timezone.now())
        digests_at = brand.digests_at
        if as_json:
            weekday = digests_at.weekday_name.lower()
            output.write_json({"slug": brand.slug, "on": at is not None, "hour": digests_at.hour, "weekday": weekday})
        elif at is None:
            output.console().print(f"{brand.name} sends no digests now.")
        else:
            output.console().print(
                f"{brand.name} sends digests at {digests_at.clock} on each subscriber’s clock: every day, and on "
                f"{digests_at.weekday_name}s to those who have them once a week."
            )


@digests.command("list")
@output.publication_option
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="So many, the newest first.")
@output.json_option
def list_(publication_slug: str, most: int, as_json: bool) -> None:
    """List the runs with what became of them."""
    with database():
        from distributor.delivery.reports.digests import runs
        from distributor.letters.actions import publication

        rows = [run.to_json() for run in runs(publication(publication_slug), most=most)]
    if as_json:
        output.write_json(rows)
        return
    columns = ("day", "cadence", "zone", "letters", "dispatch", "state", "recipients", "accepted")
    empty = "No digest was made yet: “distributor digests on PUBLICATION” switches them on."
    output.print_rows(rows, columns, empty=empty)


@digests.command()
@output.publication_option
@click.option(
    "--cadence", type=click.Choice([cadence.value for cadence in Cadence]), default="daily", show_default=True
)
@click.option("--days", type=click.IntRange(1, 28), default=7, show_default=True, help="For the letters of so many.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=".", help="A folder.")
@output.json_option
def preview(publication_slug: str, cadence: str, days: int, folder: Path, as_json: bool) -> None:
    """Write the digest that would go out now: digest.html and digest.txt."""
    with database():
        digest = _sample(publication_slug, Cadence(cadence), timedelta(days=days))
    if digest is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("digest.html", digest["html"]), ("digest.txt", digest["text"])):
            (folder / name).write_text(text, encoding="utf-8")
    if as_json:
        output.write_json({"subject": digest["subject"] if digest else None, "folder": str(folder)})
    else:
        sentence = f"“{digest['subject']}” is in {folder}." if digest else f"There is no new letter within {days} days."
        output.console().print(sentence)


def _sample(slug: str, cadence: Cadence, back: timedelta) -> dict[str, Any] | None:
    from dataclasses import asdict, replace

    from django.conf import settings
    from django.utils import timezone

    from distributor.delivery.variants.digest_variant import sample
    from distributor.delivery.variants.previews import sample_recipient
    from distributor.letters.actions import publication
    from distributor.rendering.mail import RecipientPass

    brand, now = publication(slug), timezone.now()
    variant = sample(brand, cadence, since=now - back, now=now)
    if variant is None:
        return None
    reader = replace(sample_recipient(brand.view(site_url=settings.SITE_URL)), since=moment_of(now - back))
    return asdict(RecipientPass(variant).render(reader))


COMMANDS = {"digests": digests}
