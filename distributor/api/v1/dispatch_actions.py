"""What can be done with a dispatch: an operation for each row of the table that desk and command line are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, create_model

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.parameters import Body, Id, Name, row_of
from distributor.api.v1.schemas.dispatches import Dispatch, answers, complete
from distributor.delivery import actions
from distributor.delivery.models import Dispatch as DispatchRow
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.variants.concerns import AccountConcern
from distributor.domain.dispatch_actions import ACTIONS, Action, Argument
from distributor.letters.models import Publication
from distributor.time_words import parse_time

router = Router(tags=["Dispatches"])

TIME_HELP: Final = "With a zone, or as people write it on the publication's clock"
TIME_EXAMPLES: Final = ["2026-12-01T09:00:00+09:00", "tomorrow 9:00"]
_EXAMPLES: Final = {
    "choice": ["5.7.1"],
    "text": ["In case you missed it"],
    "url": ["https://network.example/posts/7"],
}


class Concern(Schema):
    """What whoever approves should know of the account that it goes out through."""

    dispatch: int = Field(examples=[41])
    channel: str = Field(examples=["twitter"])
    level: str = Field(description="note, warning or refuse.", examples=["warning"])
    message: str = Field(examples=["This account can't show pictures."])


class ActionAnswer(Schema):
    """What was done."""

    dispatch: Dispatch = Field(description="As it is now. A resend makes another one: that is it.")
    sentence: str = Field(description="What was done, and when it goes out.", examples=["Approved. It goes out now."])
    notes: list[str] = Field(description="What was decided on the way.", examples=[[]])
    concerns: list[Concern] = Field(examples=[[]])
    further: list[str] = Field(
        description="Arguments of this action that were not given and would change something.", examples=[[]]
    )


class OfferArgument(Schema):
    """What an action takes."""

    name: str = Field(examples=["at"])
    kind: str = Field(description="time, url, flag, text or choice.", examples=["time"])
    required: bool = Field(examples=[True])
    help: str = Field(examples=["A time on the publication’s clock, or so long from now."])
    choices: list[str] = Field(description="Of a choice: the values that there are.", examples=[[]])


class Offer(Schema):
    """Something that can be done with a dispatch now."""

    name: str = Field(description="The last part of its address.", examples=["reschedule"])
    label: str = Field(examples=["Change the time"])
    help: str = Field(examples=["Give it another time."])
    scope: str = Field(description="What a token needs for it.", examples=["dispatches:write"])
    permitted: bool = Field(description="Whether this token has that.", examples=[True])
    question: str = Field(description="What a person has to agree to first, empty for nothing.", examples=[""])
    arguments: list[OfferArgument]


@operation(
    router, "GET", "/dispatches/{dispatch_id}/offers", id="dispatches.offers", summary="What can be done with it now",
    scope="dispatches:read", returns=list[Offer],
)  # fmt: skip
def list_offers(request: ApiRequest, dispatch_id: Id) -> list[Offer]:
    row = row_of(request, complete(DispatchRow.objects.all()), dispatch_id)
    return [
        Offer(
            name=offer.action.name,
            label=offer.action.label,
            help=offer.action.help,
            scope=scope_of(offer.action),
            permitted=scope_of(offer.action) in request.auth.scopes,
            question=offer.question,
            arguments=[_offer_argument(argument) for argument in offer.action.arguments],
        )
        for offer in actions.offers(row, role=request.auth.role)
    ]


def scope_of(action: Action) -> str:
    """Return what a token needs for an action."""
    return "dispatches:approve" if action.approves else "dispatches:write"


def concern_of(concern: AccountConcern) -> Concern:
    """Return a concern as answers have it."""
    return Concern(**concern.to_json())


def moment_of(text: str, publication: Publication) -> tuple[datetime, str]:
    """Return a time as it was written, and what was decided on the way, "" for nothing. Raises BadTime."""
    time = parse_time(text, now=timezone.now(), zone=zone_of(publication))
    return time.at, time.note


def _offer_argument(argument: Argument) -> OfferArgument:
    return OfferArgument(
        name=argument.name,
        kind=argument.kind,
        required=argument.required,
        help=argument.help,
        choices=[value for value, _ in argument.choices if value],
    )


def _body(action: Action) -> type[Body]:
    """Return the schema of what an action takes: its arguments, and the agreement to its question."""
    fields: dict[str, Any] = {argument.name: _field(argument) for argument in action.arguments}
    if action.confirm:
        fields["confirmed"] = (
            bool,
            Field(False, description="A person agreement to what its question says.", examples=[True]),
        )
    name = "".join(part.capitalize() for part in action.name.split("-"))
    return create_model(name, __base__=Body, __doc__=action.help, **fields)


def _field(argument: Argument) -> tuple[Any, Any]:
    if argument.kind == "flag":
        return bool, Field(False, description=argument.help, examples=[True])
    default = ... if argument.required else ""
    if argument.kind == "time":
        return Name, Field(default, description=f"{TIME_HELP}.", examples=TIME_EXAMPLES)
    # The action itself says of a longer address that it is none.
    return Name, Field(default, description=argument.help, examples=_EXAMPLES[argument.kind])


def _add(action: Action) -> None:
    """Make the operation of one action."""
    body_type = _body(action)

    def act(request: ApiRequest, dispatch_id: Id, body: Any = None) -> ActionAnswer:
        row = row_of(request, DispatchRow.objects.select_related("publication"), dispatch_id)
        values = (body or body_type()).model_dump()
        agreement = values.pop("confirmed", False)
        notes: list[str] = []
        for argument in action.arguments:
            if argument.kind == "time":
                values[argument.name], decision = moment_of(values[argument.name], row.publication)
                notes += filter(None, [decision])
        result = actions.perform(
            action.name, row.pk, role=request.auth.role, actor=request.auth.actor, confirmed=agreement, **values
        )
        note(request, subject=f"dispatch {row.pk}", publication=row.publication)
        after = complete(DispatchRow.objects.all()).get(pk=result.dispatch.pk)
        return ActionAnswer(
            dispatch=answers([after])[0],
            sentence=result.sentence,
            notes=notes,
            concerns=[concern_of(concern) for concern in result.concerns],
            further=[argument.name for argument in result.further],
        )

    optional = not any(argument.required for argument in action.arguments)
    act.__annotations__ = {"request": ApiRequest, "dispatch_id": Id, "body": body_type, "return": ActionAnswer}
    act.__defaults__ = (body_type(),) if optional else None
    act.__doc__ = None
    operation(
        router,
        "POST",
        f"/dispatches/{{dispatch_id}}/{action.name}",
        id=f"dispatches.{action.name.replace('-', '_')}",
        summary=action.help,
        scope=scope_of(action),
        returns=ActionAnswer,
    )(act)


for _action in ACTIONS.values():
    _add(_action)
