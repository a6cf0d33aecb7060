"""What happens to single people, for whoever announces it: a port, since that is in an upper room.

Imports tell of themselves as a whole (`imports.ANNOUNCE`): a million people are one file, not a million events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db.models import QuerySet

from distributor.audience.models import Subscription
from distributor.ports import NamedPort


class PersonEvent(Enum):
    """What can happen to a person here."""

    SUBSCRIBED = "subscribed"
    CHANGED = "changed"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class PersonEvents:
    """One event of several people: of `subscriptions`, or of `addresses`, each with a detail.

    `subscriptions` are only read where somebody wants to hear of it; `how` says in words what brought it about.
    """

    event: PersonEvent
    subscriptions: QuerySet[Subscription] | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    how: str = ""


ANNOUNCE: NamedPort[Callable[[PersonEvents], None]] = NamedPort()
"""Who announces what happens to people: called in the transaction in which it does."""


def announce(events: PersonEvents) -> None:
    """Tell whoever announces it what has just happened to people."""
    for tell in ANNOUNCE.get().values():
        tell(events)
