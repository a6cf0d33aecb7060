"""docs/adding-a-channel.md is followed word for word, in a copy of the product."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toy_channel.document import ROOT, apply, blocks, changed

COPIED = ("config", "distributor", "tasks", "templates", "tests", "docs", "pyproject.toml")
# What a channel of its own may touch beside its folder.
BESIDE = {
    "distributor/channels/folders.py",
    "templates/social/pigeon.txt",
    "docs/channels/pigeon.md",
    "distributor/practice/pigeon.py",
    "distributor/practice/networks.py",
    "tests/contract/cases/pigeon.py",
}


def test_a_channel_is_one_folder_and_one_line_in_the_list() -> None:
    named = {block.path for block in blocks()}
    assert {path for path in named if not path.startswith("distributor/channels/pigeon/")} == BESIDE
    (line,) = (block for block in blocks() if block.path == "distributor/channels/folders.py")
    assert [added for added in line.text.splitlines() if added.startswith("+")] == ['+    "pigeon",']


def test_a_line_whose_place_is_not_clear_is_no_instruction() -> None:
    assert changed("a\nb\n", " a\n+x\n") == "a\nx\nb\n"
    with pytest.raises(AssertionError):
        changed("a\na\n", " a\n+x\n")


def test_the_document_adds_a_channel_that_works(tmp_path: Path) -> None:
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    apply(tmp_path)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DISTRIBUTOR_"))
    }
    asked = ["tests/toy_channel/questions.py", "tests/contract/test_every_channel.py", "-k", "questions or pigeon"]
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *asked],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout[-6000:]}\n{run.stderr[-2000:]}"
