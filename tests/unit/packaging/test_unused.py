"""scripts/unused finds what only tests call, and not what templates, SQL, the ORM or frameworks name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "scripts/unused"

SOURCE = """
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


def run(folder: Path, **sources: str) -> subprocess.CompletedProcess[str]:
    for name in ("distributor", "tasks", "config", "templates", "tests"):
        (folder / name).mkdir()
    (folder / "distributor/letters.py").write_text(sources["distributor"])
    (folder / "tests/test_letters.py").write_text("from distributor.letters import forgotten\nforgotten()\n")
    (folder / "templates/letter.html").write_text("{{ letter.shown }}")
    return subprocess.run([sys.executable, SCRIPT], cwd=folder, capture_output=True, text=True, check=False)


def test_what_only_tests_call_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, distributor=SOURCE)
    assert result.returncode == 1, result.stderr
    assert [line.split()[-1] for line in result.stdout.splitlines()] == ["leftover", "forgotten"]


def test_nothing_is_said_where_all_is_used(tmp_path: Path) -> None:
    result = run(tmp_path, distributor="def main():\n    return 1\n\nmain()\n")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
