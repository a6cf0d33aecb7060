"""Addresses that get no mail any more."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable

import pytest

from distributor.audience.import_rows import RowProblem
from distributor.audience.models import Suppression
from distributor.audience.suppression import (
    export_suppressions,
    import_suppressions,
    lift,
    suppress,
    suppress_one,
)
from distributor.domain.errors import BadInput, BadTable

pytestmark = pytest.mark.django_db


def test_by_hand_whatever_the_case() -> None:
    assert suppress_one("Ada@Example.com", detail="asked by phone")
    assert not suppress_one("ada@example.COM")
    assert Suppression.objects.get().detail == "asked by phone"
    with pytest.raises(BadInput, match="is not a mail address"):
        suppress_one("ada")
    assert lift("ADA@example.com")
    assert not lift("ADA@example.com")


def test_the_first_reason_stays() -> None:
    assert suppress([("a@example.com", "1"), ("A@example.com", "2")], reason=Suppression.Reason.HARD_BOUNCE) == 1
    assert suppress([("a@example.com", ""), ("b@example.com", "")], reason=Suppression.Reason.COMPLAINT) == 1
    assert dict(Suppression.objects.values_list("email", "reason")) == {
        Suppression.objects.first().email: "hard bounce",  # type: ignore[union-attr]
        "b@example.com": "complaint",
    }


def test_a_file_in_and_out() -> None:
    suppress_one("known@example.com")
    report = import_suppressions(
        io.BytesIO(
            gzip.compress(
                b"Email;Reason;Detail;more\nA@example.com;Complaint;spam;x\nb@example.com;;;\nKNOWN@example.com;;;\n"
                b"a@example.com;manual;;\nnobody;;;\nc@example.com;because;;\n"
            )
        )
    )
    assert (report.added, report.unchanged, report.problem_count) == (2, 2, 2)
    assert [one.message for one in report.problems] == [
        "“nobody” is not a mail address",
        "“because” is not a reason: write hard bounce, worn out, complaint, manual",
    ]
    text = "".join(export_suppressions())
    Suppression.objects.all().delete()
    assert import_suppressions(io.StringIO(text)).added == 3
    assert known(export_suppressions()) == known(text.splitlines())


def known(lines: Iterable[str]) -> set[str]:
    return {line.rpartition(",")[0] for line in lines}  # without the time


def test_a_bad_table_stores_nothing() -> None:
    with pytest.raises(BadTable, match="has no column “email”"):
        import_suppressions(io.StringIO("address\na@example.com\n"))
    with pytest.raises(BadTable, match="gzipped and damaged"):
        import_suppressions(io.BytesIO(gzip.compress(b"email\na@example.com\n" * 999)[:-9]))
    assert not Suppression.objects.exists()


def test_a_damaged_row_costs_itself() -> None:
    rows = b"".join(b"a%d@example.com\n" % number for number in range(60))
    report = import_suppressions(io.BytesIO(b"E-Mail\n" + rows + b'\xff@example.com\n"b@example.com"x\n'))
    assert report.added == 60
    assert report.problems == (
        RowProblem(62, "holds bytes that are not UTF-8"),
        RowProblem(63, "has a quotation mark in the middle of a cell"),
    )
