"""What came back about mails: read, decided about, and undone. It is of all publications."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from distributor.api.authentication import ApiRequest, require_all_publications
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Moment, Text
from distributor.api.problems import ProblemError
from distributor.api.reversals import reverse
from distributor.api.v1.schemas.reversals import Reversal, ReversalAnswer, ReversalOrder, reversal_as_read
from distributor.audience import held_bursts, held_people
from distributor.audience.models import HeldBurst as HeldBurstRow
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.domain.returns import Kind
from distributor.insights import decisions, unproven_events
from distributor.insights.models import ReturnedEvent
from distributor.insights.models import Reversal as ReversalRow

router = Router(tags=["Returns"])

SUBJECT = "What comes back"
PlainId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class EventFilter(Schema):
    """Which events: all that is given has to be so."""

    model_config = ConfigDict(use_enum_values=True)

    kind: Kind | None = None
    source: Text = Field("", max_length=32, examples=["dsn"])
    dispatch: PlainId | None = Field(None, description="About the mails of this dispatch.")
    since: Moment | None = Field(None, description="Came in from then on.")
    undecided: bool = Field(False, description="Only those that are not proven, and wait for a person.")


class Event(Schema):
    """Something that came back about one recipient."""

    model_config = ConfigDict(use_enum_values=True)

    id: int
    kind: Kind
    source: str = Field(examples=["dsn"])
    email: str = Field(description="Empty where nobody can tell, or for who was erased.")
    dispatch: int | None
    status: str = Field(examples=["5.1.1"])
    reason: str = Field(examples=["User unknown"])
    proven: bool = Field(description="Anyone may have written what is not: it has moved nobody.")
    decision: str = Field(description="What a person decided: acted on, ignored, or nothing yet.")
    consequence: str = Field(description="What acting on it does; empty for nothing.")
    at: datetime
    received_at: datetime


class EventFacts(Event):
    """All that is known of an event that is not proven."""

    facts: dict[str, str] = Field(description="In words, by their names.")
    mail: dict[str, str] = Field(description="What came in, by its parts.")


class EventDecision(Body):
    """What to do with events that are not proven."""

    ids: list[PlainId] = Field(min_length=1, max_length=500)
    decision: Literal["act on", "ignore"]
    confirmed: bool = False


class DecidedEvents(Schema):
    """What was decided, and why it was not for others."""

    decided: list[int]
    problems: list[str]


class HeldBurst(Schema):
    """A burst of refusals whose people are suppressed once a person says so."""

    id: int
    dispatch: int
    domain: str = Field(description="Empty for the mail server's own.")
    tries: int
    refusals: int
    example: str = Field(examples=["550 5.1.1 User unknown"])
    since: datetime
    people: int
    headline: str
    details: str


class HeldBursts(Schema):
    """Those that wait for a decision."""

    items: list[HeldBurst]


class BurstDecision(Body):
    """Suppress everyone whom a burst holds, or nobody."""

    decision: Literal["suppress", "drop"]
    confirmed: bool = False


class DecidedBurst(Schema):
    """What was decided, and about how many."""

    id: int
    decision: str
    people: int


@operation(
    router, "GET", "/returns", id="returns.list", summary="What came back, the latest first", scope="returns:read",
    returns=Page[Event],
)  # fmt: skip
def list_returns(
    request: ApiRequest,
    response: HttpResponse,
    scope: Query[EventFilter],
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Event]:
    require_all_publications(request, SUBJECT)
    rows = unproven_events.undecided() if scope.undecided else ReturnedEvent.objects.all()
    conditions = {
        "kind": scope.kind,
        "source": scope.source or None,
        "dispatch_id": scope.dispatch,
        "received_at__gte": scope.since,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Event](items=[Event.model_validate(_values(row)) for row in page], next=next_cursor)


@operation(
    router, "GET", "/returns/{int:event_id}", id="returns.show", summary="An event that is not proven, with its mail",
    scope="returns:read", returns=EventFacts,
)  # fmt: skip
def show_return(request: ApiRequest, event_id: Id) -> EventFacts:
    require_all_publications(request, SUBJECT)
    try:
        facts = unproven_events.facts(event_id)
    except BadInput as error:
        raise ProblemError("not-found", str(error)) from None
    texts = {name: str(text) for name, text in facts.mail.items()}
    return EventFacts.model_validate({**_values(facts.event), "facts": dict(facts.lines), "mail": texts})


@operation(
    router, "POST", "/returns/decide", id="returns.decide", summary="Act on events that are not proven, or ignore them",
    scope="returns:write", returns=DecidedEvents,
)  # fmt: skip
def decide_returns(request: ApiRequest, body: EventDecision) -> DecidedEvents:
    require_all_publications(request, SUBJECT)
    if body.decision == "act on" and not body.confirmed:
        raise ConfirmationNeeded(unproven_events.question(body.ids))
    decide = decisions.act_on if body.decision == "act on" else decisions.ignore
    result = unproven_events.decide_each(body.ids, decide, actor=request.auth.actor)
    note(request, subject="returned events", decision=body.decision, ids=result.ids)
    return DecidedEvents(decided=result.ids, problems=result.problems)


@operation(
    router, "POST", "/returns/undo", id="returns.undo", summary="Undo what events did", scope="returns:write",
    returns=ReversalAnswer,
)  # fmt: skip
def undo_returns(request: ApiRequest, body: ReversalOrder) -> ReversalAnswer:
    """Lift suppressions, and put back subscriptions that they ended. Try it with `dry_run` first."""
    require_all_publications(request, SUBJECT)
    return reverse(request, body, suppressions_only=False)


@operation(
    router, "GET", "/returns/undone", id="returns.undone", summary="What was undone, the latest first",
    scope="returns:read", returns=Page[Reversal],
)  # fmt: skip
def list_reversals(
    request: ApiRequest, response: HttpResponse, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Reversal]:
    require_all_publications(request, SUBJECT)
    page, next_cursor = page_rows(request, response, ReversalRow.objects.all(), cursor=cursor, limit=limit)
    return Page[Reversal](items=[reversal_as_read(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/held-bursts", id="held_bursts.list", summary="Bursts of refusals that wait for a decision",
    scope="returns:read", returns=HeldBursts,
)  # fmt: skip
def list_held_bursts(request: ApiRequest) -> HeldBursts:
    require_all_publications(request, SUBJECT)
    return HeldBursts(items=[_burst(row) for row in held_bursts.open_bursts()])


@operation(
    router, "POST", "/held-bursts/{int:burst_id}/decide", id="held_bursts.decide", scope="returns:write",
    returns=DecidedBurst, summary="Suppress everyone whom a burst holds, or nobody",
)  # fmt: skip
def decide_held_burst(request: ApiRequest, burst_id: Id, body: BurstDecision) -> DecidedBurst:
    require_all_publications(request, SUBJECT)
    try:
        count = held_bursts.people(burst_id)
    except BadInput as error:
        raise ProblemError("not-found", str(error)) from None
    choice = HeldBurstRow.Decision.SUPPRESSED if body.decision == "suppress" else HeldBurstRow.Decision.DROPPED
    if body.decision == "suppress" and not body.confirmed:
        raise ConfirmationNeeded(held_people.question(count))
    count = held_bursts.decide(burst_id, choice, actor=request.auth.actor)
    note(request, subject=f"held burst {burst_id}", decision=body.decision, people=count)
    return DecidedBurst(id=burst_id, decision=choice.value, people=count)


def _values(row: ReturnedEvent) -> dict[str, object]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "source": row.source,
        "email": row.email,
        "dispatch": row.dispatch_id,
        "status": row.status,
        "reason": row.reason,
        "proven": row.certain,
        "decision": row.decision,
        "consequence": decisions.consequence(row),
        "at": row.at,
        "received_at": row.received_at,
    }


def _burst(row: HeldBurstRow) -> HeldBurst:
    return HeldBurst(
        id=row.pk,
        dispatch=row.dispatch_id,
        domain=row.domain,
        tries=row.tries,
        refusals=row.refusal_count,
        example=row.example,
        since=row.began_at,
        people=row.refusals.count(),
        headline=held_people.headline(row),
        details=held_people.details(row),
    )
