"""scripts/unused finds what only tests call, and not what templates, SQL, the ORM or frameworks name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts/unused"

LETTERS = """
import json

class Letter:
    class Meta:
        indexes = ()

    next_at = 1
    shown = 2
    leftover = 3
    state = "waiting"

def find(letters):
    return letters.filter(next_at__lte=json.dumps("UPDATE letters SET state = 1"))

def forgotten():
    return find(Letter)
"""


def unused(folder: Path, **modules: str) -> list[str]:
    """Return what is named, as `module name`, in a product of these modules that is begun by `start`."""
    for name in ("distributor", "tasks", "config", "templates"):
        (folder / name).mkdir()
    (folder / "templates/letter.html").write_text("send {{ letter.shown }}")
    (folder / "distributor/__main__.py").write_text("from distributor import start\nstart.main()\n")
    for name, text in modules.items():
        (folder / f"distributor/{name}.py").write_text(text)
    result = subprocess.run([sys.executable, SCRIPT], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == bool(result.stdout), result.stderr
    return [f"{Path(line.partition(':')[0]).stem} {line.split()[-1]}" for line in result.stdout.splitlines()]


def test_what_only_tests_call_is_named(tmp_path: Path) -> None:
    start = "from distributor.letters import Letter, find\ndef main():\n    return find(Letter())\n"
    assert unused(tmp_path, start=start, letters=LETTERS) == ["letters leftover", "letters forgotten"]


def test_benchmarks_are_no_callers(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/speed.py").write_text("from distributor import mail\nmail.send()\n")
    start = "from distributor import mail\ndef main():\n    return mail\n"
    assert unused(tmp_path, start=start, mail=SENDERS["mail"]) == ["mail send"]


def test_nothing_is_said_where_all_is_used(tmp_path: Path) -> None:
    assert unused(tmp_path, start="def main():\n    return 1\n") == []


SENDERS = {
    "mail": "def send():\n    return 1\n",
    "posts": "def send():\n    return 2\n",
}


@pytest.mark.parametrize(
    "start",
    [
        "from distributor import mail\ndef main():\n    mail.send()\n",
        "from distributor import mail as letters\ndef main():\n    return letters.send\n",
        "import distributor.mail\ndef main():\n    distributor.mail.send()\n",
        "def main():\n    from distributor.mail import send as hand_over\n    hand_over()\n",
        "SENDER = 'distributor.mail.send'\ndef main():\n    return SENDER\n",
        "SENDER = 'distributor.mail:send'\ndef main():\n    return SENDER\n",
    ],
)
@pytest.mark.parametrize("other", ["", "from distributor import posts\nprint(posts)\n"])
def test_a_name_that_another_module_has_too_hides_nothing(tmp_path: Path, start: str, other: str) -> None:
    expected = ["posts send"] if other else ["posts distributor.posts"]
    assert unused(tmp_path, start=other + start, **SENDERS) == expected


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("def send():\n    return send()\n", ["send"]),  # by itself only
        ("def send():\n    return more()\ndef more():\n    return 1\n", ["send", "more"]),  # and what only that calls
        ("__all__ = ['send']\ndef send():\n    return 1\n", ["send"]),
        ("def send():\n    return 1\ndef used(send):\n    return send\nused(2)\n", ["send"]),  # a parameter
        ("def send():\n    return 1\nprint([send for send in 'ab'])\n", ["send"]),
        ("def send():\n    return 1\ndef used(to=send):\n    return to\nused()\n", []),
        ("def send():\n    return 1\nHANDLERS = {'send': send}\nprint(HANDLERS)\n", []),
        ("try:\n    from json import dumps as send\nexcept ImportError:\n    send = None\nprint(send)\n", []),
        ("from celery import shared_task\n@shared_task(name='x')\ndef send():\n    return 1\n", []),
    ],
)
def test_a_module_uses_what_it_refers_to(tmp_path: Path, module: str, names: list[str]) -> None:
    start = "from distributor import mail, posts\ndef main():\n    posts.send()\n    return mail\n"
    expected = sorted(f"mail {name}" for name in names)
    assert sorted(unused(tmp_path, start=start, posts=SENDERS["posts"], mail=module)) == expected


BOXES = """
class Box:
    def send(self):
        return self.fill()

    def fill(self):
        return 1

    def unused(self):
        return 2


class Sized(Box):
    def fill(self):
        return 3


class Other:
    def fill(self):
        return 4

    def shown(self):
        return 5
"""


def test_a_method_is_used_by_self_in_its_family_and_by_any_object_elsewhere(tmp_path: Path) -> None:
    posts = "def unused():\n    return 1\n"
    start = (
        "from distributor import boxes, posts\n"
        "def main(boxes_by_name):\n"
        "    posts.unused()\n"
        "    boxes_by_name['x'].send()\n"
        "    return boxes.Box, boxes.Sized, boxes.Other\n"
    )
    assert unused(tmp_path, start=start, boxes=BOXES, posts=posts) == ["boxes unused", "boxes fill"]


def test_what_is_loaded_late_is_used_by_what_type_checkers_see(tmp_path: Path) -> None:
    start = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from distributor import mail
else:
    mail = __import__("distributor.mail")
def main():
    mail.send()
"""
    modules = {"start": start, "mail": "def send():\n    return 1\ndef receive():\n    return 2\n"}
    assert unused(tmp_path, **modules) == ["mail receive"]
