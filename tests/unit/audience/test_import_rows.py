"""What a CSV file of subscribers may look like, and what is said about what it may not."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.audience.csv_files import CsvTable, title_of
from distributor.audience.import_rows import Row, RowProblem, open_people
from distributor.domain.errors import BadTable


def read(text: str) -> list[Row | RowProblem]:
    return list(open_people(CsvTable(io.StringIO(text, newline=""), title_of("/somewhere/people.csv")))[1])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_marks_and_line_ends(separator: str, mark: str, end: str) -> None:
    text = mark + end.join(
        [f"E-Mail{separator}Name{separator}City", f"ada@example.com{separator}Ada{separator}Busan", ""]
    )
    assert read(text) == [Row(2, "ada@example.com", name="Ada", attributes={"City": "Busan"})]


def test_known_columns_and_attributes() -> None:
    rows = read("Name,EMAIL,time zone,language,since\n김하늘, ha@Example.COM ,Asia/Seoul,ko,2020\n")
    assert rows == [Row(2, "ha@example.com", "김하늘", "ko", "Asia/Seoul", {"since": "2020"})]


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    rows = read('email,name\n"a@example.com","A\nB"\n\nnobody\nb@example.com,B\nA@example.com,again\n,\n,no address\n')
    assert [(row.number if isinstance(row, Row) else (row.row, row.message)) for row in rows] == [
        2,
        (4, "“nobody” is not a mail address"),
        5,
        6,  # the same address again: only the database knows, see test_subscribers.py
        (8, "has no mail address"),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a@example.com,A,en,UTC,more", "has 5 cells where the header names 4"),
        (f"a@example.com,{'x' * 201},en,UTC", "more than 200 characters"),
        ("a@example.com,A,en,Mars/Olympus", "“Mars/Olympus” is not a time zone"),
        ("a@example.com,A,the language of my mother and her mother,UTC", "for a language"),
        ("a\0b@example.com,A,en,UTC", "NUL"),
        ("a@example,A,en,UTC", "“a@example” is not a mail address"),
        ("a b@example.com,A,en,UTC", "is not a mail address"),
        (f"{'a' * 65}@example.com,A,en,UTC", "is not a mail address"),
    ],
)
def test_a_row_that_cant_be_taken_is_said(line: str, words: str) -> None:
    (problem,) = read(f"email,name,language,time_zone\n{line}\n")
    assert isinstance(problem, RowProblem)
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "“people.csv” is empty"),
        ("\n\n", "is empty"),
        (
            "name,phone\nAda,1\n",
            "has no column “email”: its first row has to name the columns, and names “name”, “phone”",
        ),
        ("ada@example.com\nbob@example.com\n", "names “ada@example.com”"),
        ("email,E-Mail\na@example.com,b@example.com\n", "has the column “email” twice"),
        ('"email\na@example.com', "can't be read as CSV: its first row has a quotation mark"),
    ],
)
def test_a_bad_table_is_said(text: str, words: str) -> None:
    with pytest.raises(BadTable, match=words):
        read(text)


@given(st.lists(st.lists(st.text(max_size=12), max_size=4), max_size=6))
def test_any_cells_are_rows_or_problems(lines: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(["email", "name", "more"])
    csv.writer(text).writerows(lines)
    try:
        found = read(text.getvalue())
    except BadTable:
        return
    assert len(found) <= len(lines)
    assert all(row.email for row in found if isinstance(row, Row))
