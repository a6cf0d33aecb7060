"""`returns undo`, `returns undone` and `suppressions remove`, as an operator runs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.commands import House, house

COMPLAINT = """From: feedback@isp.example
Subject: Complaint
"""


@pytest.fixture(scope="module")
def operator() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def suppress(operator: House, text: str) -> None:
    operator.fine("suppressions", "import", "-", given=f"email,reason\n{text}")


def test_suppressions_are_removed_in_bulk_after_a_look(operator: House) -> None:
    suppress(operator, "a@one.example,hard bounce\nb@one.example,complaint\nc@two.example,hard bounce\n")
    options = ("suppressions", "remove", "--domain", "one.example", "--source", "import")
    look = operator.fine(*options, "--dry-run")
    assert (look["suppressions"], look["complaints"], look["sample"]) == (2, 1, ["a@one.example", "b@one.example"])
    look_text = operator.run(*options, "--dry-run").out
    assert "Would lift 2 suppressions and put back 0 subscriptions. Nothing was done." in look_text
    assert "to lift" in look_text
    assert "Add --complaints or --no-complaints" in operator.refused(*options)
    assert "add --yes" in operator.refused(*options, "--no-complaints")
    assert operator.fine("suppressions", "list")["count"] == 3
    record = operator.fine(*options, "--no-complaints", "--yes", "--since", "an hour ago")
    assert (record["suppressions"], record["subscriptions"]) == (1, 0)
    assert record["actor"].endswith(", on the command line")
    assert operator.fine(*options, "--complaints", "--yes")["suppressions"] == 1
    assert operator.fine("suppressions", "remove", "C@two.example") == {"removed": True}
    assert operator.fine(*options)["suppressions"] == 0
    words = [record["words"] for record in operator.fine("returns", "undone")]
    assert words[0] == "one address"
    assert words[1].startswith("source import, domain one.example, until ")
    assert words[2].endswith("no complaints, suppressions only")
    listed = operator.run("returns", "undone").out
    assert "source import, domain one.example" in listed
    assert "lifted  put back  stayed" in listed


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("returns", "undo", "--yes"), "Say what to undo"),
        (("returns", "undo", "--since", "soon"), "not a time that can be understood"),
        (("returns", "undo", "--source", "nobody"), "'nobody' is not one of"),
        (("suppressions", "remove"), "Say what to undo"),
        (("suppressions", "remove", "a@b.example", "--domain", "b.example"), "an address alone"),
        (("suppressions", "remove", "a@b.example", "--dry-run"), "an address alone"),
        (("suppressions", "remove", "a@b.example"), "is not suppressed"),
    ],
)
def test_what_can_not_be_meant_is_one_sentence(operator: House, arguments: tuple[str, ...], problem: str) -> None:
    assert problem in operator.refused(*arguments)


def test_nothing_to_undo_is_said(operator: House) -> None:
    assert "There is nothing to undo." in operator.run("returns", "undo", "--source", "text").out
