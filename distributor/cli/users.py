"""`distributor users`: who may use the desk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput, ConfirmationNeeded

if TYPE_CHECKING:
    from distributor.domain.dispatch_actions import Role

ROLES = ("editor", "admin")
_LINE = 4096  # bytes
_generate_option = click.option(
    "--generate", is_flag=True, help="Make a password and print it once, instead of asking for one."
)


@click.group()
def users() -> None:
    """Make, list and remove the desk's editors."""


@users.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="Also let them decide on other people. The very first one is an admin.")
@_generate_option
@output.json_option
def add(name: str, admin: bool, generate: bool, as_json: bool) -> None:
    """Make an editor for the desk.

    The password is asked for; without a terminal it is the first line of standard input. Where that is empty, one is
    made and printed once.
    """
    typed_password = _typed_password(generate=generate)
    with database():
        from distributor.people import editors

        password = editors.add(name, typed_password, role="admin" if admin else "editor")
    _tell_password(name, "can use the desk", "" if typed_password else password, as_json=as_json)


@users.command()
@click.argument("name")
@_generate_option
@output.json_option
def password(name: str, generate: bool, as_json: bool) -> None:
    """Give an editor another password, asked for, read or made as by “add”. Where they are logged in, that ends."""
    typed_password = _typed_password(generate=generate)
    with database():
        from distributor.people import editors

        new_password = editors.set_password(name, typed_password)
    _tell_password(name, "has a new password", "" if typed_password else new_password, as_json=as_json)


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@output.json_option
def role(name: str, role: Role, as_json: bool) -> None:
    """Make an editor an admin, who decides on other people, or an admin an editor."""
    with database():
        from distributor.people import editors

        editors.set_role(name, role)
    _tell(name, f"{name} is an {role} now.", as_json=as_json)


@users.command()
@click.argument("name")
@output.json_option
def deactivate(name: str, as_json: bool) -> None:
    """Keep an editor out until “activate”. Where they are logged in, that ends."""
    with database():
        from distributor.people import editors

        editors.deactivate(name)
    _tell(name, f"{name} can't use the desk any more, until “distributor users activate {name}”.", as_json=as_json)


@users.command()
@click.argument("name")
@output.json_option
def activate(name: str, as_json: bool) -> None:
    """Let an editor in again who was deactivated."""
    with database():
        from distributor.people import editors

        editors.activate(name)
    _tell(name, f"{name} can use the desk again.", as_json=as_json)


@users.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Agree to it: a removed editor does not come back.")
@output.json_option
def remove(name: str, yes: bool, as_json: bool) -> None:
    """Remove an editor for good. What they did stays recorded, and nobody else gets the name."""
    if not yes:
        raise ConfirmationNeeded(f"{name} does not come back under this name. If that is meant, add --yes.")
    with database():
        from distributor.people import editors

        editors.remove(name)
    _tell(name, f"{name} is removed.", as_json=as_json)


@users.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the editors, with their roles and when they last logged in."""
    with database():
        from distributor.people import editors

        rows = [
            {
                "name": editor.name,
                "role": editor.role,
                "state": editor.state,
                "last login": editor.last_login.isoformat(timespec="seconds") if editor.last_login else None,
            }
            for editor in editors.editors()
        ]
    if as_json:
        output.write_json([{key.replace(" ", "_"): value for key, value in row.items()} for row in rows])
    else:
        output.print_rows(
            rows,
            ("name", "role", "state", "last login"),
            empty="There is no editor yet: “distributor users add NAME” makes one.",
        )


def _typed_password(*, generate: bool) -> str:
    """Return what somebody types, or the first line of a standard input that is no terminal; "" to have one made."""
    if generate:
        return ""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.buffer.readline(_LINE + 1)
    if len(line) > _LINE:
        raise BadInput(f"The password on standard input is too long: give at most {_LINE} bytes.")
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadInput("The password on standard input is not UTF-8: convert it first.") from None


def _tell(name: str, sentence: str, *, as_json: bool) -> None:
    """Tell what became of an editor."""
    if as_json:
        output.write_json({"name": name, "result": sentence})
    else:
        output.console().print(sentence)


def _tell_password(name: str, sentence: str, password: str, *, as_json: bool) -> None:
    """Tell that it is done, and the password where it was made."""
    if as_json:
        output.write_json({"name": name, "password": password or None})
    else:
        note = f" The password is {password} and is not shown again." if password else ""
        output.console().print(f"{name} {sentence}.{note}")


COMMANDS = {"users": users}
