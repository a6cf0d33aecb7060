"""Imports: a table of people put on a list, tried first, with answers to what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Final, Literal, TextIO, cast

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Id, Slug, Text, row_of
from distributor.api.problems import ProblemError
from distributor.api.streams import FileAnswer, stream_documentation
from distributor.audience import import_summary
from distributor.audience.actions import find_or_build_list
from distributor.audience.import_rows import Reading, read_answers, read_mapping
from distributor.audience.imports import ImportReport, import_subscribers
from distributor.audience.models import Import as ImportRow
from distributor.audience.text_encodings import codec_of
from distributor.domain.errors import BadInput, UnclearStatuses
from distributor.letters.models import Publication
from distributor.request_bodies import MEGABYTE, BodyLimit
from distributor.stored_streams import file_answer

router = Router(tags=["Imports"])

LARGEST: Final = BodyLimit(64 * MEGABYTE, editors_only=True)
_BLOCK: Final = 64 * 1024
Answers = list[Annotated[Text, Field(max_length=500)]]


class ImportOrder(Schema):
    """How the table is to be read, and onto which list its people go."""

    list: Slug = Field(min_length=1, description="Its short name; it is made where it is not there.")
    publication: Slug = ""
    name: Text = Field("table.csv", max_length=200, description="The file's, as people know it.")
    map: Answers = Field([], max_length=200, description="COLUMN=FIELD, as “distributor subscribers import” has it.")
    active: Answers = Field([], max_length=200, description="VALUE or COLUMN=VALUE of people who get mail.")
    left: Answers = Field([], max_length=200, description="VALUE or COLUMN=VALUE of people who get none.")
    encoding: Text = Field("", max_length=40, description="As in cp949, where it is not told rightly.")
    confirmed: bool = Field(False, description="Also where it takes a large part of the list from it.")

    def reading(self) -> Reading:
        """Return how the table is read. Raises BadInput."""
        encoding = codec_of(self.encoding) if self.encoding else ""
        return Reading(read_mapping(self.map), read_answers(self.active, self.left), encoding)


class TriedImportOrder(ImportOrder):
    """An import that may be tried."""

    dry_run: bool = Field(False, description="Say what would happen, and store nothing.")


class RowProblem(Schema):
    """A row, and what is said of it."""

    row: int = Field(description="As a spreadsheet counts: the header is row 1.")
    message: str


class Report(Schema):
    """What became of the rows; the first thousand of each kind are named."""

    added: int
    updated: int
    unchanged: int
    problem_count: int
    problems: list[RowProblem]
    kept_out_count: int = Field(description="Who left here before, and is not brought back.")
    kept_out: list[RowProblem]
    left_count: int
    unconfirmed_count: int
    bounced_count: int
    complained_count: int
    taken_off_count: int
    departures: list[RowProblem]
    resumed_at: int = Field(description="After which row an interrupted import went on; 0 where it was none.")
    dry_run: bool
    system: str = Field(description="Whose export it seems to be.", examples=["Mailchimp"])
    status_columns: list[str]
    encoding: str
    list_slug: str
    is_new_list: bool
    similar_list: str
    question: str = Field(description="What the import itself asks: send it with “confirmed” once a person agrees.")
    sentences: list[str] = Field(description="The same for people.")


class Import(Schema):
    """An import that is running, was interrupted, or is done."""

    id: int
    publication: str
    list: str
    name: str
    state: Literal["reading", "done"]
    row: int = Field(description="The last row that was read so far.")
    staged: int = Field(description="How many rows wait until all are read.")
    added: int
    updated: int
    unchanged: int
    refused: int
    kept_out: int
    created_at: datetime
    updated_at: datetime


_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A CSV file, gzipped or not; its first row names the columns, one of them “email”.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


@operation(
    router, "POST", "/imports", id="imports.create", summary="Put the people of a table on a list, or try it",
    scope="people:write", returns=Report, atomic=False, body_limit=LARGEST, extra=_FILE,
)  # fmt: skip
def create_import(request: ApiRequest, order: Query[TriedImportOrder]) -> Report:
    """All good rows, or nothing. Values that may say who gets no mail are asked about (422, with “questions”).

    It answers when it is done: `imports.list` shows it meanwhile. Interrupted, the same request goes on from there.
    """
    publication = publication_of(request, order.publication)
    report = _import(request, publication, order, dry_run=order.dry_run)
    note(
        request,
        subject=f"list {report.list_slug}",
        publication=publication,
        dry_run=report.dry_run,
        added=report.added,
        updated=report.updated,
        problems=report.problem_count,
    )
    sentences = [*import_summary.origin(report), import_summary.destination(report), import_summary.departures(report)]
    return Report.model_validate({**report.to_json(), "sentences": [sentence for sentence in sentences if sentence]})


@operation(
    router, "POST", "/imports/problems", id="imports.problems", scope="people:write", returns=None, atomic=False,
    audited=False, body_limit=LARGEST, summary="The rows of a table whose people get no mail, whole, and why",
    extra={**stream_documentation("text/csv"), **_FILE},
)  # fmt: skip
def show_problems(request: ApiRequest, order: Query[ImportOrder]) -> FileAnswer:
    """A dry run: mended, the rows can be imported again."""
    publication = publication_of(request, order.publication)
    with NamedTemporaryFile("w+", encoding="utf-8", newline="", prefix="distributor-problems-") as file:
        _import(request, publication, order, dry_run=True, problems_to=cast("TextIO", file))
        file.seek(0)
        blocks = iter(lambda: file.read(_BLOCK), "")
        return file_answer(blocks, "text/csv; charset=utf-8", file_name="problems.csv")


@operation(
    router, "GET", "/imports", id="imports.list", summary="Imports, the latest first", scope="people:read",
    returns=Page[Import],
)  # fmt: skip
def list_imports(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Import]:
    rows = ImportRow.objects.select_related("publication").filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Import](items=[_row_as_read(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/imports/{int:import_id}", id="imports.show", summary="How far an import is", scope="people:read",
    returns=Import,
)  # fmt: skip
def show_import(request: ApiRequest, import_id: Id) -> Import:
    return _row_as_read(row_of(request, ImportRow.objects.select_related("publication"), import_id))


def _import(
    request: ApiRequest,
    publication: Publication,
    order: ImportOrder,
    *,
    dry_run: bool,
    problems_to: TextIO | None = None,
) -> ImportReport:
    try:
        with _on_disk(request) as path:
            return import_subscribers(
                path,
                into=find_or_build_list(publication, order.list),
                name=order.name,
                reading=order.reading(),
                dry_run=dry_run,
                confirmed=order.confirmed,
                problems_to=problems_to,
            )
    except UnclearStatuses as error:
        questions = [{"column": column, "value": value, "rows": count} for column, value, count in error.values]
        sentence = (
            "Some values may say who gets no mail: send it again with “active” or “left” for each of “questions”."
        )
        raise ProblemError("bad-input", sentence, questions=questions) from None


@contextmanager
def _on_disk(request: ApiRequest) -> Iterator[Path]:
    """Give a body a path for as long as it is read: what goes on later is known by a file's content."""
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    if media_type not in ("text/csv", "application/gzip", "application/octet-stream"):
        raise BadInput("Send “Content-Type: text/csv”, and the file as the body.")
    with NamedTemporaryFile(prefix="distributor-import-") as copy:
        while block := request.read(_BLOCK):
            copy.write(block)
        copy.flush()
        yield Path(copy.name)


def _row_as_read(row: ImportRow) -> Import:
    values = {name: getattr(row, name) for name in Import.model_fields if name not in ("id", "publication", "list")}
    return Import.model_validate({**values, "id": row.pk, "publication": row.publication.slug, "list": row.list_slug})
