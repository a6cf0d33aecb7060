"""What is kept here about one person: what became of each mail to them."""

from __future__ import annotations

from typing import Any

from distributor.audience.privacy import Person
from distributor.delivery.models import Attempt, Delivery, Dispatch


def tell(person: Person) -> list[dict[str, Any]]:
    """Return their deliveries as JSON values, the oldest first."""
    if person.subscriber is None:
        return []
    # By dispatch, since the ledger has no index by person: it would cost more than all else at every mail.
    mails = Dispatch.objects.filter(spread_from__isnull=False)
    deliveries = Delivery.objects.filter(dispatch__in=mails, subscriber_id=person.subscriber).select_related(
        "dispatch__letter", "dispatch__digest", "dispatch__publication"
    )
    return [
        {
            "mail": delivery.dispatch.title,
            "dispatch": delivery.dispatch_id,
            "publication": delivery.dispatch.publication.slug,
            "outcome": delivery.outcome,
            "detail": delivery.detail,
            "at": delivery.at.isoformat(),
        }
        for delivery in deliveries.order_by("at")
    ]


def forget(person: Person) -> None:
    """Take out what servers said, which may hold the address; the outcomes count on."""
    if person.subscriber is None:
        return
    mails = Dispatch.objects.filter(spread_from__isnull=False)
    Delivery.objects.filter(dispatch__in=mails, subscriber_id=person.subscriber).update(detail="")
    Attempt.objects.filter(dispatch__in=mails, subscriber_id=person.subscriber).update(reason="")
