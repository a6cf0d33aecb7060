"""`distributor manage …`: Django's own commands, with the embedded services running."""

from __future__ import annotations

import click

from distributor.domain.errors import ServiceAway


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Pass on to Django: “manage migrate”, “manage shell”, “manage help” …"""
    from distributor import embedded
    from distributor.cli import backing_services

    with embedded.run():
        backing_services.set_up_django()
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        try:
            execute_from_command_line(["distributor manage", *arguments])
        except OperationalError as error:
            raise ServiceAway(backing_services.database_away()) from error


COMMANDS = {"manage": manage}
