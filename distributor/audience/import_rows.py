"""Subscribers from a CSV file, read and checked row by row. Touches no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple, TextIO
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from distributor.audience.csv_files import CsvTable, rows, title_of
from distributor.domain.errors import BadInput, BadTable

NAME_LENGTH, LANGUAGE_LENGTH = 200, 35  # columns of audience_subscriber
CADENCES = ("each letter", "daily", "weekly")
IGNORE = "-"
_FIELDS = ("email", "name", "language", "time_zone", "cadence")
_COLUMN_NAMES = {
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
    "cadence": "cadence",
}
_ATTRIBUTE = "attributes."  # before the name of a column that is one
_DOMAINS = 20_000  # kept checked: most people are at few
_time_zones = cache(available_timezones)
_is_address = EmailValidator(message="no address")
_LOCAL_PART = re.compile(_is_address.user_regex.pattern, _is_address.user_regex.flags)  # Django's own is lazy, and slow


class Row(NamedTuple):
    """One subscriber of the file. `number` is its row as a spreadsheet counts (the header is row 1).

    A tuple, since a million of them are made in a few seconds.
    """

    number: int
    email: str
    name: str = ""
    language: str = ""
    time_zone: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})
    cadence: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not taken in, as a sentence without its number."""

    row: int
    message: str


def read_mapping(texts: Sequence[str]) -> dict[str, str]:
    """Return what `COLUMN=FIELD` texts say: the column's name in lower case, and the field, `attributes.NAME` or `-`.

    Raises BadInput for one that says something else.
    """
    mapping: dict[str, str] = {}
    for text in texts:
        column, _, field = (part.strip() for part in text.rpartition("="))
        if not column or not (field in (*_FIELDS, IGNORE) or field.removeprefix(_ATTRIBUTE) not in ("", field)):
            fields = ", ".join((*_FIELDS, "attributes.NAME"))
            raise BadInput(
                f"“{text[:80]}” maps no column: write COLUMN=FIELD, FIELD being {fields}, or - to leave out."
            )
        mapping[_plain(column)] = field
    return mapping


def read_rows(
    file: TextIO | CsvTable, *, name: str = "", mapping: Mapping[str, str] | None = None, after: int = 1
) -> Iterator[Row | RowProblem]:
    """Yield a Row or a RowProblem for every row of a CSV file with a header, from the one after row `after`.

    Comma, semicolon and tab separate; a byte order mark is skipped. The column `email` is needed, `name`, `language`,
    `time_zone` and `cadence` are known, every other one becomes an attribute, but for what `mapping` says (see
    `read_mapping`). Raises BadTable for a file without these columns, and for one that is not UTF-8 or no table.
    """
    table = file if isinstance(file, CsvTable) else CsvTable(file, title_of(name))
    cells_of = rows(table)
    columns = _columns(next(cells_of), table.title, mapping or {})
    for number, cells in enumerate(cells_of, start=2):
        if number > after and any(values := [cell.strip() for cell in cells]):
            yield _row(number, values, columns)


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


def _columns(header: Sequence[str], title: str, mapping: Mapping[str, str]) -> list[str]:
    """Return what each column is: one of our names, `attributes.` and its own name, or "" for none."""
    names = [" ".join(cell.split()) for cell in header]
    if any("\0" in name for name in names):
        raise BadTable(f"{title} has a column whose name can't be stored (NUL): correct its first row.")
    unknown_column = next((column for column in mapping if column not in map(_plain, names)), None)
    column_names = ", ".join(f"“{name[:80]}”" for name in names if name) or "none"
    if unknown_column is not None:
        raise BadTable(f"{title} has no column “{unknown_column}” to map: its first row names {column_names[:1000]}.")
    columns = [_column(name, mapping) for name in names]
    if "email" not in columns:
        requirement = "its first row has to name the columns, and names"
        raise BadTable(f"{title} has no column “email”: {requirement} {column_names[:1000]}.")
    twice = next((column for column in columns if column and columns.count(column) > 1), None)
    if twice:
        raise BadTable(f"{title} has the column “{twice.removeprefix(_ATTRIBUTE)}” twice: keep one of them.")
    return columns


def _column(name: str, mapping: Mapping[str, str]) -> str:
    field = mapping.get(_plain(name)) or _COLUMN_NAMES.get(_plain(name).replace("_", " "))
    if field:
        return "" if field == IGNORE else field
    return f"{_ATTRIBUTE}{name}" if name else ""


def _row(number: int, values: Sequence[str], columns: Sequence[str]) -> Row | RowProblem:
    if len(values) > len(columns) and any(values[len(columns) :]):
        return RowProblem(number, f"has {len(values)} cells where the header names {len(columns)}")
    if "\0" in "".join(values):
        return RowProblem(number, "holds a character that can't be stored (NUL)")
    cells = {column: value for column, value in zip(columns, values, strict=False) if column and value}
    email_text = cells.pop("email", "")
    email = address(email_text)
    if email is None:
        return RowProblem(number, f"“{email_text[:80]}” is not a mail address" if email_text else "has no mail address")
    name, language = cells.pop("name", ""), cells.pop("language", "")
    time_zone, cadence = cells.pop("time_zone", ""), cells.pop("cadence", "").lower()
    if len(name) > NAME_LENGTH:
        return RowProblem(number, f"has a name of more than {NAME_LENGTH} characters")
    if len(language) > LANGUAGE_LENGTH:
        return RowProblem(number, f"has “{language[:20]}…” for a language, where a code like “en” is meant")
    if time_zone and time_zone not in _time_zones():
        return RowProblem(number, f"“{time_zone[:80]}” is not a time zone: write one like “Asia/Seoul”")
    if cadence and cadence not in CADENCES:
        return RowProblem(number, f"“{cadence[:80]}” is not a cadence: write {', '.join(CADENCES)}")
    attributes = {column[len(_ATTRIBUTE) :]: value for column, value in cells.items()}
    return Row(number, email, name, language, time_zone, attributes, cadence)


def address(text: str) -> str | None:
    """Return a mail address as it is stored, or None where it is none.

    The domain is in lower case and, where it has other letters, in the form that mail servers use (IDNA); what stands
    before the @ is kept as it is.
    """
    local, _, domain = text.strip().rpartition("@")
    if not 0 < len(local) <= 64 or len(domain) > 254 or not _LOCAL_PART.match(local):  # RFC 5321 §4.5.3.1
        return None
    normal_domain = _domain(domain)
    return f"{local}@{normal_domain}" if normal_domain and len(local) + 1 + len(normal_domain) <= 254 else None


@lru_cache(maxsize=_DOMAINS)
def _domain(domain: str) -> str | None:
    """Return a domain as it is stored, or None where it can have no mailboxes."""
    try:
        normal_domain = domain.encode("idna").decode("ascii").lower()
        _is_address(f"a@{normal_domain}")
    except (UnicodeError, ValidationError):
        return None
    return normal_domain
