"""No file was committed in the middle of a merge: in a page of the docs nothing else would notice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (
    "benchmarks",
    "config",
    "deploy",
    "distributor",
    "docs",
    "requirements",
    "scripts",
    "tasks",
    "templates",
    "tests",
)
MARK = re.compile(r"^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|) ", re.MULTILINE)


@pytest.mark.parametrize("folder", [*FOLDERS, "."])
def test_no_file_has_marks_of_a_conflict(folder: str) -> None:
    paths = (ROOT / folder).glob("*" if folder == "." else "**/*")
    texts = [
        path for path in paths if path.is_file() and path.suffix in {".md", ".py", ".html", ".toml", ".txt", ".po", ""}
    ]
    assert texts
    assert [str(path) for path in texts if MARK.search(path.read_text(encoding="utf-8", errors="replace"))] == []
