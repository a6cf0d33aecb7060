"""`distributor mail`: transactional mail to one person."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.delivery.models import TransactionalMail


@click.group()
def mail() -> None:
    """Send one mail to one person: a receipt, a confirmation. It waits for no mailing, and has no link to leave."""


@mail.command()
@click.argument("email")
@click.option("--name", default="", metavar="TEXT", help="The recipient's.")
@click.option("--template", default="", metavar="NAME", help="The publication's template transactional/NAME.")
@click.option("--subject", default="", metavar="TEXT", help="The subject, where there is no template.")
@click.option("--markdown", default="", metavar="TEXT", help="What it says, or @FILE, or @- to read it.")
@click.option("--values", default="{}", metavar="JSON", help="What the template sees as “values”, or @FILE, or @-.")
@click.option("--id", "own_id", default="", metavar="TEXT", help="Your own name for it: the same again is one mail.")
@output.publication_option
@output.json_option
def send(
    email: str,
    name: str,
    template: str,
    subject: str,
    markdown: str,
    values: str,
    own_id: str,
    publication_slug: str,
    as_json: bool,
) -> None:
    """Send a mail. What is temporary is tried again for a day; a suppressed address gets nothing."""
    text, given_values = _content(markdown), _values(_content(values))
    with database():
        from distributor.delivery.mail import transactional
        from distributor.letters.actions import publication
        from distributor.rendering.transactional import TemplateSources

        sources = TemplateSources(subject, markdown=text) if subject or text else None
        order = transactional.MailOrder(
            email=email, name=name, template=template, sources=sources, values=given_values, own_id=own_id
        )
        _answer(transactional.send_mail_to(publication(publication_slug), order, actor=actor()), as_json=as_json)


@mail.command()
@click.argument("key", metavar="ID", type=click.UUID)
@output.json_option
def show(key: UUID, as_json: bool) -> None:
    """Say what became of a mail."""
    with database():
        from distributor.delivery.mail import transactional

        _answer(transactional.mail(None, key), as_json=as_json)


def _answer(row: TransactionalMail, *, as_json: bool) -> None:
    from distributor.delivery.mail.transactional import to_json

    values = {
        name: value if value is None or isinstance(value, int) else str(value) for name, value in to_json(row).items()
    }
    if as_json:
        output.write_json(values)
        return
    return_words = f" It came back: {row.returned} {row.returned_reason}".rstrip() if row.returned else ""
    output.console().print(f"{row.key}: {row.state}. {row.reason}{return_words}".rstrip(), soft_wrap=True)


def _content(text: str) -> str:
    if not text.startswith("@"):
        return text
    try:
        return sys.stdin.read() if text == "@-" else Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"“{text[1:]}” can't be read: {error}.") from error


def _values(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise BadInput('--values takes a JSON object, such as \'{"name": "Ana"}\'.')
    return values


COMMANDS = {"mail": mail}
