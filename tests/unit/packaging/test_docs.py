"""What README and the docs say about commands, settings and files is so."""

from __future__ import annotations

import re
import shlex
from itertools import chain
from pathlib import Path

import click
import pytest
from django.utils.text import slugify

from distributor.cli.commands import cli
from distributor.cli.settings import markdown
from distributor.delivery.variants import channel_settings
from distributor.letters.publication_settings import SETTINGS, check_all

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("docs", "distributor", "benchmarks")
PAGES = sorted(chain(ROOT.glob("*.md"), *((ROOT / folder).rglob("*.md") for folder in FOLDERS)))
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#([^)\s]+))?\)")
PUBLICATIONS = ("The Lantern Post", "Harbor Letters")  # of the practice world, and of the pages on going live
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
    for line in commands(page):
        parsed(line)


@pytest.mark.parametrize(
    ("page", "line"),
    [(page, line) for page in PAGES for line in commands(page) if line.startswith("publications ") and "=" in line],
    ids=lambda value: str(value.relative_to(ROOT)) if isinstance(value, Path) else value.partition("=")[0],
)
def test_every_setting_is_there_and_takes_its_value(page: Path, line: str) -> None:
    context = parsed(line)
    pairs = dict(pair.split("=", 1) for pair in context.params.get("given") or context.params.get("chosen", ()))
    assert pairs, page
    if context.info_name == "edit":
        pictures = {name for name in pairs if SETTINGS[name].input == "picture"}
        check_all({name: text for name, text in pairs.items() if name not in pictures})
    else:
        channel_settings.check_all(context.params["channel"], pairs)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_publication_is_one_that_is_made_somewhere(page: Path) -> None:
    contexts = [parsed(line) for line in commands(page)]
    slugs = {
        context.params.get("publication_slug") or context.params.get("slug")
        for context in contexts
        if context.command_path.startswith(("distributor publications ", "distributor digests "))
        and context.info_name != "add"
    }
    assert slugs - {None, ""} <= {slugify(name) for name in PUBLICATIONS}


def parsed(line: str) -> click.Context:
    """Return how the command line understands a line of a page. Fails where it does not."""
    words = shlex.split(re.split(r"\s#|\s[|<>]\s", line)[0])
    command: click.Command | None = cli
    context, name = None, "distributor"
    while isinstance(command, click.Group):
        context = click.Context(command, context, info_name=name)
        name = words.pop(0)
        command = command.get_command(context, name)
    assert command is not None, line
    try:
        return command.make_context(name, words, context)
    except click.ClickException as error:
        pytest.fail(f"distributor {line}: {error.format_message()}")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_to_a_file_and_its_heading(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / path
        assert target.exists(), path
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{path}#{anchor}"
