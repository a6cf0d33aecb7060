"""Leaving lists: which ones a mail leads out of, for links that hold keys and returns that hold numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience.causes import Cause
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.person_events import PersonEvent, PersonEvents, announce


def lists_to_leave(subscriber: int | UUID, dispatch: int | UUID | None) -> list[MailingList]:
    """Return the lists that a mail went to, of those that the person is or was on; both by number or by key.

    A digest goes to all lists of a publication, and the names of the others are nobody's business. Where they are not
    known any more (an old mail, a list that is gone) it is every list that the person is or was on:
    a link to leave never fails to do so.
    """
    all_lists = MailingList.objects.select_related("publication").order_by("name")
    of_person = {_by("subscriptions__subscriber", subscriber): subscriber}
    of_dispatch = {_by("dispatches", dispatch): dispatch}
    lists_of_person = all_lists.filter(**of_person)
    if dispatch is None:
        return list(lists_of_person)
    went_to = all_lists.filter(**of_dispatch)
    return list(lists_of_person.filter(**of_dispatch)) or list(went_to) or list(lists_of_person)


def _by(relation: str, identity: int | UUID | None) -> str:
    return f"{relation}__key" if isinstance(identity, UUID) else f"{relation}__pk"


def dispatch_with(key: UUID) -> int | None:
    """Return the number of the mail dispatch with this key, None where there is none."""
    dispatch_id: int | None = (
        MailingList.objects.filter(dispatches__key=key).values_list("dispatches__pk", flat=True).first()
    )
    return dispatch_id


@transaction.atomic
def leave_all_lists(causes: Mapping[str, Cause], *, how: str) -> int:
    """Take people off all lists, each by their address (whatever its case) and for a cause; return how many ended."""
    causes_by_address = {email.lower(): cause for email, cause in causes.items()}
    people = Subscriber.objects.alias(lowered=Lower("email")).filter(lowered__in=causes_by_address)
    active = Subscription.objects.filter(subscriber__in=people, state=Subscription.State.ACTIVE)
    rows = active.select_for_update(of=("self",)).order_by("pk").values_list("pk", "subscriber__email")
    ids_by_cause: dict[Cause, list[int]] = {}
    for id_, email in rows:
        ids_by_cause.setdefault(causes_by_address[email.lower()], []).append(id_)
    return sum(_leave(ids, how, cause) for cause, ids in ids_by_cause.items())


def _leave(ids: Collection[int], how: str, cause: Cause) -> int:
    subscriptions = Subscription.objects.filter(pk__in=ids)
    count = subscriptions.update(
        state=Subscription.State.LEFT,
        left_at=cause.at or timezone.now(),
        left_how=how[:100],
        left_source=cause.source,
        left_dispatch_id=cause.dispatch,
    )
    announce(PersonEvents(PersonEvent.LEFT, subscriptions, how=how))
    return count
