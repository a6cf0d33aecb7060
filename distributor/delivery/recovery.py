"""What becomes of a database that went back in time: a person says whether what looks due is out already.

Between the moment that the database stands at and now, anything may have been sent that was due by now. What was not
due yet goes out at its time, whatever is decided.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone

from distributor.audience.digest_memory import had_everything
from distributor.channels import registry
from distributor.delivery import epochs, wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import BadInput
from distributor.domain.planning import LINK
from distributor.domain.states import Event, State, sources

logger = logging.getLogger(__name__)

_WAITING = (State.HELD.value, State.SCHEDULED.value)


class Choice(Enum):
    """What a person says about what looks due."""

    SENT = "sent"  # it is out: it is stopped, and sent no more
    ASK = "ask"  # each is paused, and a person resumes or cancels it
    GO_ON = "go on"  # nothing went out since: it is sent


@dataclass(frozen=True, slots=True)
class Recovery:
    """Why nothing is sent, "" where it is; when the database last could send (aware); and what may be out already."""

    reason: str
    last_sent: datetime | None
    dispatches: Sequence[Dispatch]


def look() -> Recovery:
    """Return what there is to decide about. Changes nothing."""
    return Recovery(epochs.held_because(), epochs.last_sent(), tuple(_doubtful()))


def _doubtful() -> Sequence[Dispatch]:
    """Return what may have gone out since, and is not known to have. To put a page on the web again does no harm.

    What was queued after the hold began was never sent from another place.
    """
    now = timezone.now()
    dispatches = Dispatch.objects.select_related("letter", "digest", "publication").exclude(channel=LINK)
    held_at = epochs.held_at()
    if held_at is not None:
        dispatches = dispatches.filter(created_at__lt=held_at)
    sending = dispatches.filter(state=State.SENDING.value)
    due = dispatches.filter(state__in=_WAITING, due_at__lte=now)
    return sorted((*sending, *due), key=lambda dispatch: dispatch.pk)


@transaction.atomic
def recover(choice: Choice, *, actor: str) -> int:
    """Do what a person has decided, and let the database send again; return how many dispatches it was about.

    Unless nothing went out since, digests that were due by now are taken for sent as well. Raises BadInput where
    nothing is held.
    """
    if not epochs.held_because():
        raise BadInput("Nothing is held: this database is the one that sent last.")
    dispatches = _doubtful()
    for dispatch in dispatches:
        _settle(dispatch.pk, choice)
    if choice is not Choice.GO_ON:
        had_everything(until=timezone.now())
    # After the commit: were it to fail, nothing may be sent.
    transaction.on_commit(epochs.resume)
    wakeups.after_commit("delivery.tick")
    logger.warning("Recovered by %s: “%s” about %s dispatches", actor, choice.value, len(dispatches))
    return len(dispatches)


def _settle(dispatch_id: int, choice: Choice) -> None:
    dispatch = locked(dispatch_id)
    if choice is Choice.SENT and state_of(dispatch) in sources(Event.CANCEL):
        move(dispatch, Event.CANCEL, reason="Taken for sent, when the database had gone back in time.")
        if registry.CHANNELS[dispatch.channel].capabilities.addressed:
            wakeups.after_commit("delivery.mail", dispatch_id)  # who has no outcome gets one
    elif choice is Choice.ASK and state_of(dispatch) in sources(Event.PAUSE):
        reason = "The database had gone back in time: it may be out already. Look, then resume or cancel it."
        move(dispatch, Event.PAUSE, reason=reason)
