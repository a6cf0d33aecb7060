"""Addresses that get no mail any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience import erasure_hashes
from distributor.audience.causes import IMPORT, UNKNOWN, Cause
from distributor.audience.column_names import field_of
from distributor.audience.csv_files import BadRow, CsvTable, Source, line, open_rows, open_table
from distributor.audience.import_rows import RowProblem
from distributor.audience.models import Suppression, with_address
from distributor.audience.person_events import PersonEvent, PersonEvents, announce
from distributor.audience.text_encodings import UNREADABLE, label
from distributor.domain.errors import BadInput, BadTable
from distributor.domain.mail_addresses import normal_address
from distributor.domain.mail_statuses import plain
from distributor.row_groups import row_groups

DETAIL_LENGTH = 300  # the column of audience_suppression
MOST_NAMED = 1_000
_EVENTS = {
    Suppression.Reason.HARD_BOUNCE: PersonEvent.BOUNCED,
    Suppression.Reason.WORN_OUT: PersonEvent.BOUNCED,
    Suppression.Reason.COMPLAINT: PersonEvent.COMPLAINED,
}
REASONS = tuple(reason.value for reason in Suppression.Reason if reason is not Suppression.Reason.ERASED)


@dataclass(frozen=True, slots=True)
class SuppressionsReport:
    """What became of a file of suppressions; `problems` are the first thousand, `problem_count` says how many."""

    added: int
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    problem_count: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def suppress(addresses: Iterable[tuple[str, str]], *, reason: Suppression.Reason, cause: Cause = UNKNOWN) -> int:
    """Suppress (address, detail) pairs and return how many are new; one that is suppressed already stays as it is.

    Of a person who was erased nothing is stored again: they get no mail as it is.
    """
    return add_suppressions(suppression(email, detail, reason=reason, cause=cause) for email, detail in addresses)


def suppression(email: str, detail: str, *, reason: Suppression.Reason, cause: Cause) -> Suppression:
    """Return a suppression that is not stored yet."""
    return Suppression(
        email=email,
        reason=reason,
        detail=detail[:DETAIL_LENGTH],
        source=cause.source,
        dispatch_id=cause.dispatch,
        created_at=cause.at or timezone.now(),
    )


@transaction.atomic
def add_suppressions(drafts: Iterable[Suppression]) -> int:
    """Store suppressions of addresses, of one address the last; otherwise as `suppress`."""
    suppressions = {str(draft.email).lower(): draft for draft in drafts}
    hashes = {digest: email for email in suppressions for digest in erasure_hashes.hashes(email)}
    existing_rows = Suppression.objects.alias(folded=Lower("email")).filter(
        Q(folded__in=suppressions) | Q(digest__in=hashes)
    )
    for email, digest in existing_rows.values_list("email", "digest"):
        suppressions.pop(email.lower() if email is not None else hashes[str(digest)], None)
    Suppression.objects.bulk_create(suppressions.values(), ignore_conflicts=True)
    _announce(suppressions.values())
    return len(suppressions)


def _announce(suppressions: Iterable[Suppression]) -> None:
    """Tell of who bounced or complained; what a person suppresses by hand is no news of the reader's."""
    details: dict[PersonEvent, dict[str, str]] = {}
    for row in suppressions:
        event = _EVENTS.get(Suppression.Reason(row.reason))
        if event is not None:
            details.setdefault(event, {})[str(row.email)] = row.detail
    for event, addresses in details.items():
        announce(PersonEvents(event, addresses=addresses))


def suppress_one(email: str, *, detail: str = "") -> bool:
    """Suppress one address by hand; return whether that is new. Raises BadInput for what is none."""
    normal = normal_address(email)
    if normal is None:
        raise BadInput(f"“{email[:80]}” is not a mail address.")
    return bool(suppress([(normal, detail)], reason=Suppression.Reason.MANUAL))


def is_suppressed(email: str) -> bool:
    """Whether an address gets no mail, also since it was a person's who was erased."""
    hashed_rows = Suppression.objects.filter(digest__in=erasure_hashes.hashes(email))
    return with_address(Suppression.objects.all(), email).exists() or hashed_rows.exists()


def standing(email: str) -> Suppression | None:
    """Return the suppression of an address, None where it gets mail."""
    return with_address(Suppression.objects.all(), email).first()


def reasons(emails: Collection[str]) -> dict[str, str]:
    """Return why these addresses get no mail, of those that get none, by address in lower case."""
    rows = Suppression.objects.alias(folded=Lower("email")).filter(folded__in={email.lower() for email in emails})
    return {str(email).lower(): reason for email, reason in rows.values_list("email", "reason")}


def lift(email: str) -> bool:
    """Let an address get mail again, also of a person who was erased; return whether it was suppressed."""
    addresses = {email.strip(), normal_address(email) or ""} - {""}  # the first for what an older version took in
    counts = [
        rows.delete()[0]
        for address in addresses
        for rows in (
            with_address(Suppression.objects.all(), address),
            Suppression.objects.filter(digest__in=erasure_hashes.hashes(address)),
        )
    ]
    return any(counts)


_STAGE = "CREATE TEMPORARY TABLE audience_suppressed (email text, reason text, detail text) ON COMMIT DROP"
_COPY = "COPY audience_suppressed (email, reason, detail) FROM STDIN"
_COUNT = "SELECT count(*) FROM audience_suppressed"
_KEEP = """
INSERT INTO audience_suppression (email, reason, detail, source, created_at)
SELECT DISTINCT ON (lower(i.email)) i.email, i.reason, i.detail, %(source)s, now() FROM audience_suppressed i
WHERE NOT EXISTS (
    SELECT 1 FROM unnest(%(inner)s::bytea[], %(outer)s::bytea[]) AS k(ipad, opad)
    JOIN audience_suppression x ON x.digest = {digest})
ON CONFLICT (lower(email)) DO NOTHING
""".replace("{digest}", erasure_hashes.SQL_HASH)


def import_suppressions(file: Source, *, name: str = "") -> SuppressionsReport:
    """Suppress the addresses of a CSV file: columns `email`, and where they are there `reason` and `detail`.

    A row without a reason is `manual`. All good rows or nothing; an address that is suppressed already stays as it is.
    Raises BadTable, and then nothing was stored.
    """
    problems: list[RowProblem] = []
    count = 0
    with open_table(file, name=name) as table, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            for row in _read(table):
                if isinstance(row, RowProblem):
                    count += 1
                    problems += [row] if count <= MOST_NAMED else []
                else:
                    copy.write_row(row)
        cursor.execute(_COUNT)
        good = int(cursor.fetchone()[0])
        inner, outer = erasure_hashes.padded_keys()
        cursor.execute(_KEEP, {"inner": inner, "outer": outer, "source": IMPORT})
        added_count = int(cursor.rowcount)
        cursor.execute("DROP TABLE audience_suppressed")  # a surrounding transaction may import another file
    return SuppressionsReport(added_count, good - added_count, tuple(problems), count)


def _read(table: CsvTable) -> Iterator[tuple[str, str, str] | RowProblem]:
    header, cells_of = open_rows(table)
    names = ["email" if field_of(cell) == "email" else plain(cell) for cell in header]
    places = {name: names.index(name) for name in ("email", "reason", "detail") if name in names}
    if "email" not in places:
        requirement = "its first row has to name email, and can name reason, detail"
        raise BadTable(f"{table.title} has no column “email”: {requirement}.")
    for number, cells in enumerate(cells_of, start=2):
        if isinstance(cells, BadRow):
            yield RowProblem(number, cells.message)
        elif any(cell.strip() for cell in cells):
            cell_texts: dict[str, str] = {
                name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()
            }
            yield _row(number, cell_texts, table)


def _row(number: int, cells: Mapping[str, str], table: CsvTable) -> tuple[str, str, str] | RowProblem:
    text = "".join(cells.values())
    if UNREADABLE in text:
        return RowProblem(number, f"holds bytes that are not {label(table.encoding)}")
    if "\0" in text:
        return RowProblem(number, "holds a character that can't be stored (NUL)")
    email_text = cells.get("email", "")
    email, reason = normal_address(email_text), cells.get("reason", "").lower() or Suppression.Reason.MANUAL.value
    if email is None:
        return RowProblem(number, f"“{email_text[:80]}” is not a mail address")
    if reason not in REASONS:
        return RowProblem(number, f"“{reason[:80]}” is not a reason: write {', '.join(REASONS)}")
    return email, reason, cells.get("detail", "")[:DETAIL_LENGTH]


def export_suppressions(*, raw: bool = False) -> Iterator[str]:
    """Yield CSV text row by row, the header first; the erased, of whom no address is kept, are left out.

    What a spreadsheet would take for a formula is harmless (`csv_cells`), unless `raw`.
    """
    yield line(["email", "reason", "detail", "created_at"])
    suppressions = Suppression.objects.filter(email__isnull=False)
    for group in row_groups(suppressions, 5_000, key=lambda row: row.pk):
        for row in group:
            yield line([str(row.email), row.reason, row.detail, row.created_at.isoformat()], raw=raw)
