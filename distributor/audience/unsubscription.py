"""Leaving lists, for whoever only knows numbers: the mail that came back names a dispatch and a subscriber."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience.models import MailingList, Subscriber, Subscription


def lists_to_leave(subscriber: int, dispatch: int | None) -> list[MailingList]:
    """Return the lists that this dispatch went to; where they are not known (any more), all of the subscriber's."""
    lists = MailingList.objects.select_related("publication").order_by("name")
    went_to = list(lists.filter(dispatches__pk=dispatch)) if dispatch is not None else []
    return went_to or list(lists.filter(subscriptions__subscriber=subscriber))


def dispatch_with(key: UUID) -> int | None:
    """Return the number of the mail dispatch with this key, None where there is none."""
    dispatch_id: int | None = (
        MailingList.objects.filter(dispatches__key=key).values_list("dispatches__pk", flat=True).first()
    )
    return dispatch_id


def leave_all_lists(emails: Iterable[str], *, how: str) -> int:
    """Take these people, whatever the case of their addresses, off all lists; return how many subscriptions ended."""
    addresses = {email.lower() for email in emails}
    people = Subscriber.objects.alias(lowered=Lower("email")).filter(lowered__in=addresses)
    return Subscription.objects.filter(subscriber__in=people, state=Subscription.State.ACTIVE).update(
        state=Subscription.State.LEFT, left_at=timezone.now(), left_how=how[:100]
    )
