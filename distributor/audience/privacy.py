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
from distributor.audience.actions import ERASING_LOCK
from distributor.audience.import_rows import address
from distributor.audience.models import Engagement, Subscriber, Subscription, Suppression, with_address
from distributor.domain.errors import BadInput
from distributor.ports import NamedPort


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about: the address as it was given, and the subscriber's number, None for no subscriber."""

    email: str
    subscriber: int | None


@dataclass(frozen=True, slots=True)
class Erased:
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


def everything_about(email: str) -> dict[str, Any]:
    """Return everything that is stored about one person, as JSON values. Raises BadInput where that is nothing."""
    person, one = _find(email)
    known: dict[str, Any] = {"email": person.email, **(_subscriber(one) if one else {})}
    suppressed = _suppressions(person.email).first()
    if suppressed is not None:
        known["suppression"] = {
            "reason": suppressed.reason,
            "detail": suppressed.detail,
            "since": suppressed.created_at.isoformat(),
            "address_kept": suppressed.email is not None,
        }
    known |= {name: told for name, keeper in KEEPERS.get().items() if (told := keeper.tell(person))}
    if len(known) == 1:
        raise BadInput(f"Nothing is stored about {person.email}.")
    return known


@transaction.atomic
def erase(email: str) -> Erased:
    """Erase one person, whether they are a subscriber or only suppressed; doing it again changes nothing.

    The ledger keeps its numbers: deliveries hold the subscriber's number only, and that leads nowhere any more. Of the
    address a keyed hash stays as a suppression (`erasure_hashes`), so that no import brings the person back; their own
    request does (`actions.subscribe`). Raises BadInput for what is no address.
    """
    person, one = _find(email)
    with connection.cursor() as cursor:
        # An import that has looked for the erased already must be over, and the next one has to see this.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASING_LOCK])
        for stage in import_stage.interrupted():
            stage.run(cursor, queries.ERASE_STAGED, {"email": person.email})
    one = with_address(Subscriber.objects.all(), person.email).first()  # an import may have just brought them in
    person = Person(person.email, one.pk if one else None)
    for keeper in KEEPERS.get().values():
        keeper.forget(person)
    active = one.subscriptions.filter(state=Subscription.State.ACTIVE).count() if one else 0
    if one is not None:
        one.delete()
    _keep_digest(person.email)
    return Erased(one is not None, active)


def _keep_digest(email: str) -> None:
    first, *_ = erasure_hashes.digests(email)
    known = _suppressions(email)
    if known.filter(digest__isnull=False).exists():
        known.filter(digest__isnull=True).delete()
    elif not known.update(email=None, digest=first, detail=""):
        Suppression.objects.create(digest=first, reason=Suppression.Reason.ERASED)


def _find(email: str) -> tuple[Person, Subscriber | None]:
    stored = address(email)
    if stored is None:
        raise BadInput(f"“{email[:80]}” is no mail address.")
    one = with_address(Subscriber.objects.all(), stored).first()
    return Person(stored, one.pk if one else None), one


def _suppressions(email: str) -> QuerySet[Suppression]:
    kept = {one.pk for one in with_address(Suppression.objects.all(), email)}
    return Suppression.objects.filter(Q(digest__in=erasure_hashes.digests(email)) | Q(pk__in=kept))


def _subscriber(one: Subscriber) -> dict[str, Any]:
    told: dict[str, Any] = {
        "email": one.email,
        "name": one.name,
        "language": one.language,
        "time_zone": one.time_zone,
        "attributes": one.attributes,
        "key": str(one.key),
        "created_at": one.created_at.isoformat(),
        "subscriptions": [
            {
                "publication": each.list.publication.slug,
                "list": each.list.slug,
                "state": each.state,
                "cadence": each.cadence,
                "created_at": each.created_at.isoformat(),
                "since": each.since.isoformat(),
                "left_at": each.left_at and each.left_at.isoformat(),
                "left_how": each.left_how,
            }
            for each in one.subscriptions.select_related("list__publication").order_by("pk")
        ],
    }
    done = Engagement.objects.filter(subscriber=one).first()
    if done is not None:
        told["engagement"] = {
            "opens": done.opens,
            "clicks": done.clicks,
            "last_open_at": done.last_open_at and done.last_open_at.isoformat(),
            "last_click_at": done.last_click_at and done.last_click_at.isoformat(),
        }
    return told
