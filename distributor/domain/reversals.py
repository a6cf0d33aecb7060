"""Which of what outside events did is undone in bulk, and which events stand in the way of it.

An event that happened later and is not itself to be undone is a reason of its own: whoever it is about stays as they
are. So a mistake of one source, undone, never brings back somebody whom another source has spoken of since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from distributor.domain.errors import BadInput
from distributor.domain.times import stamp

COMPLAINT = "complaint"
UNSUBSCRIBE = "unsubscribe"
SUPPRESSIONS = ("hard bounce", "worn out", COMPLAINT)  # what an event from outside suppresses for
REASONS = (*SUPPRESSIONS, UNSUBSCRIBE)
MANUAL = "manual"  # nobody's event: lifted in bulk only where suppressions alone are asked for, by that name


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalFilter:
    """What to undo: all that is given has to be so.

    - `since`, `until` (aware): done from then on, and before then.
    - `source`, `dispatch`: the cause (`audience.causes`); `domain`: what comes after the “@”, and nothing below it.
    - `reason`: one of REASONS, or "manual"; `complaints`: whether complaints are undone at all.
    - `suppressions_only`: leave subscriptions as they are.
    """

    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    reason: str = ""
    domain: str = ""
    dispatch: int | None = None
    complaints: bool = True
    suppressions_only: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for which something is undone."""
        reasons = (self.reason,) if self.reason else REASONS
        return tuple(reason for reason in reasons if self.complaints or reason != COMPLAINT)

    def is_empty(self) -> bool:
        """Whether nothing narrows it, so that it would undo everything there ever was."""
        values = (self.since, self.until, self.source, self.reason, self.domain, self.dispatch)
        return all(value in (None, "") for value in values)

    def covers(self, *, reason: str, source: str, dispatch: int | None, at: datetime) -> bool:
        """Whether an event about an address of the right domain is one of those that are undone."""
        return (
            reason in self.reasons
            and (not self.source or source == self.source)
            and (self.dispatch is None or dispatch == self.dispatch)
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
        )

    def to_json(self) -> dict[str, Any]:
        """Return what was given, for the record."""
        return {
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "source": self.source,
            "reason": self.reason,
            "domain": self.domain,
            "dispatch": self.dispatch,
            "complaints": self.complaints,
            "suppressions_only": self.suppressions_only,
        }


def change(suppressions: int, subscriptions: int, *, lift: str = "lifted") -> str:
    """Return what an undoing comes to as a part of a sentence; `lift` is the first verb."""
    return f"{lift} {_count(suppressions, 'suppression')} and put back {_count(subscriptions, 'subscription')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_words(record: Mapping[str, Any]) -> str:
    """Return what `ReversalFilter.to_json` holds as people read it; times on UTC's clock."""
    if record.get("address"):
        return "one address"
    if count := record.get("addresses"):
        return f"{count:,} chosen addresses" if count != 1 else "one chosen address"
    parts = [f"{name} {record[name]}" for name in ("reason", "source", "domain", "dispatch") if record.get(name)]
    parts += [
        f"{name} {stamp(datetime.fromisoformat(record[name]), UTC)}" for name in ("since", "until") if record.get(name)
    ]
    parts += [] if record.get("complaints", True) else ["no complaints"]
    parts += ["suppressions only"] if record.get("suppressions_only") else []
    return ", ".join(parts)


def normalize(scope: ReversalFilter) -> ReversalFilter:
    """Return the filter with its domain in lower case and without “@”. Raises BadInput for one that can't be meant."""
    scope = replace(scope, domain=scope.domain.strip().rpartition("@")[2].lower(), source=scope.source.strip())
    if scope.is_empty():
        raise BadInput("Say what to undo: a time, a source, a reason, a domain or a dispatch.")
    if scope.since and scope.until and scope.since >= scope.until:
        raise BadInput("The time that it ends at has to be after the time that it begins at.")
    if scope.reason and scope.reason not in (*REASONS, MANUAL):
        raise BadInput(f"“{scope.reason[:80]}” is not a reason: write {', '.join(REASONS)}.")
    if scope.reason == MANUAL and not scope.suppressions_only:
        raise BadInput("What was suppressed by hand is not undone with events: remove it from the suppressions.")
    if scope.reason == UNSUBSCRIBE and scope.suppressions_only:
        raise BadInput("Who unsubscribed is not suppressed: undo it among the returns.")
    return scope
