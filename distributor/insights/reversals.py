"""Undoing in bulk what outside events did: tried first without doing anything, and recorded when it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience import suppression
from distributor.audience.actions import reactivate
from distributor.audience.models import Suppression, with_address
from distributor.domain.reversals import COMPLAINT, ReversalFilter, change, normalize
from distributor.insights import reversal_candidates, sources
from distributor.insights.models import Reversal, ReversalEntry
from distributor.insights.reversal_candidates import Candidate
from distributor.letters.models import Publication

SAMPLE_SIZE = 10
DOMAINS_SHOWN = 20
UNKNOWN_SOURCE = "not recorded"


@dataclass(frozen=True, slots=True)
class ReversalCount:
    """How much of one reason, domain or source would be undone."""

    name: str
    suppressions: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class ReversalPreview:
    """What undoing would do, with nothing done yet.

    `domains` are the twenty most frequent; `complaints` counts who said that it is spam; `exclusions` says why how many
    stay; `sample` are the first addresses.
    """

    suppressions: int
    subscriptions: int
    complaints: int
    reasons: tuple[ReversalCount, ...]
    domains: tuple[ReversalCount, ...]
    sources: tuple[ReversalCount, ...]
    sample: tuple[str, ...]
    exclusions: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many suppressions and subscriptions would change."""
        return self.suppressions + self.subscriptions

    @property
    def sentence(self) -> str:
        """What would be done, in a sentence."""
        return f"Would {change(self.suppressions, self.subscriptions, lift='lift')}."

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "exclusions": dict(self.exclusions)}


@dataclass(slots=True)
class _Tally:
    """Counts candidates while they go by."""

    suppressions: Counter[tuple[str, str]] = field(default_factory=Counter)
    subscriptions: Counter[tuple[str, str]] = field(default_factory=Counter)
    exclusions: Counter[str] = field(default_factory=Counter)
    complainers: set[str] = field(default_factory=set)
    sample: dict[str, None] = field(default_factory=dict)

    def count(self, candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            if candidate.stays:
                self.exclusions[candidate.stays] += 1
                continue
            counter = self.subscriptions if candidate.is_listed else self.suppressions
            domain = candidate.email.rpartition("@")[2].lower()
            source = candidate.source or UNKNOWN_SOURCE
            counter.update([("reason", candidate.reason), ("domain", domain), ("source", source)])
            if candidate.reason == COMPLAINT:
                self.complainers.add(candidate.email.lower())
            if len(self.sample) < SAMPLE_SIZE:
                self.sample[candidate.email] = None

    def by(self, group: str) -> tuple[ReversalCount, ...]:
        """Return the counts of a group, the largest first."""
        names = {name for kind, name in (*self.suppressions, *self.subscriptions) if kind == group}
        counts = [
            ReversalCount(name, self.suppressions[group, name], self.subscriptions[group, name]) for name in names
        ]
        return tuple(sorted(counts, key=lambda count: (-count.suppressions - count.subscriptions, count.name)))


def preview(scope: ReversalFilter) -> ReversalPreview:
    """Return what undoing would do. Raises BadInput for a filter that can't be meant."""
    scope, tally = _checked(scope), _Tally()
    for group in reversal_candidates.suppressions(scope):
        tally.count(group)
    for group in reversal_candidates.subscriptions(scope):
        tally.count(group)
    reasons = tally.by("reason")
    return ReversalPreview(
        suppressions=sum(count.suppressions for count in reasons),
        subscriptions=sum(count.subscriptions for count in reasons),
        complaints=len(tally.complainers),
        reasons=reasons,
        domains=tally.by("domain")[:DOMAINS_SHOWN],
        sources=tally.by("source"),
        sample=tuple(tally.sample),
        exclusions=tuple(tally.exclusions.most_common()),
    )


@transaction.atomic
def reverse(scope: ReversalFilter, *, actor: str) -> Reversal:
    """Lift the suppressions and put back the subscriptions that a filter is about; all of them, or nothing.

    Returns the record of it, which names `actor`. Raises BadInput for a filter that can't be meant.
    """
    scope, now = _checked(scope), timezone.now()
    record = Reversal.objects.create(at=now, actor=actor, filter=scope.to_json())
    for group in reversal_candidates.suppressions(scope, lock=True):
        record.kept_count += sum(bool(candidate.stays) for candidate in group)
        record.suppressions += _lift([candidate for candidate in group if not candidate.stays], record)
    for group in reversal_candidates.subscriptions(scope, lock=True):
        record.kept_count += sum(bool(candidate.stays) for candidate in group)
        record.subscriptions += _put_back([candidate for candidate in group if not candidate.stays], record)
    record.save(update_fields=["kept_count", "suppressions", "subscriptions"])
    return record


def _lift(candidates: Sequence[Candidate], record: Reversal) -> int:
    Suppression.objects.filter(pk__in=[candidate.id for candidate in candidates]).delete()
    ReversalEntry.objects.bulk_create(_entry(candidate, record) for candidate in candidates)
    return len(candidates)


def _put_back(candidates: Sequence[Candidate], record: Reversal) -> int:
    reactivate([candidate.id for candidate in candidates])
    ReversalEntry.objects.bulk_create(_entry(candidate, record) for candidate in candidates)
    return len(candidates)


def _entry(candidate: Candidate, record: Reversal) -> ReversalEntry:
    return ReversalEntry(
        reversal=record,
        at=record.at,
        email=candidate.email,
        subscription_id=candidate.id if candidate.is_listed else None,
        reason=candidate.reason,
        detail=candidate.detail,
        source=candidate.source,
        dispatch_id=candidate.dispatch,
        happened_at=candidate.at,
    )


@transaction.atomic
def lift(email: str, *, actor: str) -> bool:
    """Let one address get mail again, also of a person who was erased; return whether it was suppressed. Recorded."""
    row = with_address(Suppression.objects.all(), email.strip()).first()
    if not suppression.lift(email):
        return False
    record = Reversal.objects.create(at=timezone.now(), actor=actor, filter={"address": True}, suppressions=1)
    if row is not None:
        values = (row.pk, str(row.email), row.reason, row.detail, row.source, row.dispatch_id, row.created_at)
        _entry(Candidate(*values), record).save()
    return True


@transaction.atomic
def lift_many(emails: Sequence[str], *, actor: str) -> int:
    """Let these addresses get mail again, with one record of it; return how many were suppressed."""
    lowered = {email.lower() for email in emails}
    rows = list(Suppression.objects.select_for_update().alias(folded=Lower("email")).filter(folded__in=lowered))
    if not rows:
        return 0
    record = Reversal.objects.create(
        at=timezone.now(), actor=actor, filter={"addresses": len(rows)}, suppressions=len(rows)
    )
    return _lift(
        [
            Candidate(row.pk, str(row.email), row.reason, row.detail, row.source, row.dispatch_id, row.created_at)
            for row in rows
        ],
        record,
    )


def latest(count: int) -> list[Reversal]:
    """Return the records of what was undone last, the latest first."""
    return list(Reversal.objects.order_by("-pk")[:count])


def clock_zone() -> tzinfo:
    """Return on whose clock times are typed: the publication's where there is one, else UTC's."""
    zones = set(Publication.objects.values_list("time_zone", flat=True).distinct()[:2])
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC


def _checked(scope: ReversalFilter) -> ReversalFilter:
    """Return the filter as it is carried out. Raises BadInput for one that can't be meant."""
    scope = normalize(scope)
    sources.check(scope.source)
    return scope


def without_complaints(scope: ReversalFilter) -> ReversalFilter:
    """Return the filter that leaves alone who said that it is spam."""
    return replace(scope, complaints=False)


def with_end(scope: ReversalFilter, now: datetime) -> ReversalFilter:
    """Return the filter with an end: what comes in after it was looked at is not undone by it. Raises BadInput."""
    scope = _checked(scope)
    return replace(scope, until=min(scope.until, now) if scope.until else now)
