"""Queueing a letter, and withdrawing all of it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from itertools import islice
from typing import Annotated, Final

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.parameters import Body, Id, Name, row_of
from distributor.api.v1.dispatch_actions import TIME_EXAMPLES, TIME_HELP, Concern, concern_of, moment_of
from distributor.api.v1.schemas.dispatches import Dispatch, answers, complete, new_answers
from distributor.audience import segments
from distributor.audience.actions import find_lists
from distributor.delivery import withdrawal
from distributor.delivery.models import Dispatch as DispatchRow
from distributor.delivery.planning.queue import QueueOptions, QueueResult, queue_letter, queue_new_letters
from distributor.delivery.variants import concerns
from distributor.domain.planning import LONGEST_HOLD_MINUTES, LONGEST_SPREAD_HOURS
from distributor.domain.roles import Actor
from distributor.letters.models import Letter, Publication
from distributor.newsroom import intake_rules
from distributor.newsroom.intake_rules import RuleSettings
from distributor.people import api_tokens

router = Router(tags=["Dispatches"])

APPROVAL_SCOPE: Final = "dispatches:approve"
QUEUE_SCOPE: Final = "dispatches:write"


class QueueRequest(Body):
    """How a letter is to go out; what is left out is as the publication and the letter's share bar have it."""

    channels: Annotated[list[Name], Field(max_length=50)] = Field(
        [], description="These instead of the share bar's.", examples=[["mail", "twitter", "link"]]
    )
    at: Name = Field("", description=f"{TIME_HELP}; else now.", examples=TIME_EXAMPLES)
    next_slot: bool = Field(
        False, description="Instead of a time: each channel goes out at its next slot that is free.", examples=[False]
    )
    hold_minutes: int | None = Field(
        None, ge=0, le=LONGEST_HOLD_MINUTES, description="For how long it can be taken back.", examples=[10]
    )
    lists: Annotated[list[Name], Field(max_length=100)] = Field(
        [], description="Mailing lists, by their short names; else the only one.", examples=[["readers"]]
    )
    segment: Name = Field("", description="Only those on the lists who are in it then.", examples=["seoul"])
    spread_hours: int = Field(
        0, ge=0, le=LONGEST_SPREAD_HOURS, description="Let mail go out evenly over so many hours.", examples=[0]
    )
    approve: bool = Field(
        False,
        description=f"Approve it at once, for which a token needs {APPROVAL_SCOPE}; else drafts.",
        examples=[False],
    )


AS_IT_IS: Final = QueueRequest.model_validate({})  # as publication and share bar have it


class QueueAnswer(Schema):
    """The dispatches that were planned, in the order they go out."""

    dispatches: list[Dispatch]
    notes: list[str] = Field(
        description="What was decided on the way, and what was queued before and stays as it is.", examples=[[]]
    )
    concerns: list[Concern] = Field(
        description="Of what was approved: what its accounts can't do for it.", examples=[[]]
    )


class WithdrawRequest(Body):
    """How a letter is withdrawn."""

    recall: bool = Field(False, description="Also delete what is out at the networks.", examples=[True])
    confirmed: bool = Field(False, description="A person agreed to what the question says.", examples=[True])


STOP: Final = WithdrawRequest.model_validate({})


class WithdrawalAnswer(Schema):
    """What became of a letter's dispatches."""

    summary: str = Field(examples=["Stopped: 2. Being deleted: 1."])
    dispatches: list[Dispatch] = Field(description="Which were cancelled, and which are being deleted.")
    kept: list[str] = Field(description="A sentence on each that is out.", examples=[["Mail → Readers is out."]])


@operation(
    router, "POST", "/letters/{letter_id}/dispatches", id="letters.queue", summary="Queue a letter",
    scope=QUEUE_SCOPE, returns=QueueAnswer, status=HTTPStatus.CREATED, responses={HTTPStatus.OK: QueueAnswer},
)  # fmt: skip
def queue(
    request: ApiRequest,
    response: HttpResponse,
    letter_id: Id,
    body: QueueRequest = AS_IT_IS,
) -> Status[QueueAnswer]:
    """Plan its dispatches. What it was queued for before stays as it is; where nothing is new the answer is 200."""
    check_scopes(request, body)
    letter = row_of(request, Letter.objects.select_related("publication"), letter_id)
    answer = queue_as_asked(letter, body, by=request.auth.as_actor)
    ids = [dispatch.id for dispatch in answer.dispatches]
    note(request, subject=f"letter {letter.pk}", publication=letter.publication, dispatches=ids, approve=body.approve)
    response.headers["Location"] = f"/api/v1/dispatches?letter={letter.pk}"
    return Status(HTTPStatus.CREATED if ids else HTTPStatus.OK, answer)


def check_scopes(request: ApiRequest, body: QueueRequest) -> None:
    """Raise NotPermitted where a token may not queue like this."""
    api_tokens.require(request.auth, QUEUE_SCOPE)
    if body.approve:
        api_tokens.require(request.auth, APPROVAL_SCOPE)


def queue_as_asked(letter: Letter, body: QueueRequest, *, by: Actor, is_update: bool = False) -> QueueAnswer:
    """Plan a letter's dispatches as a request says (`is_update`: see `queue_letter`); return what became of it."""
    # What is sent again and names nothing goes nowhere else, whatever its feed or door has chosen since.
    has_no_rules = is_update and letter.dispatches.exists()
    rules = RuleSettings() if has_no_rules else intake_rules.of_letter(letter)
    options, decision = _options(letter.publication, body, rules, by)
    result = queue_letter(
        letter,
        at=options.at,
        hold_minutes=options.hold_minutes,
        channels=options.channels,
        lists=options.lists,
        segment=options.segment,
        spread_hours=options.spread_hours,
        approve=options.approve,
        next_slot=options.next_slot,
        is_update=is_update,
        by=by,
    )
    return _queue_answers([result], body, decision)[0]


def queue_new(
    letters: Sequence[Letter], publication: Publication, body: QueueRequest, *, by: Actor
) -> list[QueueAnswer]:
    """Do the same for letters that were stored just now, in this transaction: they came by no feed and no door."""
    options, decision = _options(publication, body, RuleSettings(), by)
    return _queue_answers(queue_new_letters(letters, options), body, decision)


def _options(publication: Publication, body: QueueRequest, rules: RuleSettings, by: Actor) -> tuple[QueueOptions, str]:
    """Return what a request and the letter's rules choose, and how its time was understood where that is to be said."""
    at, decision = moment_of(body.at, publication) if body.at else (None, "")
    segment = body.segment or rules.segment
    options = QueueOptions(
        at=at,
        hold_minutes=body.hold_minutes,
        channels=tuple(dict.fromkeys(body.channels or rules.channels)),
        lists=tuple(find_lists(publication, body.lists or rules.lists)),
        segment=segments.find(publication, segment) if segment else None,
        spread_hours=body.spread_hours,
        approve=body.approve,
        next_slot=body.next_slot,
        by=by,
    )
    return options, decision


def _queue_answers(results: Sequence[QueueResult], body: QueueRequest, decision: str) -> list[QueueAnswer]:
    rows = iter(new_answers([dispatch for result in results for dispatch in result.dispatches]))
    return [
        QueueAnswer(
            dispatches=list(islice(rows, len(result.dispatches))),
            notes=[*filter(None, [decision]), *result.notes],
            # Looking at accounts renders each variant: that is for whoever approves, and not for drafts.
            concerns=[concern_of(concern) for concern in concerns.of_dispatches(result.dispatches)]
            if body.approve
            else [],
        )
        for result in results
    ]


@operation(
    router, "POST", "/letters/{letter_id}/withdraw", id="letters.withdraw",
    summary="Stop everything of a letter that is not out", scope="dispatches:write", role="editor",
    returns=WithdrawalAnswer,
)  # fmt: skip
def withdraw(request: ApiRequest, letter_id: Id, body: WithdrawRequest = STOP) -> WithdrawalAnswer:
    """Where something would be stopped or deleted, a person has to agree first."""
    letter = row_of(request, Letter.objects.select_related("publication"), letter_id)
    result = withdrawal.withdraw(letter, recall=body.recall, confirmed=body.confirmed, actor=request.auth.actor)
    note(request, subject=f"letter {letter.pk}", publication=letter.publication, recall=body.recall)
    return WithdrawalAnswer(
        summary=result.summary,
        dispatches=_answers([dispatch.pk for dispatch in result.dispatches]),
        kept=list(result.kept),
    )


def _answers(ids: list[int]) -> list[Dispatch]:
    rows = complete(DispatchRow.objects.all()).in_bulk(ids)
    return answers(rows[number] for number in ids)
