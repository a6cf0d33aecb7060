"""`distributor users`: who may use the desk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput, ConfirmationNeeded

if TYPE_CHECKING:
    from distributor.domain.dispatch_actions import Role
    from distributor.letters.models import Publication

ROLES = ("writer", "editor", "manager", "admin")
ROLE_HELP = "What they may do: write; also approve; also accounts and settings; also other people."
_LINE = 4096  # bytes
_generate_option = click.option(
    "--generate", is_flag=True, help="Make a password and print it once, instead of asking for one."
)


@click.group()
def users() -> None:
    """Make, list and remove the desk's editors."""


@users.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="The same as “--role admin”.")
@click.option("--role", type=click.Choice(ROLES), default="editor", help=f"{ROLE_HELP} The first one is an admin.")
@click.option("--publication", "publication_slug", metavar="SLUG", default="", help="Only in this publication.")
@_generate_option
@output.json_option
def add(name: str, admin: bool, role: Role, publication_slug: str, generate: bool, as_json: bool) -> None:
    """Make an editor for the desk.

    The password is asked for; without a terminal it is the first line of standard input. Where that is empty, one is
    made and printed once.
    """
    typed_password = _typed_password(generate=generate)
    with database():
        from distributor.people import editors

        publication = _publication(publication_slug)
        password = editors.add(name, typed_password, role="admin" if admin else role, publication=publication)
        _record("create", name, publication=publication, after={"role": "admin" if admin else role})
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
        _record("password", name)
    _tell_password(name, "has a new password", "" if typed_password else new_password, as_json=as_json)


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice((*ROLES, "none")))
@click.option("--publication", "publication_slug", metavar="SLUG", default="", help="Only in this publication.")
@output.json_option
def role(name: str, role: Role | Literal["none"], publication_slug: str, as_json: bool) -> None:
    """Give somebody a role in all publications or in one, or take it with “none”.

    A writer writes and asks for approval; an editor also approves, releases, and looks after lists; a manager also
    looks after accounts and settings; an admin also decides on other people.
    """
    with database():
        from distributor.people import editors

        publication = _publication(publication_slug)
        editors.set_role(name, None if role == "none" else role, publication=publication)
        _record("role", name, publication=publication, after={"role": role})
    place = f" of {publication.name}" if publication else ""
    words = "has no role" if role == "none" else f"is {'an' if role[0] in 'ae' else 'a'} {role}"
    _tell(name, f"{name} {words}{place} now.", as_json=as_json)


@users.command()
@click.argument("name")
@output.json_option
def deactivate(name: str, as_json: bool) -> None:
    """Keep an editor out until “activate”. Where they are logged in, that ends."""
    with database():
        from distributor.people import editors

        editors.deactivate(name)
        _record("deactivate", name)
    _tell(name, f"{name} can't use the desk any more, until “distributor users activate {name}”.", as_json=as_json)


@users.command()
@click.argument("name")
@output.json_option
def activate(name: str, as_json: bool) -> None:
    """Let an editor in again who was deactivated."""
    with database():
        from distributor.people import editors

        editors.activate(name)
        _record("activate", name)
    _tell(name, f"{name} can use the desk again.", as_json=as_json)


@users.command("no-second-factor")
@click.argument("name")
@output.json_option
def no_second_factor(name: str, as_json: bool) -> None:
    """Take all second factors off an editor who has lost them: they log in with their password alone again."""
    with database():
        from distributor.cli.actors import actor
        from distributor.people import two_factor

        two_factor.take_off(name, actor=actor())
    _tell(name, f"{name} has no second factor any more, and is told so by mail.", as_json=as_json)


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
        _record("remove", name)
    _tell(name, f"{name} is removed.", as_json=as_json)


@users.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the editors, with their roles and when they last logged in."""
    with database():
        from distributor.people import editors

        rows: list[dict[str, Any]] = [
            {
                "name": editor.name,
                "role": editor.role,
                "roles in": {publication.slug: role for publication, role in editor.roles_in},
                "state": editor.state,
                "last login": editor.last_login.isoformat(timespec="seconds") if editor.last_login else None,
            }
            for editor in editors.editors()
        ]
    if as_json:
        output.write_json([{key.replace(" ", "_"): value for key, value in row.items()} for row in rows])
    else:
        for row in rows:
            places = [f"{role} of {slug}" for slug, role in row.pop("roles in").items()]
            row["role"] = ", ".join([*([row["role"]] if row["role"] else []), *places]) or "none"
        output.print_rows(
            rows,
            ("name", "role", "state", "last login"),
            empty="There is no editor yet: “distributor users add NAME” makes one.",
        )


def _record(action: str, name: str, **values: Any) -> None:
    """Write down who did it. To be called with the database at hand."""
    from distributor.people import audit

    audit.record(f"editors.{action}", actor=actor(), door="command", subject=f"editor {name}", **values)


def _publication(slug: str) -> Publication | None:
    """Return the publication of that name, None for all of them. Raises BadInput."""
    if not slug:
        return None
    from distributor.letters.actions import publication

    return publication(slug)


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
