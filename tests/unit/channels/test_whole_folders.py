"""A channel is its folder: nothing outside of them and of the list names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from distributor.channels import folders, registry, share_bar
from distributor.delivery.accounts import accounts
from distributor.domain.planning import LINK

ROOT = Path(__file__).resolve().parents[3]
# Words that mean other things too: a mail, a link of any kind, a thread of posts, a provider's webhook.
WORDS = ("mail", "link", "threads", "webhook")
NAMES = [name for name in folders.NAMES if name not in WORDS]
NAME = re.compile(rf"(?<![\w./-])(?:{'|'.join(NAMES)})(?![\w:/-]|\\?\.\w)")
OUTSIDE = [
    path
    for top in ("distributor", "config", "tasks")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "practice" not in path.parts and path.parent.parent != ROOT / "distributor/channels"
]
PAGES = [
    path
    for top in (
        "templates/desk",
        "templates/email",
        "templates/reader",
        "distributor/reader/static",
        "distributor/desk",
    )
    for path in sorted((ROOT / top).rglob("*"))
    if path.suffix in (".html", ".txt", ".js", ".css")
]
LIST = ROOT / "distributor/channels/folders.py"
# “Facebook Messenger” is a name of its own, of a network that is no channel.
OTHER_NAMES = {"facebook messenger"}


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts in a module that are no docstrings, each with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    # What the API's description gives as an example decides nothing.
    examples = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "examples"]
    spoken |= {id(node) for example in examples for node in ast.walk(example)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.lineno, node.value


def test_no_module_outside_of_the_folders_names_a_channel() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in OUTSIDE
        for line, text in texts_of(path)
        if path != LIST and text not in OTHER_NAMES and NAME.search(text.lower())
    ]
    assert named == []


def test_no_page_or_mail_names_a_channel() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in PAGES
        for line in path.read_text(encoding="utf-8").splitlines()
        if NAME.search(line.lower())
    ]
    assert named == []


def test_the_list_is_of_the_folders() -> None:
    there = {path.parent.name for path in (ROOT / "distributor/channels").glob("*/share_record.py")}
    assert there == set(folders.NAMES)
    assert tuple(registry.CHANNELS) == tuple(share_bar.SHARE_RECORDS) == folders.NAMES


@pytest.mark.parametrize("name", folders.NAMES)
def test_a_channel_is_called_as_its_folder(name: str) -> None:
    assert registry.get(name).name == name


def test_the_two_roles_that_the_rules_know_are_filled() -> None:
    """The rules speak of mail, which lists get, and of the link, for whose page the others wait."""
    assert registry.ADDRESSED_CHANNEL == accounts.MAIL
    assert registry.get(accounts.MAIL).capabilities.addressed
    assert not registry.get(LINK).fields
