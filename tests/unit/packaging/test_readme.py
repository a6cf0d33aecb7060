"""What README says about commands and settings is so."""

from __future__ import annotations

import re
from pathlib import Path

import click

from distributor.cli.commands import cli
from distributor.cli.settings import markdown

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")


def test_the_settings_are_all_there() -> None:
    assert markdown() in README, "run “distributor settings --markdown” and put its table into README"


def test_every_command_and_option_is_there() -> None:
    context = click.Context(cli)
    lines = re.findall(r"^\s*\$ (?:.*\| )?distributor (.+)$", README, re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        words = re.sub(r"\"[^\"]*\"|#.*", "x", line).split()
        command = cli.get_command(context, words[0])
        while isinstance(command, click.Group):
            words.pop(0)
            command = command.get_command(context, words[0])
        assert command is not None, line
        known = {option for one in command.params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
