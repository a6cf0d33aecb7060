"""What docs/architecture.md says of the code is so: the rules and the tests that it names are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
RULES = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.partition("## Where is the rule")[2].partition("\n## ")[0])
TESTS = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)
MODULES = sorted(set(re.findall(r"`((?:delivery|letters|audience|insights|channels|rendering|domain)(?:/\w+)+)", PAGE)))


@cache
def names(path: Path) -> frozenset[str]:
    """Return the names that a module defines at its top."""
    defined: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined.add(node.target.id)
    return frozenset(defined)


def test_the_table_has_thirty_rules_and_each_promise_a_test() -> None:
    assert len(RULES) >= 30
    assert len(TESTS) >= 8


@pytest.mark.parametrize(("path", "name"), RULES)
def test_every_rule_is_where_the_table_says(path: str, name: str) -> None:
    assert name in names(ROOT / "distributor" / path)


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_every_test_of_a_promise_is_there(file: str, name: str) -> None:
    [path] = (ROOT / "tests").rglob(file)
    assert name in names(path)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_is_named_is_there(module: str) -> None:
    path = ROOT / "distributor" / module
    assert path.is_dir() or path.with_suffix(".py").is_file()
