"""scripts/names counts participles and pronouns among names, and nothing that says something."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts/names"

SOURCE = """
import known
import json as made
from enum import Enum

LIMIT, FOUND = 1, 2

class Sending:
    kept: list[str]
    closed: bool
    sending_hours: int

    def __eq__(self, other):
        self.rest = other

class PermissionDenied(ValueError):
    pass

class State(Enum):
    SENT = "sent"

def looking(one, letter, *others, changed: bool = False):
    with open(letter) as what:
        said, text = what, letter
    for said in others:
        known = letter == one
        bytes_sent = sent_at = 1
    return [mine for mine in others]

def stop_all(setting, left, right):
    kept_in = 1
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "product"
    (folder / "parts").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "waiting.py").write_text("def wait(): ...\n")
    (folder / "parts/letters.py").write_text(SOURCE)
    return folder


def test_what_says_nothing_is_listed_by_its_place(folder: Path) -> None:
    lines = run("--list", folder).stdout.splitlines()
    names = [line.split()[1] for line in lines if "letters.py" in line]
    assert sorted(names) == sorted(
        ["made", "FOUND", "Sending", "kept", "rest", "looking", "one", "others", "what", "said", "mine", "kept_in"]
    )
    assert f"{folder / 'waiting.py'}:1 waiting" in lines
    assert f"{folder / 'parts/letters.py'}:11 kept" not in lines
    assert f"{folder / 'parts/letters.py'}:9 kept" in lines


def test_the_share_of_each_package_and_of_all_is_shown(folder: Path) -> None:
    rows = {line.split()[0]: line.split()[1:] for line in run(folder).stdout.splitlines()[1:]}
    assert list(rows) == [str(folder), str(folder / "parts"), "total"]
    assert rows[str(folder)][:3] == ["3", "1", "33.33%"]
    assert rows["total"][3] == "3"


def test_above_the_limit_it_fails(folder: Path) -> None:
    above = run("--limit", "1.0", folder)
    assert above.returncode == 1
    assert "the limit is 1 %" in above.stderr
    assert run("--limit", "99", folder).returncode == 0
