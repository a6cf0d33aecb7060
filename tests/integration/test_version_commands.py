"""`distributor versions`: what became of a letter, from a shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commands import House, house

LETTER = """# The tied gauge

Dear neighbours,

The gauge was put up when my father fished here, and it still reports once an hour.
"""


@pytest.fixture(scope="module")
def lantern() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def test_versions_are_listed_and_compared(lantern: House, tmp_path: Path) -> None:
    file = tmp_path / "gauge.md"
    numbers = set()
    for text in (LETTER, LETTER.replace("tied", "tide"), LETTER.replace("tied", "tide").replace("father", "mother")):
        file.write_text(text)
        numbers.add(lantern.fine("queue", file, "--channels", "link", "--draft")["letter"]["id"])
    (number,) = numbers

    listed = lantern.fine("versions", f"L{number}")["versions"]
    assert [version["number"] for version in listed] == [1, 2, 3]
    assert [version["changes"] for version in listed] == [[], ["title"], ["body_html", "body_text"]]
    assert {version["origin"] for version in listed} == {f"file:{file}"}
    assert all(version["actor"].endswith("on the command line") for version in listed)

    (difference,) = lantern.fine("versions", f"L{number}", "2")["differences"]
    assert (difference["before"], difference["after"]) == ("The tied gauge", "The tide gauge")
    both = lantern.fine("versions", f"L{number}", "3", "--since", "1")["differences"]
    assert [part["field"] for part in both] == ["title", "body_text"]

    shown = lantern.run("versions", f"L{number}", "2")
    assert "The [-tied-]{+tide+} gauge" in shown.out
    assert "first version" in lantern.run("versions", f"L{number}", "1").out
    assert "body html, body text" in lantern.run("versions", f"L{number}").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["L99"], "There is no letter L99"),
        (["fog"], "“fog” names no letter"),
        (["L1", "--since", "1"], "--since compares with a version"),
    ],
)
def test_what_there_is_not_is_said(lantern: House, arguments: list[str], sentence: str) -> None:
    assert sentence in lantern.refused("versions", *arguments)


def test_templates_are_read_stored_and_taken_back(lantern: House, tmp_path: Path) -> None:
    file, name = tmp_path / "twitter.txt", "social/twitter.txt"
    ours = lantern.fine("templates", "show", name)["source"]
    file.write_text("{{ letter.title }}!")
    assert lantern.fine("templates", "save", name, file) == {"version": 1}
    assert lantern.fine("templates", "save", name, file) == {"version": None}
    listed = {row["name"]: row for row in lantern.fine("templates", "list")["templates"]}
    assert listed[name] == {"name": name, "whose": "stored", "version": 1}
    assert lantern.fine("templates", "ours", name) == {"version": 2}
    assert lantern.fine("templates", "show", name)["source"] == ours
    assert lantern.fine("templates", "restore", name, "1") == {"version": 3}
    assert [row["number"] for row in lantern.fine("templates", "versions", name)["versions"]] == [3, 2, 1]
