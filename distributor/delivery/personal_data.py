"""What is kept here about one person: what became of each mail to them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience.privacy import Person
from distributor.delivery.models import Attempt, Delivery, Dispatch, TransactionalMail


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


def tell_transactional(person: Person) -> list[dict[str, Any]]:
    """Return the transactional mails to their address as JSON values, the oldest first."""
    return [
        {
            "publication": mail.publication.slug,
            "template": mail.template,
            "state": mail.state,
            "at": mail.created_at.isoformat(),
            "said": mail.reason,
        }
        for mail in _transactional_mails(person).select_related("publication").order_by("pk")
    ]


def forget_transactional(person: Person) -> None:
    """Take their address and all that was said out of the transactional mails; what still waits is not sent."""
    mails = _transactional_mails(person)
    mails.filter(state__in=("waiting", "sending")).update(state="failed", settled_at=timezone.now(), leased_until=None)
    texts = ("email", "name", "subject", "html", "text", "reason", "returned_reason", "own_id", "fingerprint")
    mails.update(**dict.fromkeys(texts, ""))


def _transactional_mails(person: Person) -> QuerySet[TransactionalMail]:
    return TransactionalMail.objects.alias(folded=Lower("email")).filter(folded=person.email.lower())
