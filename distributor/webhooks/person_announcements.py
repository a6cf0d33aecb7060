"""What is announced of people, in each publication with lists of theirs: only where somebody wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from distributor.audience.models import Subscription
from distributor.audience.person_events import PersonEvents
from distributor.webhooks.interest import Interest, interest_in
from distributor.webhooks.outbox import News, announce


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody in one publication (its number)."""

    publication: int
    subscriber: int
    key: UUID
    email: str


def announce_people(events: PersonEvents) -> None:
    """Announce what happened to people: one announcement for a person and publication."""
    type_name = f"person.{events.event.value}"
    interest = interest_in(type_name)
    if not interest:
        return
    subscriptions = events.subscriptions
    if subscriptions is None:
        folded_emails = [email.lower() for email in events.addresses]
        subscriptions = Subscription.objects.alias(folded=Lower("subscriber__email")).filter(folded__in=folded_emails)
    details = {email.lower(): detail for email, detail in events.addresses.items()}
    announce(
        type_name,
        [
            News(
                person.publication,
                _data(person, lists, details.get(person.email.lower(), events.how)),
                person.subscriber,
            )
            for person, lists in _lists_by_person(subscriptions, interest).items()
        ],
    )


def _lists_by_person(subscriptions: QuerySet[Subscription], interest: Interest) -> Mapping[_Person, list[str]]:
    """Return who these are of, in publications where somebody listens, with the lists' short names."""
    if not interest.everywhere:
        subscriptions = subscriptions.filter(list__publication__in=interest.publications)
    rows: Iterable[tuple[int, int, UUID, str, str]] = subscriptions.order_by("pk").values_list(
        "list__publication_id", "subscriber_id", "subscriber__key", "subscriber__email", "list__slug"
    )
    lists: dict[_Person, list[str]] = {}
    for publication, subscriber, key, email, slug in rows:
        lists.setdefault(_Person(publication, subscriber, key, email), []).append(slug)
    return lists


def _data(person: _Person, lists: list[str], how: str) -> dict[str, object]:
    return {"person": str(person.key), "email": person.email, "lists": lists, "how": how}
