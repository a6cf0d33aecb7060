"""What feeds and doors ask: which letter an entry or an arrival is."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, row_of
from distributor.api.problems import ProblemError
from distributor.api.v1.intake_doors import Arrival, arrival_answer
from distributor.domain.errors import BadInput
from distributor.letters.models import Letter
from distributor.newsroom import arrivals, door_actions, feed_actions, feed_entries, feed_reports
from distributor.newsroom.models import Arrival as ArrivalRow
from distributor.newsroom.models import FeedEntry, IntakeRules
from distributor.people import api_tokens

router = Router(tags=["Feeds"])


class FeedQuestion(Schema):
    """An entry of a feed that a person is asked about."""

    id: int
    at: datetime = Field(description="When it was seen first.")
    kind: str = Field(description="unclear: say which letter it is; news: approve its letter's dispatches; failed.")
    title: str = Field(examples=["What the fog horn knows"])
    letter: int | None = Field(None, description="The letter that it is.")
    reason: str = Field(description="Why it asks, or what was done.")


class LetterChoice(Body):
    """Which letter it is: one that is there, corrected, or one of its own. Give one of the two."""

    corrects: int | None = Field(None, ge=1, le=2**53, examples=[3])
    is_new: bool = False


@operation(
    router, "GET", "/feeds/{feed_id}/entries", id="feeds.entries", summary="The entries of a feed that ask",
    scope="publications:read", returns=Page[FeedQuestion],
)  # fmt: skip
def list_entries(
    request: ApiRequest, response: HttpResponse, feed_id: Id, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[FeedQuestion]:
    feed = row_of(request, feed_actions.feeds(), feed_id)
    page, next_cursor = page_rows(
        request, response, feed_reports.open_questions().filter(feed=feed), cursor=cursor, limit=limit
    )
    return Page[FeedQuestion](items=[_entry(row) for row in page], next=next_cursor)


@operation(
    router, "POST", "/feeds/{feed_id}/entries/{entry_id}/answer", id="feeds.answer",
    summary="Say which letter an entry is", scope="letters:write", returns=FeedQuestion,
)  # fmt: skip
def answer_entry(request: ApiRequest, feed_id: Id, entry_id: Id, body: LetterChoice) -> FeedQuestion:
    """A letter of its own is news, and goes by the feed's rules: where they let it go out, the token has to approve."""
    feed = row_of(request, feed_actions.feeds(), feed_id)
    if not feed.entries.filter(pk=entry_id).exists():
        raise ProblemError("not-found", "There is nothing of that id here.")
    letter = _letter(request, feed, body)
    row = feed_entries.answer(entry_id, corrects=letter, actor=request.auth.user_name, now=timezone.now())
    note(request, subject=f"feed {feed.pk}", publication=feed.publication, entry=entry_id, letter=row.letter_id)
    return _entry(row)


@operation(
    router, "POST", "/doors/{door_id}/arrivals/{arrival_id}/answer", id="doors.answer",
    summary="Say which letter an arrival is", scope="letters:write", returns=Arrival,
)  # fmt: skip
def answer_arrival(request: ApiRequest, door_id: Id, arrival_id: Id, body: LetterChoice) -> Arrival:
    """A letter of its own is news, and goes by the door's rules: where they let it go out, the token has to approve."""
    door = row_of(request, door_actions.doors(), door_id)
    if not door.arrivals.filter(pk=arrival_id).exclude(state=ArrivalRow.State.REFUSED).exists():
        raise ProblemError("not-found", "There is nothing of that id here.")
    letter = _letter(request, door, body)
    row = arrivals.answer(arrival_id, corrects=letter, actor=request.auth.user_name)
    note(request, subject=f"door {door.pk}", publication=door.publication, arrival=arrival_id, letter=row.letter_id)
    return arrival_answer(row)


def _letter(request: ApiRequest, rules: IntakeRules, body: LetterChoice) -> Letter | None:
    """Return the letter that is corrected, None for one of its own, which may go out by these rules."""
    if (body.corrects is None) != body.is_new:
        raise BadInput("Give one of the two: “corrects” with a letter’s number, or “is_new”: true.")
    if body.corrects is not None:
        return row_of(request, Letter.objects.select_related("publication"), body.corrects)
    if rules.approve:
        api_tokens.require(request.auth, "dispatches:approve")
    return None


def _entry(row: FeedEntry) -> FeedQuestion:
    return FeedQuestion(
        id=row.pk, at=row.noted_at, kind=row.kind, title=row.title, letter=row.letter_id, reason=row.reason
    )
