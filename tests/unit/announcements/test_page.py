"""The page for operators tells of every type and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.domain.announcements import TYPES

PAGE = Path(__file__).parents[3] / "docs" / "operators" / "webhooks.md"


@pytest.mark.parametrize("name", TYPES)
def test_the_page_tells_of_each_type_and_its_fields_as_the_table_does(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"| `{name}` | {TYPES[name].words} |" in page
    for field, words in TYPES[name].fields.items():
        assert f"| `{field}` | {words} |" in page
