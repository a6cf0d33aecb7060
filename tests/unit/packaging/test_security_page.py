"""What the page on security promises is tested: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.packaging.test_architecture import ROOT, names

PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.partition("## Attacks")[2].splitlines() if line.startswith("| ")][1:]
TESTS = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def test_each_attack_has_a_test() -> None:
    assert len(ROWS) == len(TESTS) > 30


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    paths = [path for path in (ROOT / "tests").rglob(Path(file).name) if path.as_posix().endswith(f"/{file}")]
    assert any(name in names(path) for path in paths), paths
