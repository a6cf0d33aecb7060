"""What a filter would undo: the suppressions and subscriptions, and which of them stay as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from distributor.audience.causes import IMPORT, OWN_HAND
from distributor.audience.models import Subscription, Suppression
from distributor.domain.bounces import is_mailbox_gone
from distributor.domain.returns import Kind
from distributor.domain.reversals import COMPLAINT, UNSUBSCRIBE, ReversalFilter
from distributor.insights.models import ReturnedEvent
from distributor.insights.models.returned import ENDING_KINDS
from distributor.row_groups import row_groups

GROUP_SIZE = 1_000
_DEPARTURES = {COMPLAINT: Q(left_how="complaint"), UNSUBSCRIBE: Q(left_how__startswith="unsubscribed by ")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suppression, or a subscription that ended, as it is in the table; `stays` says why it is left alone, or "".

    `reason` is one of `domain.reversals.REASONS`, or "manual"; `dispatch` is None where it is not known; `is_listed`
    tells a subscription from a suppression.
    """

    id: int
    email: str
    reason: str
    detail: str
    source: str
    dispatch: int | None
    at: datetime
    is_listed: bool = False
    stays: str = ""


@dataclass(frozen=True, slots=True)
class _End:
    """An event that ends something, whether it was the first to do so or not."""

    reason: str
    source: str
    dispatch: int | None
    at: datetime


def suppressions(scope: ReversalFilter, *, lock: bool = False) -> Iterator[list[Candidate]]:
    """Yield the suppressions that a filter is about in groups; `lock` them for the transaction."""
    rows = Suppression.objects.filter(email__isnull=False, reason__in=scope.reasons)
    rows = _narrow(rows, scope, source="source", dispatch="dispatch_id", at="created_at", email="email")
    if not scope.source:
        rows = rows.exclude(source=IMPORT)
    rows = rows.select_for_update() if lock else rows
    fields = ("pk", "email", "reason", "detail", "source", "dispatch_id", "created_at")
    for group in row_groups(rows.values_list(*fields), GROUP_SIZE, key=itemgetter(0)):
        yield _judge([Candidate(*row) for row in group], scope)


def subscriptions(scope: ReversalFilter, *, lock: bool = False) -> Iterator[list[Candidate]]:
    """Yield the ended subscriptions that a filter is about in groups; `lock` them for the transaction.

    Who left by their own hand is among them only where exactly that source is asked for.
    """
    if scope.suppressions_only:
        return
    rows = Subscription.objects.filter(_ended_by(scope), state=Subscription.State.LEFT)
    rows = _narrow(
        rows, scope, source="left_source", dispatch="left_dispatch_id", at="left_at", email="subscriber__email"
    )
    rows = rows.select_for_update(of=("self",)) if lock else rows
    fields = ("pk", "subscriber__email", "left_how", "left_source", "left_dispatch_id", "left_at", "left_again_at")
    for group in row_groups(rows.values_list(*fields), GROUP_SIZE, key=itemgetter(0)):
        yield _judge([_of_subscription(row) for row in group], scope)


def _of_subscription(row: tuple[Any, ...]) -> Candidate:
    id_, email, departure, source, dispatch, at, again_at = row
    reason = COMPLAINT if departure == "complaint" else UNSUBSCRIBE
    stays = "they left by themselves too" if again_at else ""
    return Candidate(id_, email, reason, departure, source, dispatch, at, is_listed=True, stays=stays)


def _ended_by(scope: ReversalFilter) -> Q:
    if scope.source in OWN_HAND:
        return Q(left_source=scope.source) if UNSUBSCRIBE in scope.reasons else Q(pk__in=())
    condition = Q(pk__in=())
    for reason in scope.reasons:
        condition |= _DEPARTURES.get(reason, Q(pk__in=()))
    return condition


def _narrow(rows: QuerySet[Any], scope: ReversalFilter, **columns: str) -> QuerySet[Any]:
    """Return those rows that a filter's cause, time and domain are true of, by the names of their columns."""
    conditions = {
        columns["source"]: scope.source or None,
        columns["dispatch"]: scope.dispatch,
        f"{columns['at']}__gte": scope.since,
        f"{columns['at']}__lt": scope.until,
        f"{columns['email']}__iendswith": f"@{scope.domain}" if scope.domain else None,
    }
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})


def _judge(candidates: Sequence[Candidate], scope: ReversalFilter) -> list[Candidate]:
    """Return them with why they stay, where something else was said about them since that is not to be undone."""
    ends = _ends(candidates)
    return [
        replace(candidate, stays=candidate.stays or _obstacle(candidate, ends[candidate.email.lower()], scope))
        for candidate in candidates
    ]


def _obstacle(candidate: Candidate, ends: Sequence[_End], scope: ReversalFilter) -> str:
    for end in ends:
        is_to_be_undone = scope.covers(reason=end.reason, source=end.source, dispatch=end.dispatch, at=end.at)
        if end.at >= candidate.at and not is_to_be_undone and _concerns(end, candidate):
            return f"there is another {end.reason} since"
    return ""


def _concerns(end: _End, candidate: Candidate) -> bool:
    """Whether an event is a reason to leave something as it is: a bounce ends no subscription, leaving no mail."""
    return end.reason != (Kind.HARD_BOUNCE.value if candidate.is_listed else UNSUBSCRIBE)


def _ends(candidates: Sequence[Candidate]) -> dict[str, list[_End]]:
    """Return the events since the first of these that end something, by address in lower case.

    What is not certain ends nothing before a person has acted on it.
    """
    emails = {candidate.email.lower() for candidate in candidates}
    first = min(candidate.at for candidate in candidates)
    events = ReturnedEvent.objects.annotate(
        folded=Lower("email"), acted_at=Coalesce("decided_at", "received_at")
    ).filter(
        Q(certain=True) | Q(decision=ReturnedEvent.Decision.ACTED_ON),
        folded__in=emails,
        kind__in=ENDING_KINDS,
        acted_at__gte=first,
    )
    fields = ("email", "kind", "source", "dispatch_id", "acted_at", "status", "reason", "certain", "raw")
    ends = defaultdict(list)
    for email, kind, source, dispatch, at, status, reason, certain, raw in events.values_list(*fields):
        is_bounce = kind == Kind.HARD_BOUNCE.value
        if not is_bounce or not certain or (is_mailbox_gone(status, reason) and "named" not in raw):
            ends[email.lower()].append(_End(kind, source, dispatch, at))
    return ends
