"""`distributor subscribers person` and `erase`: what is stored about one person, and its end."""

from __future__ import annotations

import sys

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput


@click.command()
@click.argument("email")
@output.json_option
def person(email: str, as_json: bool) -> None:
    """Show everything that is stored about one person.

    It is what the law lets them ask for (GDPR Art. 15).
    """
    with database():
        from distributor.audience.privacy import stored_data

        data = stored_data(email)
    if as_json:
        output.write_json(data)
        return
    import json

    output.console().print(json.dumps(data, ensure_ascii=False, indent=2))


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Don't ask.")
@output.json_option
def erase(email: str, yes: bool, as_json: bool) -> None:
    """Erase one person: address, name, attributes, subscriptions, engagement.

    It is what the law lets them ask for (GDPR Art. 17). How many got which mail stays, without them. A keyed hash of
    the address stays too, so that no import brings them back; if they sign up again themselves, they are welcome.
    """
    if not yes:
        if not sys.stdin.isatty():
            raise BadInput("Erasing can't be undone: confirm it with --yes.")
        click.confirm(f"Erase {email} for good?", abort=True, err=True)
    with database():
        from distributor.audience.privacy import erase as erase_person

        erasure = erase_person(email)
    if as_json:
        output.write_json({"erased": erasure.subscriber, "subscriptions": erasure.subscriptions})
    elif erasure.subscriber:
        output.console().print(
            f"{email} is erased and was on {erasure.subscriptions} list(s). No import brings them back."
        )
    else:
        output.console().print(f"Nobody has the address {email}. No import will bring them in.")
