"""A person's places on lists: put on, taken off, and how often."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field, StringConstraints

from distributor.api.authentication import ApiRequest, check_publication, publication_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.parameters import Body, Id, Slug, Text
from distributor.api.problems import ProblemError
from distributor.api.v1.people import person_row, stored_person
from distributor.api.v1.schemas.people import (
    PLACEMENT_WORDS,
    Cadence,
    NewSubscriptions,
    Placement,
    SubscriptionState,
    subscription_state,
)
from distributor.audience import actions
from distributor.audience.causes import PROGRAM, Cause
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.subscriptions import PersonDraft, store_people

router = Router(tags=["People"])

Reason = Annotated[Text, StringConstraints(max_length=80)]
BY_PROGRAM = "taken off by a program"  # as `left_how` says it


class Subscriptions(Schema):
    """A person's places on lists."""

    items: list[SubscriptionState]


class Placements(Subscriptions):
    """A person's places on lists, and what became of those that were asked for."""

    placements: dict[str, Placement] = Field(description=PLACEMENT_WORDS, examples=[{"readers": "added"}])


class Departure(Schema):
    """Where somebody is not on a list any more."""

    was_on: bool = Field(description="Whether they were on it until now.")


class Preference(Schema):
    """How often somebody gets a publication's letters."""

    publication: str = Field(examples=["lantern"])
    cadence: Cadence
    lists: list[str] = Field(description="The lists that they are on.", examples=[["readers"]])


class Preferences(Schema):
    """Of each publication whose letters they get."""

    items: list[Preference]


class PreferenceChange(Body):
    """How often, from now on, on all lists of a publication that they are on."""

    publication: Slug = Field("", description="Needed where there are several.")
    cadence: Cadence


@operation(
    router, "GET", "/people/{uuid:key}/subscriptions", id="subscriptions.list", summary="The lists of a person",
    scope="people:read", returns=Subscriptions,
)  # fmt: skip
def list_subscriptions(request: ApiRequest, key: UUID) -> Subscriptions:
    return Subscriptions(items=_states(request, person_row(request, key)))


@operation(
    router, "POST", "/people/{uuid:key}/subscriptions", id="subscriptions.create", summary="Put a person on lists",
    scope="people:write", returns=Placements,
)  # fmt: skip
def create_subscriptions(request: ApiRequest, key: UUID, body: NewSubscriptions, publication: Slug = "") -> Placements:
    row = person_row(request, key)
    publication_row = publication_of(request, publication)
    lists = actions.find_lists(publication_row, body.lists)
    cadence = Subscription.Cadence(body.cadence) if body.cadence else None
    draft = PersonDraft(email=row.email, lists=lists, consent=body.consent.agreement(), cadence=cadence)
    (result,) = store_people([draft], actor=request.auth.actor)
    stored_person(result)
    placements = {mailing_list.slug: result.placements[mailing_list.pk] for mailing_list in lists}
    note(request, subject=f"person {key}", publication=publication_row, lists=placements)
    return Placements(items=_states(request, row), placements=placements)


@operation(
    router, "DELETE", "/people/{uuid:key}/subscriptions/{list_id}", id="subscriptions.delete",
    summary="Take a person off a list", scope="people:write", returns=Departure,
)  # fmt: skip
def delete_subscription(
    request: ApiRequest,
    key: UUID,
    list_id: Id,
    why: Reason = "",
) -> Departure:
    """They stay gone until they agree anew. Doing it again changes nothing. `why`, for whoever looks later."""
    row = person_row(request, key)
    mailing_list = MailingList.objects.select_related("publication").filter(pk=list_id).first()
    if mailing_list is None:
        raise ProblemError("not-found", f"There is no list {list_id} here.")
    check_publication(request, mailing_list.publication)
    count = actions.unsubscribe(row.key, lists=[mailing_list], how=why or BY_PROGRAM, cause=Cause(PROGRAM))
    note(request, subject=f"person {key}", publication=mailing_list.publication, list=mailing_list.slug)
    return Departure(was_on=bool(count))


@operation(
    router, "GET", "/people/{uuid:key}/preferences", id="preferences.show", summary="How often a person gets letters",
    scope="people:read", returns=Preferences,
)  # fmt: skip
def show_preferences(request: ApiRequest, key: UUID) -> Preferences:
    return _preferences(request, person_row(request, key))


@operation(
    router, "PATCH", "/people/{uuid:key}/preferences", id="preferences.update", scope="people:write",
    returns=Preferences, summary="Let a person have a publication's letters each by itself, daily or weekly",
)  # fmt: skip
def update_preferences(request: ApiRequest, key: UUID, body: PreferenceChange) -> Preferences:
    row = person_row(request, key, lock=True)
    check_match(request, _preferences(request, row))
    publication = publication_of(request, body.publication)
    count = actions.set_cadence(row.key, publication=publication, cadence=Subscription.Cadence(body.cadence))
    if not count:
        raise ProblemError("conflict", f"They are on no list of {publication.name}.")
    note(request, subject=f"person {key}", publication=publication, cadence=body.cadence)
    return _preferences(request, row)


def _subscriptions(request: ApiRequest, person: Subscriber) -> list[Subscription]:
    rows = Subscription.objects.filter(subscriber=person).select_related("list__publication").order_by("pk")
    if request.auth.publication is not None:
        rows = rows.filter(list__publication=request.auth.publication)
    return list(rows)


def _states(request: ApiRequest, person: Subscriber) -> list[SubscriptionState]:
    return [subscription_state(row) for row in _subscriptions(request, person)]


# The most frequent of several lists is what they get: each letter comes by itself where any list has it so.
_FREQUENCY: tuple[Cadence, ...] = ("each letter", "daily", "weekly")


def _preferences(request: ApiRequest, person: Subscriber) -> Preferences:
    by_publication: dict[str, list[Subscription]] = defaultdict(list)
    for row in _subscriptions(request, person):
        if row.state == Subscription.State.ACTIVE:
            by_publication[row.list.publication.slug].append(row)
    return Preferences(
        items=[
            Preference(
                publication=slug,
                cadence=next(cadence for cadence in _FREQUENCY if any(row.cadence == cadence for row in rows)),
                lists=[row.list.slug for row in rows],
            )
            for slug, rows in sorted(by_publication.items())
        ]
    )
