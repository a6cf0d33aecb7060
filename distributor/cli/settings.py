"""`distributor settings`: the environment variables, from the one place where they are listed."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from distributor.cli import output


def markdown() -> str:
    """Return the table of all variables as docs/operators/settings.md shows it."""
    from config.environment import VARIABLES

    lines = ["| Variable | What it is | Default |", "|---|---|---|"]
    for variable in VARIABLES:
        name = f"`{variable.name}`" + (f", `{variable.name}_FILE`" if variable.secret else "")
        lines.append(f"| {name} | {variable.meaning} | {variable.default or 'none'} |")
    return "\n".join(lines)


@click.command()
@click.option("--markdown", "as_markdown", is_flag=True, help="As the table in docs/operators/settings.md.")
@output.json_option
def settings(as_markdown: bool, as_json: bool) -> None:
    """List the environment variables, and which of them are set. No value is shown."""
    from config.environment import VARIABLES

    rows = [{**asdict(variable), "set": _is_set(variable.name, secret=variable.secret)} for variable in VARIABLES]
    if as_json:
        output.write_json(rows)
        return
    if as_markdown:
        click.echo(markdown())
        return
    from rich.table import Table

    table = Table("variable", "what it is", "default", "set", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(row["name"], row["meaning"], row["default"], "yes" if row["set"] else "")
    output.console().print(table)


def _is_set(name: str, *, secret: bool) -> bool:
    return bool(os.environ.get(name) or (secret and os.environ.get(f"{name}_FILE")))


COMMANDS = {"settings": settings}
