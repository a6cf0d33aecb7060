"""The first half of an import: the file's rows, chunk by chunk, in a table that outlives the process.

Each chunk and the mark of how far the file is read are stored together, so that whoever dies leaves whole chunks, and
the same command goes on after the last one. Nothing reaches the lists before all rows are here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from psycopg import sql

from distributor.audience import queries
from distributor.audience.import_rows import UNKNOWN, Reading, Row, RowProblem
from distributor.audience.models import Import, MailingList
from distributor.domain.errors import BadInput, BadTable
from distributor.domain.mail_statuses import WEIGHTS

CHUNK = 50_000
FORGOTTEN_AFTER = timedelta(days=7)  # an interrupted import that nobody goes on with
REPORT_STEP = 2_000
_as_json = json.JSONEncoder(check_circular=False).encode
ReportProgress = Callable[[], None]


class Stage:
    """The table of one import's rows."""

    def __init__(self, record: Import) -> None:
        self.record = record
        self._name = sql.Identifier(f"audience_import_{record.pk}")

    def run(self, cursor: Any, query: str, parameters: Mapping[str, Any] | None = None) -> None:
        cursor.execute(self.query(query), parameters)

    def query(self, query: str) -> str:
        return sql.SQL(query).format(stage=self._name).as_string(None)

    def fill(self, rows: Iterable[Row | RowProblem], report: ReportProgress = lambda: None) -> None:
        """Store the rows that follow `record.row`. Raises BadInput where another process reads the same file."""
        remaining_rows = iter(rows)
        while self._chunk(islice(remaining_rows, CHUNK), report):
            pass

    def _chunk(self, rows: Iterator[Row | RowProblem], report: ReportProgress) -> bool:
        before, last, count = self.record.row, self.record.row, 0
        with transaction.atomic(), connection.cursor() as cursor:
            with connection.wrap_database_errors, cursor.copy(self.query(queries.COPY_ROWS)) as copy:
                for count, row in enumerate(rows, start=1):
                    copy.write_row(_stage_row(row))
                    last = row.row if isinstance(row, RowProblem) else row.number
                    if not count % REPORT_STEP:
                        report()
            if not count:
                return False
            own_record = Import.objects.filter(pk=self.record.pk, row=before, state=Import.State.READING)
            staged_count = self.record.staged + count
            if not own_record.update(row=last, staged=staged_count, updated_at=timezone.now()):
                raise BadInput("This file is being put on this list by another process: let that one finish.")
        self.record.row, self.record.staged = last, staged_count
        report()
        return count == CHUNK

    def forget(self) -> None:
        """Drop the table and the record of an import that is not to go on."""
        with transaction.atomic(), connection.cursor() as cursor:
            self.run(cursor, queries.DROP_STAGE)
            Import.objects.filter(pk=self.record.pk).delete()


def begin(file: object, *, name: str, into: MailingList, reading: Reading, fresh: bool = False) -> Stage:
    """Return the stage of this file's import to this list: the one that was interrupted, or a new one."""
    _forget_old()
    digest = _digest(file, into, reading)
    record = Import.objects.filter(digest=digest, state=Import.State.READING).first()
    if record is not None:
        stage = Stage(record)
        if not fresh and _is_whole(stage):
            return stage
        stage.forget()
    with transaction.atomic(), connection.cursor() as cursor:
        new_record = Import.objects.create(
            publication=into.publication, list_slug=into.slug, name=Path(name).name[:200], digest=digest
        )
        stage = Stage(new_record)
        stage.run(cursor, queries.MAKE_STAGE)
    return stage


def open_stages() -> Iterator[Stage]:
    """Yield the stages of imports that are not finished."""
    for record in Import.objects.filter(state=Import.State.READING):
        yield Stage(record)


def _is_whole(stage: Stage) -> bool:
    """Whether the table holds what the record says: a crash of PostgreSQL empties unlogged tables."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            stage.run(cursor, queries.COUNT_STAGED)
            return int(cursor.fetchone()[0]) == stage.record.staged
    except ProgrammingError:
        return False


def _forget_old() -> None:
    for stage in open_stages():
        if stage.record.updated_at < timezone.now() - FORGOTTEN_AFTER:
            stage.forget()


def _digest(file: object, into: MailingList, reading: Reading) -> str:
    """Return what one file, read in one way for one list, has in common; what is no file on disk can't come again."""
    if not isinstance(file, Path):
        return uuid4().hex
    try:
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise BadTable(f"There is no file “{file}”.") from None
    except OSError as error:
        raise BadTable(f"“{file}” can't be read: {error.strerror}.") from error
    identity = json.dumps([content, into.publication.pk, into.slug, reading.identity()])
    return hashlib.sha256(identity.encode()).hexdigest()


def _stage_row(row: Row | RowProblem) -> Sequence[Any]:
    if isinstance(row, RowProblem):
        return (row.row, "", "", "", "", "", "{}", 0, None, row.message)
    attributes = _as_json(row.attributes) if row.attributes else "{}"
    weight = WEIGHTS.get(row.status)  # type: ignore[call-overload]
    unclear = None if weight is not None else row.status.removeprefix(UNKNOWN)
    person = (row.number, row.email, row.name, row.language, row.time_zone, row.cadence, attributes)
    return (*person, weight or 0, unclear, None)
