"""Subscribers from a CSV file, read and checked row by row. Touches no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from distributor.audience import problem_files
from distributor.audience.column_names import field_of
from distributor.audience.csv_files import BadRow, CsvTable, open_rows
from distributor.audience.text_encodings import UNREADABLE, label
from distributor.domain.errors import BadInput, BadTable
from distributor.domain.mail_addresses import normal_address
from distributor.domain.mail_statuses import WEIGHTS, MailStatus, mentions_departure, plain
from distributor.domain.source_systems import own_lists_status, system_of
from distributor.domain.status_columns import (
    Answer,
    Kind,
    StatusColumn,
    is_of_leavers,
    meaning,
    other_column,
    status_column,
)

NAME_LENGTH, LANGUAGE_LENGTH = 200, 35  # columns of audience_subscriber
CADENCES = ("each letter", "daily", "weekly")
IGNORE = "-"
STATUS = "status"
_FIELDS = ("email", "name", "language", "time_zone", "cadence", STATUS)
_ATTRIBUTE = "attributes."  # before the name of a column that is one
_OWN_COLUMNS, _OWN_LISTS = ("email", "name", "language", "time_zone"), "lists"  # of our own export
UNKNOWN = "?"  # before COLUMN=VALUE in a row's status, where a person has to say what it means
_ACTIVE = MailStatus.ACTIVE.value
_DEPARTURES = frozenset(status.value for status in MailStatus if status is not MailStatus.ACTIVE)
_VALUES = 20_000  # of a column, kept read: dates are many
_time_zones = cache(available_timezones)


class Row(NamedTuple):
    """One subscriber of the file. `number` is its row as a spreadsheet counts (the header is row 1).

    `status` is a MailStatus's value, or `?COLUMN=VALUE` where it is not known what that says. A tuple, since a million
    of them are made in a few seconds.
    """

    number: int
    email: str
    name: str = ""
    language: str = ""
    time_zone: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})
    cadence: str = ""
    status: str = _ACTIVE


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not taken in, as a sentence without its number."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person says that a table is to be read; what they don't say is told from the table.

    `columns` says what columns are (`read_mapping`), `answers` what the values of its status columns mean.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Sequence[Answer] = ()
    encoding: str = ""

    def identity(self) -> list[Any]:
        """Return what tells one way of reading from another, for JSON."""
        answers = sorted([answer.column, answer.value, answer.status.value] for answer in self.answers)
        return [sorted(self.columns.items()), answers, self.encoding]


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


def read_answers(active: Iterable[str], leavers: Iterable[str]) -> tuple[Answer, ...]:
    """Return what `VALUE` or `COLUMN=VALUE` texts say of people who get mail, and of those who don't."""
    return (
        *(Answer.read(text, MailStatus.ACTIVE) for text in active),
        *(Answer.read(text, MailStatus.LEFT) for text in leavers),
    )


def open_people(
    table: CsvTable, reading: Reading | None = None, *, list_slug: str = "", after: int = 1
) -> tuple[Columns, Iterator[Row | RowProblem]]:
    """Return what the columns of a table are, and a Row or a RowProblem for every row after row `after`.

    The column `email` is needed, `name`, `language`, `time_zone` and `cadence` are known, in several languages. Columns
    that say who left, bounced or complained give each row its status, that of our own export for the list `list_slug`.
    Every other one becomes an attribute, but for what `reading` says. Raises BadTable, now or later, for a table
    without these columns, and for a file that is no table.
    """
    header, cells_of = open_rows(table)
    columns = _columns(header, table.title, reading or Reading(), list_slug=list_slug)
    return columns, _rows(cells_of, columns, table.encoding, after=after)


def _rows(
    cells_of: Iterable[list[str] | BadRow], columns: Columns, encoding: str, *, after: int
) -> Iterator[Row | RowProblem]:
    for number, cells in enumerate(cells_of, start=2):
        if number <= after:
            continue
        if isinstance(cells, BadRow):
            place = f" (line {cells.line:,})" if cells.line != number else ""
            yield RowProblem(number, f"{cells.message}{place}")
        elif any(values := [cell.strip() for cell in cells]):
            yield _row(number, values, columns, encoding)


class StatusCell(NamedTuple):
    """A column that says whether people are mailed: where it is, and what its cells mean, None where nobody knows."""

    place: int
    name: str
    read: Callable[[str], MailStatus | None]
    is_attribute: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table are: a field, `attributes.` and a name, or "" for none; and which say a status."""

    fields: Sequence[str]
    statuses: Sequence[StatusCell] = ()
    system: str = ""  # whose export it seems to be
    others: Sequence[StatusCell] = ()  # say something else, in which a word may say that someone is gone
    telling: set[str] = field(default_factory=set)  # names of those of the others that did, in the rows read so far


def _columns(header: Sequence[str], title: str, reading: Reading, *, list_slug: str = "") -> Columns:
    """Return what the columns of a table are by its header. Raises BadTable."""
    names = [" ".join(cell.split()) for cell in header]
    if any("\0" in name or UNREADABLE in name for name in names):
        raise BadTable(f"{title} has a column whose name can't be read: correct its first row.")
    column_names = ", ".join(f"“{name[:80]}”" for name in names if name) or "none"
    unknown_column = next((column for column in reading.columns if column not in map(_plain, names)), None)
    if unknown_column is not None:
        raise BadTable(f"{title} has no column “{unknown_column}” to map: its first row names {column_names[:1000]}.")
    fields = [_field(name, reading.columns) for name in names]
    statuses = list(_status_cells(names, reading, list_slug))
    addresses_only = set(fields) <= {"email", ""}
    if is_of_leavers(title, addresses_only=addresses_only) and all(cell.is_attribute for cell in statuses):
        raise BadTable(
            f"{title} is called like a table of people who get no mail, and no column says so: add a column “status”,"
            " or give the file another name if they do get mail."
        )
    for cell in statuses:
        if not cell.is_attribute:
            fields[cell.place] = ""
    _check(fields, title, column_names)
    system = system_of(names)
    others = list(_other_cells(fields, statuses, reading, names))
    return Columns(fields, statuses, system.name if system else "", others)


def _check(fields: Sequence[str], title: str, column_names: str) -> None:
    if "email" not in fields:
        requirement = "its first row has to name the columns, and names"
        raise BadTable(f"{title} has no column “email”: {requirement} {column_names[:1000]}.")
    twice = next((column for column in fields if column and fields.count(column) > 1), None)
    if twice:
        raise BadTable(f"{title} has the column “{twice.removeprefix(_ATTRIBUTE)}” twice: keep one of them.")


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


def _field(name: str, mapping: Mapping[str, str]) -> str:
    field = mapping.get(_plain(name)) or field_of(name)
    if field:
        return "" if field == IGNORE else field
    if _plain(name) in (problem_files.ROW, problem_files.MESSAGE):
        return ""
    return f"{_ATTRIBUTE}{name}" if name else ""


def _status_cells(names: Sequence[str], reading: Reading, list_slug: str) -> Iterator[StatusCell]:
    """Yield what says whether people are mailed: columns of a known kind, and those that `reading` calls so."""
    system = system_of(names)
    exceptions = system.exceptions if system else frozenset()
    is_own = tuple(names[: len(_OWN_COLUMNS)]) == _OWN_COLUMNS
    for place, name in enumerate(names):
        field = reading.columns.get(_plain(name))
        if is_own and name == _OWN_LISTS and not field:
            yield StatusCell(place, name, lambda cell: own_lists_status(cell, list_slug))
            continue
        column = status_column(name)
        if field == STATUS:
            column = column or StatusColumn(name, Kind.WORD)
        elif field or field_of(name) or plain(name) in exceptions:
            continue
        if column is not None:
            read = lru_cache(_VALUES)(meaning(column, reading.answers))
            yield StatusCell(place, name, read, column.kind in (Kind.ASIDE, Kind.CONSENT))


def _other_cells(
    fields: Sequence[str], statuses: Sequence[StatusCell], reading: Reading, names: Sequence[str]
) -> Iterator[StatusCell]:
    """Yield the attributes that are no status columns, but for those of which `reading` says what they are."""
    places = {cell.place for cell in statuses}
    for place, name in enumerate(names):
        is_attribute = fields[place].startswith(_ATTRIBUTE) and _plain(name) not in reading.columns
        if is_attribute and place not in places:
            read = lru_cache(_VALUES)(meaning(other_column(name), reading.answers))
            yield StatusCell(place, name, read, is_attribute=True)


def _row(number: int, values: Sequence[str], columns: Columns, encoding: str) -> Row | RowProblem:
    fields = columns.fields
    if len(values) > len(fields) and any(values[len(fields) :]):
        return RowProblem(number, f"has {len(values)} cells where the header names {len(fields)}")
    text = "".join(values)
    if "\0" in text:
        return RowProblem(number, "holds a character that can't be stored (NUL)")
    if not text.isascii() and UNREADABLE in text:
        return RowProblem(number, f"holds bytes that are not {label(encoding)}")
    cells = {column: value for column, value in zip(fields, values, strict=False) if column and value}
    email_text = cells.pop("email", "")
    email = normal_address(email_text)
    if email is None:
        return RowProblem(number, f"“{email_text[:80]}” is not a mail address" if email_text else "has no mail address")
    name, language = cells.pop("name", ""), cells.pop("language", "")
    time_zone, cadence = cells.pop("time_zone", ""), cells.pop("cadence", "").lower()
    mentions = columns.others and mentions_departure(text)
    status = _status(values, columns, mentions=bool(mentions)) if columns.statuses or mentions else _ACTIVE
    attributes = {column[len(_ATTRIBUTE) :]: value for column, value in cells.items()}
    row = Row(number, email, name, language, time_zone, attributes, cadence, status)
    if message := _problem(row):
        # What is wrong with their name keeps nobody among those who are mailed.
        return Row(number, email, status=status) if status in _DEPARTURES else RowProblem(number, message)
    return row


def value_problem(*, name: str, language: str, time_zone: str) -> str:
    """Return why these values of a person can't be stored, as a sentence without its subject; "" where they can."""
    if len(name) > NAME_LENGTH:
        return f"has a name of more than {NAME_LENGTH} characters"
    if len(language) > LANGUAGE_LENGTH:
        return f"has “{language[:20]}…” for a language, where a code like “en” is meant"
    if time_zone and time_zone not in _time_zones():
        return f"“{time_zone[:80]}” is not a time zone: write one like “Asia/Seoul”"
    return ""


def _problem(row: Row) -> str:
    if message := value_problem(name=row.name, language=row.language, time_zone=row.time_zone):
        return message
    if row.cadence and row.cadence not in CADENCES:
        return f"“{row.cadence[:80]}” is not a cadence: write {', '.join(CADENCES)}"
    return ""


def _status(values: Sequence[str], columns: Columns, *, mentions: bool) -> str:
    """Return what a row's columns say of someone, the worst of it first, then what is not known."""
    worst, unknown = MailStatus.ACTIVE, ""
    for cell in (*columns.statuses, *(columns.others if mentions else ())):
        value = values[cell.place] if cell.place < len(values) else ""
        status = cell.read(value)
        if status is None:
            unknown = unknown or f"{UNKNOWN}{cell.name}={value[:200]}"
        elif WEIGHTS[status] > WEIGHTS[worst]:
            worst = status
            if cell.is_attribute:
                columns.telling.add(cell.name)
    return unknown if unknown and worst is MailStatus.ACTIVE else worst.value
