"""The list of commands: each names the module that holds it."""

from __future__ import annotations

import click
import pytest

from distributor.cli.commands import cli


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_each_command_loads_from_its_module(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str()
