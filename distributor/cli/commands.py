"""The list of commands."""

from __future__ import annotations

import click

from distributor import __version__
from distributor.cli import (
    accounts,
    acting,
    demo,
    doctor,
    fit,
    inspect,
    manage,
    preview,
    publications,
    queue,
    settings,
    status,
    subscribers,
    up,
    users,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="distributor")
def cli() -> None:
    """One letter goes out on every button of its share bar."""


for _command in (
    *inspect.COMMANDS,
    *preview.COMMANDS,
    *fit.COMMANDS,
    *queue.COMMANDS,
    *status.COMMANDS,
    *acting.COMMANDS,
    *subscribers.COMMANDS,
    *publications.COMMANDS,
    *accounts.COMMANDS,
    *users.COMMANDS,
    *up.COMMANDS,
    *demo.COMMANDS,
    *doctor.COMMANDS,
    *settings.COMMANDS,
    *manage.COMMANDS,
):
    cli.add_command(_command)
