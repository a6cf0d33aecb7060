"""What README and the docs say about commands, settings and files is so."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import click
import pytest

from distributor.cli.commands import cli
from distributor.cli.settings import markdown

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("docs", "distributor", "benchmarks")
PAGES = sorted(chain(ROOT.glob("*.md"), *((ROOT / folder).rglob("*.md") for folder in FOLDERS)))
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#([^)\s]+))?\)")
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


def commands(page: Path) -> list[str]:
    return re.findall(r"^\s*\$ (?:.*\| )?distributor (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_settings_are_all_there() -> None:
    page = (ROOT / "docs/operators/settings.md").read_text(encoding="utf-8")
    assert markdown() in page, "run “distributor settings --markdown” and put its table into docs/operators/settings.md"


def test_the_pages_show_commands() -> None:
    assert len(commands(ROOT / "README.md")) >= 8


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_command_and_option_is_there(page: Path) -> None:
    context = click.Context(cli)
    for line in commands(page):
        words = re.sub(r"\"[^\"]*\"|#.*", "x", line).split()
        command = cli.get_command(context, words[0])
        while isinstance(command, click.Group):
            words.pop(0)
            command = command.get_command(context, words[0])
        assert command is not None, line
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_to_a_file_and_its_heading(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / path
        assert target.exists(), path
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{path}#{anchor}"
