"""Looking people up: by address, by what is known of them, by tags, and by the lists that they are or were on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from distributor.audience import search, segments
from distributor.audience.models import MailingList, Segment, Subscriber, Subscription, Suppression
from distributor.letters.models import Publication

PersonState = Literal["active", "left", "suppressed"]
_LARGEST: Final = 2**63 - 1  # of a subscriber's number


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Whom to look for: all that is given has to be so.

    - `email`: exactly this address, whatever its case; `text`: each of its words is a part of the address or the name.
    - `attributes`: values as they are stored; `tag`. `publication`, `mailing_list`: who is on it or was.
    - `state`: on one of these lists now; on none of them any more; or getting no mail whatever they are on.
    - `segment`: for whom its rule holds, whether or not they get mail.
    """

    email: str = ""
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    publication: Publication | None = None
    mailing_list: MailingList | None = None
    state: PersonState | None = None
    tag: str = ""
    segment: Segment | None = None


def people(scope: PeopleFilter) -> QuerySet[Subscriber]:
    """Return the subscribers that a filter is about, each once."""
    rows = Subscriber.objects.all()
    if scope.email:
        rows = rows.alias(folded=Lower("email")).filter(folded=scope.email.strip().lower())
    if scope.text:
        rows = rows.filter(pk__in=search.hits(scope.text))
    for name, value in scope.attributes.items():
        rows = rows.filter(attributes__contains={name: value})
    if scope.tag:
        rows = rows.filter(~Q(tags=[]), tags__contains=[scope.tag])  # as the index has it
    if scope.segment is not None:
        rows = rows.filter(pk__in=segments.covered_ids(scope.segment))
    subscriptions_in_scope = Subscription.objects.filter(subscriber=OuterRef("pk"))
    if scope.publication is not None:
        subscriptions_in_scope = subscriptions_in_scope.filter(list__publication=scope.publication)
    if scope.mailing_list is not None:
        subscriptions_in_scope = subscriptions_in_scope.filter(list=scope.mailing_list)
    if scope.publication is not None or scope.mailing_list is not None:
        rows = rows.filter(Exists(subscriptions_in_scope))
    return _in_state(rows, scope.state, subscriptions_in_scope)


def newest(scope: PeopleFilter, *, before: int | None, most: int) -> list[Subscriber]:
    """Return so many of the people that a filter is about, the latest first; with `before` those of a lower number."""
    limit = _LARGEST if before is None else before
    if scope.text:
        narrow_scope = replace(scope, text="")
        # Of a short list by their numbers: the planner would rather compare everybody first.
        on_list = Subscription.objects.filter(list=scope.mailing_list).values_list("subscriber", flat=True)
        ids = list(on_list[: search.NEAR + 1]) if scope.mailing_list is not None else []
        if ids and len(ids) <= search.NEAR:
            rows = search.matches(people(narrow_scope).filter(pk__in=ids, pk__lt=limit), scope.text)
            return list(rows.order_by("-pk")[:most])
        near_rows = people(narrow_scope).filter(pk__in=search.near_hits(scope.text, limit))
        near_people = list(near_rows.filter(pk__lt=limit).order_by("-pk")[:most])
        if len(near_people) == most:
            return near_people
    return list(people(scope).filter(pk__lt=limit).order_by("-pk")[:most])


def _in_state(
    rows: QuerySet[Subscriber], state: PersonState | None, subscriptions: QuerySet[Subscription]
) -> QuerySet[Subscriber]:
    is_active = Exists(subscriptions.filter(state=Subscription.State.ACTIVE))
    match state:
        case "active":
            return rows.filter(is_active)
        case "left":
            # Those who left are few, and there is an index of them.
            return rows.filter(Exists(subscriptions.filter(state=Subscription.State.LEFT)), ~is_active)
        case "suppressed":
            by_address = Suppression.objects.alias(folded=Lower("email")).filter(folded=Lower(OuterRef("email")))
            return rows.filter(Exists(by_address))
        case None:
            return rows


def with_subscriptions(rows: QuerySet[Subscriber], publication: Publication | None) -> QuerySet[Subscriber]:
    """Return subscribers with their subscriptions, of one publication or of all.

    Of those of one publication it is said whether they are on lists of others too (`is_shared`).
    """
    subscriptions = Subscription.objects.select_related("list__publication").order_by("pk")
    if publication is not None:
        elsewhere = Subscription.objects.filter(subscriber=OuterRef("pk")).exclude(list__publication=publication)
        rows = rows.annotate(is_shared=Exists(elsewhere))
        subscriptions = subscriptions.filter(list__publication=publication)
    return rows.prefetch_related(Prefetch("subscriptions", subscriptions))
