"""One person's rights: to see everything that is stored about them, and to be erased.

Other apps keep things about people too (deliveries, what came back). They fill `KEEPERS` with how to show
and to forget these, since this app knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from distributor.audience import erasure_hashes, import_stage, queries
from distributor.audience.imports import ERASING_LOCK
from distributor.audience.models import Engagement, HeldRefusal, Subscriber, Subscription, Suppression, with_address
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.ports import NamedPort


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about: the address as it was given, and the subscriber's number, None for no subscriber."""

    email: str
    subscriber: int | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure found: whether there was a subscriber, and on how many lists they were active."""

    subscriber: bool
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Keeper:
    """What an app keeps about people: `tell` returns it as JSON values, `forget` removes it or its address.

    Both find it by address or subscriber number. `forget` runs in the erasure's transaction, before the subscriber is
    gone; rows that hold no more than the number can stay, since it leads nowhere then.
    """

    tell: Callable[[Person], Any]
    forget: Callable[[Person], None]


KEEPERS: NamedPort[Keeper] = NamedPort()


def stored_data(email: str) -> dict[str, Any]:
    """Return everything that is stored about one person, as JSON values. Raises BadInput where that is nothing."""
    person, subscriber = _find(email)
    data: dict[str, Any] = {"email": person.email, **(_subscriber(subscriber) if subscriber else {})}
    suppression = _suppressions(person.email).first()
    if suppression is not None:
        data["suppression"] = {
            "reason": suppression.reason,
            "detail": suppression.detail,
            "source": suppression.source,
            "dispatch": suppression.dispatch_id,
            "since": suppression.created_at.isoformat(),
            "address_kept": suppression.email is not None,
        }
    held_rows = with_address(HeldRefusal.objects.select_related("burst"), person.email)
    if held_refusals := [
        {"detail": row.detail, "source": row.source, "dispatch": row.burst.dispatch_id, "at": row.at.isoformat()}
        for row in held_rows
    ]:
        data["held_refusals"] = held_refusals
    data |= {name: report for name, keeper in KEEPERS.get().items() if (report := keeper.tell(person))}
    if len(data) == 1:
        raise BadInput(f"Nothing is stored about {person.email}.")
    return data


@transaction.atomic
def erase(email: str) -> Erasure:
    """Erase one person, whether they are a subscriber or only suppressed; doing it again changes nothing.

    The ledger keeps its numbers: deliveries hold the subscriber's number only, and that leads nowhere any more. Of the
    address a keyed hash stays as a suppression (`erasure_hashes`), so that no import brings the person back; their own
    request does (`actions.subscribe`). Raises BadInput for what is no address.
    """
    person, subscriber = _find(email)
    with connection.cursor() as cursor:
        # An import that has looked for the erased already must be over, and the next one has to see this.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASING_LOCK])
        for stage in import_stage.open_stages():
            stage.run(cursor, queries.ERASE_STAGED, {"email": person.email})
    subscriber = with_address(Subscriber.objects.all(), person.email).first()  # an import may have just brought them in
    person = Person(person.email, subscriber.pk if subscriber else None)
    for keeper in KEEPERS.get().values():
        keeper.forget(person)
    with_address(HeldRefusal.objects.all(), person.email).delete()
    active = subscriber.subscriptions.filter(state=Subscription.State.ACTIVE).count() if subscriber else 0
    if subscriber is not None:
        subscriber.delete()
    _store_hash(person.email)
    return Erasure(subscriber is not None, active)


def _store_hash(email: str) -> None:
    first, *_ = erasure_hashes.hashes(email)
    suppressions = _suppressions(email)
    if suppressions.filter(digest__isnull=False).exists():
        suppressions.filter(digest__isnull=True).delete()
    elif not suppressions.update(email=None, digest=first, detail="", source="", dispatch_id=None):
        Suppression.objects.create(digest=first, reason=Suppression.Reason.ERASED)


def _find(email: str) -> tuple[Person, Subscriber | None]:
    normal = normal_address(email)
    if normal is None:
        raise BadInput(f"“{email[:80]}” is not a mail address.")
    subscriber = with_address(Subscriber.objects.all(), normal).first()
    return Person(normal, subscriber.pk if subscriber else None), subscriber


def _suppressions(email: str) -> QuerySet[Suppression]:
    ids = {suppression.pk for suppression in with_address(Suppression.objects.all(), email)}
    return Suppression.objects.filter(Q(digest__in=erasure_hashes.hashes(email)) | Q(pk__in=ids))


def _subscriber(subscriber: Subscriber) -> dict[str, Any]:
    data: dict[str, Any] = {
        "email": subscriber.email,
        "name": subscriber.name,
        "language": subscriber.language,
        "time_zone": subscriber.time_zone,
        "attributes": subscriber.attributes,
        "tags": subscriber.tags,
        "key": str(subscriber.key),
        "created_at": subscriber.created_at.isoformat(),
        "subscriptions": [
            {
                "publication": subscription.list.publication.slug,
                "list": subscription.list.slug,
                "state": subscription.state,
                "cadence": subscription.cadence,
                "created_at": subscription.created_at.isoformat(),
                "since": subscription.since.isoformat(),
                "left_at": subscription.left_at and subscription.left_at.isoformat(),
                "left_how": subscription.left_how,
                "left_source": subscription.left_source,
                "left_dispatch": subscription.left_dispatch_id,
                "left_again_at": subscription.left_again_at and subscription.left_again_at.isoformat(),
            }
            for subscription in subscriber.subscriptions.select_related("list__publication").order_by("pk")
        ],
    }
    if consents := [
        {
            "publication": consent.list.publication.slug,
            "list": consent.list.slug,
            "at": consent.at.isoformat(),
            "how": consent.how,
            "recorded_at": consent.recorded_at.isoformat(),
        }
        for consent in subscriber.consents.select_related("list__publication").order_by("pk")
    ]:
        data["consents"] = consents
    engagement = Engagement.objects.filter(subscriber=subscriber).first()
    if engagement is not None:
        data["engagement"] = {
            "opens": engagement.opens,
            "clicks": engagement.clicks,
            "last_open_at": engagement.last_open_at and engagement.last_open_at.isoformat(),
            "last_click_at": engagement.last_click_at and engagement.last_click_at.isoformat(),
        }
    return data
