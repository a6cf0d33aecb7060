"""`distributor users`: who may use the desk."""

from __future__ import annotations

import secrets
import sys

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

PASSWORD_BYTES = 12  # 96 bits, written in 16 characters


@click.group()
def users() -> None:
    """Make and list the desk's editors."""


@users.command()
@click.argument("name")
@click.option("--generate", is_flag=True, help="Make a password and print it once, instead of asking for one.")
@output.json_option
def add(name: str, generate: bool, as_json: bool) -> None:
    """Make an editor for the desk. The password is asked for; without a terminal one is made and printed once."""
    typed_password = "" if generate or not sys.stdin.isatty() else _prompt_password()
    with database():
        password = add_editor(name, typed_password)
    if as_json:
        output.write_json({"name": name, "password": None if typed_password else password})
    else:
        password_note = "" if typed_password else f" The password is {password} and is not shown again."
        output.console().print(f"{name} can use the desk.{password_note}")


def _prompt_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def add_editor(name: str, password: str = "") -> str:
    """Make a desk editor and return the password, a new one where none is given.

    Raises BadInput for a name that is taken or not allowed, and for a password that is too weak.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    users = get_user_model()
    if users.objects.filter(username=name).exists():
        raise BadInput(f"There is an editor “{name}” already: choose another name.")
    user = users(username=name, is_staff=True)
    password = password or secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    user.save()
    return password


@users.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the editors."""
    with database():
        from django.contrib.auth import get_user_model

        names = list(get_user_model().objects.order_by("username").values_list("username", flat=True))
    if as_json:
        output.write_json(names)
    elif names:
        for name in names:
            output.console().print(name)
    else:
        output.console().print("There is no editor yet: “distributor users add NAME” makes one.")


COMMANDS = {"users": users}
