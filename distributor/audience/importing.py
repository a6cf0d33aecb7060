"""Subscribers from a CSV file, read row by row. Touches no database."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath
from typing import TextIO
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from distributor.domain.errors import BadTable

NAME_LENGTH, LANGUAGE_LENGTH = 200, 35  # columns of audience_subscriber
_KNOWN = {
    "email": "email",
    "e-mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "mail": "email",
    "name": "name",
    "full name": "name",
    "language": "language",
    "lang": "language",
    "locale": "language",
    "time zone": "time_zone",
    "timezone": "time_zone",
    "tz": "time_zone",
}
_time_zones = cache(available_timezones)
_is_address = EmailValidator(message="no address")


@dataclass(frozen=True, slots=True)
class Row:
    """One subscriber of the file. `number` is its row as a spreadsheet counts (the header is row 1)."""

    number: int
    email: str
    name: str = ""
    language: str = ""
    time_zone: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not taken in, as a sentence without its number."""

    row: int
    message: str


def read_rows(file: TextIO, *, name: str = "") -> Iterator[Row | RowProblem]:
    """Yield a Row or a RowProblem for every row of a CSV file with a header.

    Comma, semicolon and tab separate; a byte order mark is skipped. The column `email` is needed, `name`, `language`
    and `time_zone` are known, every other one becomes an attribute. An address that came before in the file is a
    problem. Raises BadTable for a file without these columns, and for one that is not UTF-8 or no table.
    """
    title = f"“{PurePath(name).name or 'The table'}”"
    try:
        yield from _rows(file, title)
    except UnicodeDecodeError as error:
        raise BadTable(f"{title} is not UTF-8: save it as “CSV UTF-8” and import it again.") from error
    except csv.Error as error:
        raise BadTable(f"{title} can't be read as CSV: {error}.") from error


def _rows(file: TextIO, title: str) -> Iterator[Row | RowProblem]:
    lines = iter(file)
    first = next(lines, "").removeprefix("\ufeff")
    while first and not first.strip():
        first = next(lines, "")
    if not first:
        raise BadTable(f"{title} is empty: its first row has to name the columns, one of them “email”.")
    reader = csv.reader(_chain(first, lines), delimiter=_delimiter(first), strict=True)
    columns = _columns(next(reader), title)
    seen: dict[str, int] = {}
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(number, cells, columns)
        if isinstance(row, Row):
            earlier = seen.setdefault(row.email.lower(), number)
            if earlier != number:
                yield RowProblem(number, f"{row.email} is in row {earlier} already")
                continue
        yield row


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def _columns(header: Sequence[str], title: str) -> list[str]:
    """Return what each column is: one of our names, or the attribute's own name."""
    names = [" ".join(cell.split()) for cell in header]
    columns = [_KNOWN.get(name.lower().replace("_", " "), name) for name in names]
    if "email" not in columns:
        listed = ", ".join(f"“{name}”" for name in names if name) or "none"
        raise BadTable(f"{title} has no column “email”: its first row has to name the columns, and names {listed}.")
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice:
        raise BadTable(f"{title} has the column “{twice}” twice: keep one of them.")
    return columns


def _row(number: int, cells: Sequence[str], columns: Sequence[str]) -> Row | RowProblem:
    values = [cell.strip() for cell in cells]
    if len(values) > len(columns) and any(values[len(columns) :]):
        return RowProblem(number, f"has {len(values)} cells where the header names {len(columns)}")
    if any("\0" in value for value in values):
        return RowProblem(number, "holds a character that can't be stored (NUL)")
    known = dict(zip(columns, values, strict=False))
    email = address(known.pop("email", ""))
    if email is None:
        given = cells[columns.index("email")].strip() if len(cells) > columns.index("email") else ""
        return RowProblem(number, f"“{given[:80]}” is no mail address" if given else "has no mail address")
    row = Row(
        number,
        email,
        name=known.pop("name", ""),
        language=known.pop("language", ""),
        time_zone=known.pop("time_zone", ""),
        attributes={name: value for name, value in known.items() if name and value},
    )
    if len(row.name) > NAME_LENGTH:
        return RowProblem(number, f"has a name of more than {NAME_LENGTH} characters")
    if len(row.language) > LANGUAGE_LENGTH:
        return RowProblem(number, f"has “{row.language[:20]}…” for a language, where a code like “en” is meant")
    if row.time_zone and row.time_zone not in _time_zones():
        return RowProblem(number, f"“{row.time_zone[:80]}” is no time zone: write one like “Asia/Seoul”")
    return row


def address(text: str) -> str | None:
    """Return a mail address as it is stored, or None where it is none.

    The domain is in lower case and, where it has other letters, in the form that mail servers use (IDNA); what stands
    before the @ is kept as it is.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
        email = f"{local}{at}{domain}"
        _is_address(email)
    except (UnicodeError, ValidationError):
        return None
    return email if len(email) <= 254 and len(local) <= 64 else None  # RFC 5321 §4.5.3.1
