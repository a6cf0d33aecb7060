"""The record of who did what: written with the act, in its transaction, and never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from distributor.letters.models import Publication
from distributor.people.models import AuditEntry

Door = Literal["api", "desk", "command"]


@dataclass(frozen=True, slots=True)
class Place:
    """From where something is done, and what was recorded of it so far."""

    address: str
    entries: list[AuditEntry] = field(default_factory=list)


_PLACE: ContextVar[Place | None] = ContextVar("audit_place", default=None)


@contextmanager
def at_place(address: str) -> Iterator[Place]:
    """Let what is recorded inside say the network address that it was done from."""
    place = Place(address)
    token = _PLACE.set(place)
    try:
        yield place
    finally:
        _PLACE.reset(token)


def record(
    action: str,
    *,
    actor: str,
    door: Door,
    subject: str = "",
    publication: Publication | None = None,
    details: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down that `actor` did `action` to `subject`. `details` is JSON without secrets and readers' addresses.

    So are `before` and `after`: what was changed, by its names, and what became of it.
    """
    place = _PLACE.get()
    entry = AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor[:300],
        door=door,
        action=action[:64],
        subject=subject[:200],
        publication=publication,
        details=dict(details or {}),
        before=dict(before or {}),
        after=dict(after or {}),
        address=place.address[:64] if place else "",
    )
    if place is not None:
        place.entries.append(entry)
    return entry


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to one of many things; as `record` has it."""

    subject: str
    publication: Publication
    details: Mapping[str, Any]


def record_all(action: str, acts: Sequence[Act], *, actor: str, door: Door) -> None:
    """Write down that `actor` did `action` to each of these."""
    now, place = timezone.now(), _PLACE.get()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            actor=actor[:300],
            door=door,
            action=action[:64],
            subject=act.subject[:200],
            publication=act.publication,
            details=dict(act.details),
            address=place.address[:64] if place else "",
        )
        for act in acts
    )


def entries(*, publication: Publication | None = None) -> QuerySet[AuditEntry]:
    """Return what was done, the latest first; with a `publication` what was done in that one."""
    rows = AuditEntry.objects.select_related("publication").order_by("-pk")
    return rows.filter(publication=publication) if publication else rows
