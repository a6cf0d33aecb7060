"""A publication with templates of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Write a template into the own folder of the publication `harbor`, and return that slug."""
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))

    def write(name: str, source: str) -> str:
        file = tmp_path / "templates" / "harbor" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return "harbor"

    return write
