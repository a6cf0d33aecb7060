"""`distributor templates`: what a publication's letters are made with, and templates of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.letters.models import TemplateVersion

ORIGIN = "the command line"
_name = click.argument("name", metavar="NAME")
_slug = click.option("--publication", "slug", default="", help="Needed where there are several publications.")


@click.group()
def templates() -> None:
    """Read, store and take back the templates of mails and posts."""


@templates.command("list")
@_slug
@output.json_option
def list_templates(slug: str, as_json: bool) -> None:
    """List all templates, and whose each is."""
    with database():
        from distributor.letters import stored_templates
        from distributor.letters.actions import publication
        from distributor.rendering.template_files import template_files

        brand = publication(slug)
        versions = stored_templates.latest_by_name(brand)
        rows: list[dict[str, object]] = [
            {
                "name": file.name,
                "whose": "stored" if file.is_stored else "file" if file.is_own else "ours",
                "version": versions[file.name].number if file.name in versions else 0,
            }
            for file in template_files(stored_templates.template_set(brand))
        ]
    if as_json:
        output.write_json({"publication": brand.slug, "templates": rows})
        return
    output.print_rows(rows, ("name", "whose", "version"), empty="There are no templates.")


@templates.command()
@_name
@_slug
@click.option("--version", "number", type=click.IntRange(min=1), help="What it said in this version.")
@output.json_option
def show(name: str, slug: str, number: int | None, as_json: bool) -> None:
    """Write what a template says, to edit it: distributor templates show NAME > FILE."""
    with database():
        from distributor.letters import stored_templates
        from distributor.letters.actions import publication
        from distributor.rendering.template_files import template_file

        brand = publication(slug)
        file = template_file(stored_templates.template_set(brand), name)
        if file is None:
            raise BadInput(f"There is no template “{name[:80]}”: the list names them.")
        source = file.source
        if number is not None:
            version = brand.template_versions.filter(name=name, number=number).first()
            if version is None:
                raise BadInput(f"This template has no version {number}.")
            source = (file.below or "") if version.source is None else version.source
    if as_json:
        output.write_json({"name": name, "source": source})
        return
    click.echo(source, nl=not source.endswith("\n"))


@templates.command()
@_name
@click.argument("file")
@_slug
@output.json_option
def save(name: str, file: str, slug: str, as_json: bool) -> None:
    """Store FILE (- for standard input) as the template NAME; what is broken is refused with its line."""
    source = _text(file)
    with database():
        from distributor.delivery.variants import template_edits
        from distributor.letters.actions import publication

        _say(template_edits.save(publication(slug), name, source, actor=actor(), origin=ORIGIN), as_json=as_json)


@templates.command()
@_name
@_slug
@output.json_option
def ours(name: str, slug: str, as_json: bool) -> None:
    """Go back to the template that comes with Distributor, or to the installation's file."""
    with database():
        from distributor.delivery.variants import template_edits
        from distributor.letters.actions import publication

        _say(template_edits.reset(publication(slug), name, actor=actor(), origin=ORIGIN), as_json=as_json)


@templates.command()
@_name
@click.argument("number", type=click.IntRange(min=1))
@_slug
@output.json_option
def restore(name: str, number: int, slug: str, as_json: bool) -> None:
    """Let the template NAME say again what it said in version NUMBER."""
    with database():
        from distributor.delivery.variants import template_edits
        from distributor.letters.actions import publication

        origin = f"its version {number}, {ORIGIN}"
        _say(template_edits.restore(publication(slug), name, number, actor=actor(), origin=origin), as_json=as_json)


@templates.command()
@_name
@_slug
@output.json_option
def versions(name: str, slug: str, as_json: bool) -> None:
    """List the versions of a template, the latest first."""
    with database():
        from distributor.letters.actions import publication

        rows = list(publication(slug).template_versions.filter(name=name).defer("source").order_by("-number"))
    if as_json:
        entries = [
            {"number": row.number, "at": row.created_at.isoformat(), "actor": row.actor, "origin": row.origin}
            for row in rows
        ]
        output.write_json({"versions": entries})
        return
    table = [
        {
            "version": row.number,
            "at": f"{row.created_at:%Y-%m-%d %H:%M %Z}",
            "by": row.actor,
            "from": row.origin,
        }
        for row in rows
    ]
    output.print_rows(table, ("version", "at", "by", "from"), empty="It was never stored.")


def _text(path: str) -> str:
    """Return what a file says, “-” being standard input. Raises BadInput."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).expanduser().read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise BadInput(f"“{path}” can’t be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise BadInput("The file is not UTF-8: save it as UTF-8.") from None


def _say(version: TemplateVersion | None, *, as_json: bool) -> None:
    if as_json:
        output.write_json({"version": version.number if version else None})
    elif version is None:
        click.echo("Nothing has changed.")
    else:
        click.echo(f"Saved as version {version.number}. What is approved goes out as it was approved.")


COMMANDS = {"templates": templates}
