"""A table of people put on a list: read into a stage of its own, judged there, and stored in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Any, TextIO

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from distributor.audience import erasure_hashes, import_stage, problem_files, queries
from distributor.audience.actions import check_open, store_list
from distributor.audience.causes import IMPORT, OWN_HAND
from distributor.audience.csv_files import CsvTable, Source, open_table
from distributor.audience.import_rows import Reading, RowProblem, open_people
from distributor.audience.models import Import, MailingList
from distributor.domain.errors import BadTable, ConfirmationNeeded, UnclearStatuses
from distributor.ports import NamedPort

MOST_NAMED = 1_000  # problems in a report; all of them are counted, and written where `problems_to` says
LARGE_LOSS, LARGE_PART = 100, 10  # people, and a tenth of the list: nobody loses so many without a word
SIMILAR = 0.75  # of 1, as difflib measures it: “reders” and “readers” are 0.92
MOST_UNCLEAR = 12  # values in a question to a person
ANNOUNCE: NamedPort[Callable[[int], None]] = NamedPort()
"""Who announces an import (its number) that is done: called in the transaction that puts its people on the list."""
ERASING_LOCK = 0x6469_7374  # any number that only we use: imports share it, who erases someone has it alone


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows of a file.

    Each row is one of these. `added` are new on the list, `updated` were on it and have new values, `unchanged` were on
    it just so. The table says that people get no mail: they left (and this list: `taken_off_count` were on it),
    bounced or complained (and are suppressed), or did not confirm (and are not on it). `kept_out_count` are people who
    left here or must not get mail, whom no import brings back; `problem_count` could not be taken in. `departures`,
    `kept_out` and `problems` name the first thousand of them.

    `list_slug` is the list, `is_new_list` says that it was not there before, `similar_list` is one of nearly that name.
    `question` is what the real import asks before it stores anything, "" for nothing: only a dry run has one.

    `system` is the one whose export it seems to be, `status_columns` are those that say who gets no mail (of an import
    that went on: in the rest of its rows), `encoding` is the one that it was read in. `resumed_at` is the row (from 2)
    after which an interrupted import went on, 0 where it was none.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    kept_out: tuple[RowProblem, ...] = ()
    problem_count: int = 0
    kept_out_count: int = 0
    resumed_at: int = 0
    dry_run: bool = False
    left_count: int = 0
    unconfirmed_count: int = 0
    bounced_count: int = 0
    complained_count: int = 0
    taken_off_count: int = 0
    departures: tuple[RowProblem, ...] = ()
    system: str = ""
    status_columns: tuple[str, ...] = ()
    encoding: str = ""
    list_slug: str = ""
    is_new_list: bool = False
    similar_list: str = ""
    question: str = ""

    @property
    def departure_count(self) -> int:
        """How many the table says get no mail."""
        return self.left_count + self.unconfirmed_count + self.bounced_count + self.complained_count

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def import_subscribers(
    file: Source,
    *,
    into: MailingList,
    name: str = "",
    reading: Reading | None = None,
    dry_run: bool = False,
    fresh: bool = False,
    confirmed: bool = False,
    problems_to: TextIO | None = None,
    progress: Callable[[int, int], None] = lambda _bytes_read, _total: None,
) -> ImportReport:
    """Put the people in a CSV file (see `import_rows.open_people`) on a list: all good rows, or nothing.

    Someone who is known gets the file's values where it has any. Who left, bounced or complained by what the file says
    is stored as that, and nobody who left here is brought back. `into` may be a list that is not stored yet
    (`find_or_build_list`): it is, with its people. The rows are gathered chunk by chunk first, and put on the list in
    one transaction in the end: an import that was interrupted goes on where it stopped when it is called for again with
    the same file on disk, list and reading, unless it shall start `fresh`. Outside a transaction, that is: within one
    nothing outlives it. With `dry_run` the report is the same and nothing is stored. `problems_to` gets every row whose
    people get no mail as CSV (`problem_files`); `progress` is told (bytes read, bytes in all). Raises BadTable, and
    UnclearStatuses where a person has to say what some values mean; ConfirmationNeeded where a large part of the list
    would get no mail any more, unless that is `confirmed`; BadInput for an archived list. Then nothing was stored.
    """
    check_open([into])
    reading = reading or Reading()
    with open_table(file, name=name, encoding=reading.encoding) as table:
        stage = import_stage.begin(file, name=name or table.title.strip("“”"), into=into, reading=reading, fresh=fresh)
        after = stage.record.row
        similar_list = "" if into.pk else _similar_list(into)
        is_new_list = into.pk is None
        try:
            columns, rows = open_people(table, reading, list_slug=into.slug, after=after)
            stage.fill(rows, lambda: progress(table.read(), table.total))
            _refuse_unclear(stage, table)
        except BadTable:
            stage.forget()
            raise
        question = "" if confirmed else _large_loss(stage, into, table)
        if question and not dry_run:
            stage.forget()  # it was not interrupted: the next one begins anew
            raise ConfirmationNeeded(question)
        report = _put_on_list(stage, into, table, after=after, dry_run=dry_run, problems_to=problems_to)
        return replace(
            report,
            list_slug=into.slug,
            is_new_list=is_new_list,
            similar_list=similar_list,
            question=question,
            system=columns.system,
            status_columns=(
                *(cell.name for cell in columns.statuses if not cell.is_attribute),
                *sorted(columns.telling),
            ),
            encoding=table.encoding,
        )


def _refuse_unclear(stage: import_stage.Stage, table: CsvTable) -> None:
    """Raise UnclearStatuses for values of which nobody knows whether people with them are mailed."""
    with connection.cursor() as cursor:
        stage.run(cursor, queries.UNCLEAR_STATUSES, {"most": MOST_UNCLEAR})
        values = tuple((*text.split("=", 1), count) for text, count in cursor.fetchall())
    if not values:
        return
    listing = ", ".join(f"{column} “{value}” ({count:,})" for column, value, count in values)
    column, value, _count = values[0]
    example = f"{column}={value}"
    raise UnclearStatuses(
        f"{table.title} may say who gets no mail, in words that are not known: {listing}. Say who is mailed with"
        f" --active “{example}”, who is not with --left “{example}”, or that a column says something else with --map"
        f" “{column}=attributes.{column}”.",
        values,
    )


def _similar_list(into: MailingList) -> str:
    """Return the list whose short name is nearly that of a new one, "" for none: it may be a slip."""
    slugs = MailingList.objects.filter(publication=into.publication).values_list("slug", flat=True)
    return next(iter(get_close_matches(into.slug, slugs, n=1, cutoff=SIMILAR)), "")


def _large_loss(stage: import_stage.Stage, into: MailingList, table: CsvTable) -> str:
    """Return what to agree to where a large part of the list would get no mail: a wrong word may have said so."""
    with connection.cursor() as cursor:
        if not into.pk or not _is_anyone_gone(cursor, stage):
            return ""
        stage.run(cursor, queries.COUNT_LOSSES, {"list": into.pk})
        loss, active = cursor.fetchone()
    if loss < LARGE_LOSS or loss * LARGE_PART < active:
        return ""
    return f"{loss:,} of the {active:,} people on this list would get no mail any more, by what {table.title} says."


def _put_on_list(
    stage: import_stage.Stage,
    into: MailingList,
    table: CsvTable,
    *,
    after: int,
    dry_run: bool,
    problems_to: TextIO | None,
) -> ImportReport:
    with transaction.atomic(), connection.cursor() as cursor:
        # Room to sort and hash a million rows without the disk; for this transaction only.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING_LOCK])
        _judge(cursor, stage, into)
        list_id = into.pk or store_list(into).pk
        stage.run(cursor, queries.CHANGE_KNOWN, {"list": list_id})
        updated_count = int(cursor.fetchone()[0])
        added_count = _add(cursor, stage, list_id)
        taken_off_count = _take_off(cursor, stage, list_id)
        stage.run(cursor, queries.COUNT_FATES)
        problem_count, kept_out_count, good, unconfirmed_count, left_count, bounced_count, complained_count = (
            cursor.fetchone()
        )
        report = ImportReport(
            added_count,
            updated_count,
            good - added_count - updated_count,
            _first(cursor, stage.query(queries.FIRST_PROBLEMS)),
            _first(cursor, stage.query(queries.FIRST_KEPT_OUT)),
            problem_count,
            kept_out_count,
            resumed_at=after if after > 1 else 0,
            dry_run=dry_run,
            left_count=left_count,
            unconfirmed_count=unconfirmed_count,
            bounced_count=bounced_count,
            complained_count=complained_count,
            taken_off_count=taken_off_count,
            departures=_first(cursor, stage.query(queries.FIRST_GONE)),
        )
        if problems_to is not None:
            _write_problems(cursor, stage, table, problems_to)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _close(cursor, stage, report)
    if dry_run:
        stage.forget()
    return report


def _judge(cursor: Any, stage: import_stage.Stage, into: MailingList) -> None:
    """Mark what is there twice, and who left or must not get mail; suppress who bounced or complained."""
    stage.run(cursor, queries.ANALYZE_STAGE)
    stage.run(cursor, queries.MARK_REPEATED)
    stage.run(cursor, queries.KEEP_OUT_SUPPRESSED)
    cursor.execute(queries.HAS_ERASED_PEOPLE)
    if cursor.fetchone()[0]:
        inner, outer = erasure_hashes.padded_keys()
        stage.run(cursor, queries.KEEP_OUT_ERASED, {"inner": inner, "outer": outer})
    if _is_anyone_gone(cursor, stage):
        stage.run(cursor, queries.SUPPRESS_GONE, _cause(stage))
        stage.run(cursor, queries.KEEP_OUT_GONE)
    if into.pk:
        stage.run(cursor, queries.KEEP_OUT_LEFT, {"list": into.pk})
    stage.run(cursor, queries.FIND_KNOWN)


def _cause(stage: import_stage.Stage) -> dict[str, str]:
    """Return what a suppression, or a subscription that ended, says of the import that it comes from."""
    return {"how": f"import {stage.record.pk}", "source": IMPORT}


def _is_anyone_gone(cursor: Any, stage: import_stage.Stage) -> bool:
    stage.run(cursor, queries.IS_ANYONE_GONE)
    return bool(cursor.fetchone()[0])


def _take_off(cursor: Any, stage: import_stage.Stage, list_id: int) -> int:
    """Store who left, and return how many of them were on the list here."""
    if not _is_anyone_gone(cursor, stage):
        return 0
    stage.run(cursor, queries.CONFIRM_LEFT, {"list": list_id, "own": [*OWN_HAND, IMPORT]})
    stage.run(cursor, queries.TAKE_OFF, {"list": list_id, **_cause(stage)})
    count = int(cursor.rowcount)
    stage.run(cursor, queries.STORE_LEFT, {"list": list_id, **_cause(stage)})
    return count


def _add(cursor: Any, stage: import_stage.Stage, list_id: int) -> int:
    """Put those on the list who are not on it, and return how many."""
    try:
        with transaction.atomic():
            stage.run(cursor, queries.ADD_SUBSCRIBERS)
            stage.run(cursor, queries.SUBSCRIBE, {"list": list_id})
    except IntegrityError:  # someone came of their own accord since we looked
        stage.run(cursor, f"{queries.ADD_SUBSCRIBERS} {queries.ON_CONFLICT_SKIP}")
        stage.run(cursor, f"{queries.SUBSCRIBE} {queries.ON_CONFLICT_SKIP}", {"list": list_id})
    return int(cursor.rowcount)


def _close(cursor: Any, stage: import_stage.Stage, report: ImportReport) -> None:
    """Leave a record of the import, and drop its rows."""
    Import.objects.filter(pk=stage.record.pk).update(
        state=Import.State.DONE,
        added=report.added,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=report.problem_count,
        kept_out=report.kept_out_count,
        left_count=report.left_count,
        unconfirmed_count=report.unconfirmed_count,
        bounced_count=report.bounced_count,
        complained_count=report.complained_count,
        updated_at=timezone.now(),
    )
    stage.run(cursor, queries.DROP_STAGE)
    for announce in ANNOUNCE.get().values():
        announce(stage.record.pk)


def _first(cursor: Any, query: str) -> tuple[RowProblem, ...]:
    cursor.execute(query, {"most": MOST_NAMED})
    return tuple(RowProblem(row, message) for row, message in cursor.fetchall())


def _write_problems(cursor: Any, stage: import_stage.Stage, table: CsvTable, to: TextIO) -> None:
    with connection.wrap_database_errors, cursor.copy(stage.query(queries.COPY_PROBLEMS)) as copy:
        copy.set_types(["int8", "text"])
        problem_files.write(copy.rows(), table, to)
