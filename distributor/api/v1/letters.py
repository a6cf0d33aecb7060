"""Letters: taken in, found, read and changed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, NameFilter, row_of
from distributor.api.v1 import letter_filters
from distributor.api.v1.dispatch_queue import QueueAnswer, QueueRequest, check_scopes, queue_as_asked, queue_new
from distributor.api.v1.letter_filters import LetterFilters
from distributor.api.v1.schemas import letters as schemas
from distributor.api.v1.schemas.letters import Letter, LetterChange, NewLetter
from distributor.domain.draft_gaps import gap_fields
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.letters import actions, edits, omissions
from distributor.letters.actions import Intake
from distributor.letters.intake.submissions import Submission, read_submission
from distributor.letters.models import Letter as LetterRow
from distributor.letters.models import Publication
from distributor.request_bodies import FORM_ROOM, BodyLimit

router = Router(tags=["Letters"])

# JSON writes some characters in six: that much more than the text itself may have.
TEXT_BODY: Final = BodyLimit(schemas.LONGEST_TEXT + FORM_ROOM, editors_only=True)


class LetterRequest(NewLetter):
    """A letter, and how it is to go out where that is wanted at once."""

    queue: QueueRequest | None = Field(None, description="Queue it in the same step; needs `dispatches:write`.")


class LetterIntake(Schema):
    """What became of a letter that was sent."""

    letter: Letter
    created: bool = Field(description="Whether it is a new one; else it was there, and says what was sent now.")
    missing: list[str] = Field(description="What was neither said nor found.", examples=[["editor_note"]])
    queue: QueueAnswer | None = Field(description="What it is queued for; null where that was not asked.")


class LeftOutPiece(Body):
    """A piece of `left_out`, as its caller saw it."""

    what: NameFilter = Field(examples=["comments"])


@operation(
    router, "POST", "/letters", id="letters.create", summary="Take in a letter", scope="letters:write",
    returns=LetterIntake, status=HTTPStatus.CREATED, responses={HTTPStatus.OK: LetterIntake}, body_limit=TEXT_BODY,
)  # fmt: skip
def create(request: ApiRequest, response: HttpResponse, body: LetterRequest) -> Status[LetterIntake]:
    """The same `id`, or the same address, is the same letter: it is brought up to date, and the answer is 200.

    Where it is not sure which letter it is, nothing is stored: send it again with `corrects` or `is_new`. With `queue`
    it is queued as well, or neither is done.
    """
    check_request(request, body)
    publication = publication_of(request, body.publication)
    draft = read_submission(submission_of(body))
    intake, queue = store(request, body, publication, draft)
    letter = schemas.new_answer(intake.new) if intake.new is not None else letter_answer(intake.letter.pk)
    note(request, subject=f"letter {letter.id}", publication=publication, **record_of(intake.created, queue))
    response.headers["Location"] = f"/api/v1/letters/{letter.id}"
    answer = LetterIntake(letter=letter, created=intake.created, missing=list(gap_fields(draft)), queue=queue)
    return Status(HTTPStatus.CREATED if intake.created else HTTPStatus.OK, answer)


def check_request(request: ApiRequest, body: LetterRequest) -> None:
    """Raise NotPermitted and BadInput for what can't be asked."""
    if body.queue is not None:
        check_scopes(request, body.queue)
    if body.corrects is not None and body.is_new:
        raise BadInput("“corrects” and “is_new” are two answers to one question: give one of them.")


def store(
    request: ApiRequest, body: LetterRequest, publication: Publication, draft: Draft
) -> tuple[Intake, QueueAnswer | None]:
    """Take in what was read of a letter, and queue it where that is asked. Raises what either does."""
    corrects = (
        row_of(request, LetterRow.objects.select_related("publication"), body.corrects) if body.corrects else None
    )
    edits.check_picture(draft.image_url, publication)
    intake = actions.take_in(
        draft,
        publication=publication,
        actor=request.auth.user_name,
        origin=body.url or origin(request),
        corrects=corrects,
        is_new=body.is_new,
    )
    if body.queue is None:
        return intake, None
    if intake.created:
        return intake, queue_new([intake.letter], publication, body.queue, by=request.auth.as_actor)[0]
    return intake, queue_as_asked(intake.letter, body.queue, by=request.auth.as_actor, is_update=True)


def record_of(created: bool, queue: QueueAnswer | None) -> dict[str, Any]:
    """Return what the record says of a letter that was taken in."""
    details = {"dispatches": [dispatch.id for dispatch in queue.dispatches]} if queue is not None else {}
    return {"created": created, **details}


@operation(
    router, "GET", "/letters", id="letters.list", summary="Letters, the newest first", scope="letters:read",
    returns=Page[schemas.LetterItem], sparse=True,
)  # fmt: skip
def list_letters(
    request: ApiRequest,
    response: HttpResponse,
    filters: Query[LetterFilters],
    fields: Annotated[
        str,
        Query(max_length=1000, description="Fields to have, with commas; else all but html, text and left_out."),
    ] = "",
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> object:
    rows = letter_filters.rows(request, filters)
    names = letter_filters.field_names(fields)
    page, next_cursor = page_rows(request, response, schemas.complete(rows), cursor=cursor, limit=limit)
    # As plain values: what ninja reads from a schema has all of its members, also those that were not set.
    return {"items": [schemas.item(row, names) for row in page], "next": next_cursor}


@operation(
    router, "GET", "/letters/{letter_id}", id="letters.show", summary="One letter", scope="letters:read",
    returns=Letter,
)  # fmt: skip
def show(request: ApiRequest, letter_id: Id) -> Letter:
    return schemas.answer(row_of(request, schemas.complete(LetterRow.objects.all()), letter_id))


@operation(
    router, "PATCH", "/letters/{letter_id}", id="letters.update", summary="Change a letter", scope="letters:write",
    returns=Letter, body_limit=TEXT_BODY,
)  # fmt: skip
def update(request: ApiRequest, letter_id: Id, body: LetterChange) -> Letter:
    """What changes is the letter's next version. What is approved already goes out as it was approved.

    A letter that is taken in again says what its source says then.
    """
    row = row_of(request, LetterRow.objects.select_related("publication"), letter_id)
    fields = schemas.letter_fields(body)
    submission = Submission(fields, body.html or "", body.markdown or "")
    if not submission.has_text and {"html", "markdown"} & body.model_fields_set:
        raise BadInput("A letter needs a text: give html or markdown, or leave both out.")
    # Read before anything is locked, and with what the letter is called.
    text = read_submission(_with_title(submission, row)) if submission.has_text else None
    LetterRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
    check_match(request, letter_answer(row.pk))
    version = edits.edit_letter(row, fields, text=text, actor=request.auth.user_name, origin=origin(request))
    changes = version.changes if version else []
    note(request, subject=f"letter {row.pk}", publication=row.publication, changes=changes)
    return letter_answer(row.pk)


@operation(
    router, "POST", "/letters/{letter_id}/left-out/{number}", id="letters.put_back",
    summary="Put back what was left out", scope="letters:write", returns=Letter,
)  # fmt: skip
def put_back(
    request: ApiRequest, letter_id: Id, number: Annotated[int, Field(ge=0, le=10_000)], body: LeftOutPiece
) -> Letter:
    """`number` is the piece's place in `left_out`, from 0. It stands where it stood, or at the letter's end."""
    row = row_of(request, LetterRow.objects.select_related("publication"), letter_id)
    omissions.put_back(row, number, body.what, actor=request.auth.user_name, origin=origin(request))
    note(request, subject=f"letter {row.pk}", publication=row.publication, piece=body.what)
    return letter_answer(row.pk)


def submission_of(body: NewLetter) -> Submission:
    """Return a letter as intake takes it."""
    fields = schemas.letter_fields(body)
    if body.id:
        fields["id"] = body.id
    if body.slug:
        fields["slug"] = body.slug
    return Submission(fields, body.html or "", body.markdown or "", body.url, copies=body.copy_pictures)


def _with_title(submission: Submission, row: LetterRow) -> Submission:
    """Have a new text read for a letter whose title is known; one in the text itself is no heading of it then."""
    title = submission.fields.get("title") or row.title
    fields = {"canonical_url": row.canonical_url, **submission.fields, "title": title}
    return Submission(fields, submission.html, submission.markdown)  # type: ignore[arg-type]


def letter_answer(pk: int) -> Letter:
    """Return a letter as it is now."""
    return schemas.answer(schemas.complete(LetterRow.objects.all()).get(pk=pk))


def origin(request: ApiRequest) -> str:
    """Say where a change comes from that a program made."""
    return f"the API, by the token “{request.auth.token_name}”"
