"""The record of who did what: written with the act, in its transaction, and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from distributor.letters.models import Publication
from distributor.people.models import AuditEntry

Door = Literal["api", "desk", "command"]


def record(
    action: str,
    *,
    actor: str,
    door: Door,
    subject: str = "",
    publication: Publication | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down that `actor` did `action` to `subject`. `details` is JSON without secrets and readers' addresses."""
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor[:300],
        door=door,
        action=action[:64],
        subject=subject[:200],
        publication=publication,
        details=dict(details or {}),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to one of many things; as `record` has it."""

    subject: str
    publication: Publication
    details: Mapping[str, Any]


def record_all(action: str, acts: Sequence[Act], *, actor: str, door: Door) -> None:
    """Write down that `actor` did `action` to each of these."""
    now = timezone.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            actor=actor[:300],
            door=door,
            action=action[:64],
            subject=act.subject[:200],
            publication=act.publication,
            details=dict(act.details),
        )
        for act in acts
    )


def entries(*, publication: Publication | None = None) -> QuerySet[AuditEntry]:
    """Return what was done, the latest first; with a `publication` what was done in that one."""
    rows = AuditEntry.objects.select_related("publication").order_by("-pk")
    return rows.filter(publication=publication) if publication else rows
