"""How one person stands with the lists of a mail, and how they take back that they left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from distributor.audience.actions import reactivate
from distributor.audience.causes import OWN_HAND
from distributor.audience.models import MailingList, Subscription
from distributor.audience.suppression import is_suppressed


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether someone is on one of some lists now, was on one, gets no mail whatever lists they are on, may come back.

    Who may come back left by their own hand last, and is not suppressed.
    """

    is_on: bool = False
    was_on: bool = False
    is_suppressed: bool = False
    may_return: bool = False


def membership(subscriber_key: UUID, lists: Iterable[MailingList]) -> Membership:
    """Return how someone stands with these lists. Nobody, such as a person who was erased, was never on one."""
    subscriptions = list(_subscriptions(subscriber_key, lists))
    if not subscriptions:
        return Membership()
    no_mail = is_suppressed(subscriptions[0].subscriber.email)
    is_on = any(subscription.state == Subscription.State.ACTIVE for subscription in subscriptions)
    may_return = not no_mail and bool(_ended_by_hand(subscriptions))
    return Membership(is_on=is_on, was_on=True, is_suppressed=no_mail, may_return=may_return)


@transaction.atomic
def come_back(subscriber_key: UUID, lists: Iterable[MailingList]) -> int:
    """Take back someone's last leaving of these lists: put back what it ended, exactly as it was; return how much.

    Nothing where an event from outside ended it, or for an address that is suppressed. Doing it again changes nothing.
    """
    subscriptions = list(_subscriptions(subscriber_key, lists).select_for_update(of=("self",)))
    if not subscriptions or is_suppressed(subscriptions[0].subscriber.email):
        return 0
    return reactivate([subscription.pk for subscription in _ended_by_hand(subscriptions)])


def _subscriptions(subscriber_key: UUID, lists: Iterable[MailingList]) -> QuerySet[Subscription]:
    subscriptions = Subscription.objects.filter(subscriber__key=subscriber_key, list__in=list(lists))
    return subscriptions.select_related("subscriber").order_by("pk")


def _ended_by_hand(subscriptions: Sequence[Subscription]) -> list[Subscription]:
    """Return those that the last leaving by the person's own hand ended: all of one leaving have its moment."""
    departures = [
        (subscription, moment) for subscription in subscriptions if (moment := _left_by_hand_at(subscription))
    ]
    last = max((moment for _, moment in departures), default=None)
    return [subscription for subscription, moment in departures if moment == last]


def _left_by_hand_at(subscription: Subscription) -> datetime | None:
    by_hand = subscription.state == Subscription.State.LEFT and subscription.left_source in OWN_HAND
    return subscription.left_at if by_hand else None
