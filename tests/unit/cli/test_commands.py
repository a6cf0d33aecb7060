"""The list of commands: each names the module that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from distributor.cli.commands import cli


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_each_command_loads_from_its_module(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str()


def all_commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command below a group with its path, groups too."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from all_commands(command, f"{path}{name} ")


@pytest.mark.parametrize(("path", "command"), [pytest.param(*pair, id=pair[0]) for pair in all_commands(cli)])
def test_the_first_sentence_of_each_command_is_whole_in_the_list(path: str, command: click.Command) -> None:
    """A list of commands shows each one's first sentence, and takes the first full stop for its end."""
    summary = command.get_short_help_str(limit=1000)
    assert not re.search(r"\b(Art|No|St|e\.g|i\.e|etc|vs)\.?$", summary), f"{path}: {summary}"
    assert summary.count("(") == summary.count(")"), f"{path}: {summary}"
