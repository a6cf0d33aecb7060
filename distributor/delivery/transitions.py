"""Guarded state changes of a dispatch: the row is locked, the table is asked, and only then it moves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.domain.errors import BadInput, DistributorError
from distributor.domain.states import FINISHED, Event, State, next_state
from distributor.ports import NamedPort

logger = logging.getLogger(__name__)

ANNOUNCE: NamedPort[Callable[[Collection[int], Event], None]] = NamedPort()
"""Who announces what happened to dispatches (their numbers): called in the transaction in which it does."""


def locked(dispatch_id: int) -> Dispatch:
    """Return the dispatch with its row locked until the transaction ends. Raises BadInput for an unknown number."""
    dispatch = (
        Dispatch.objects.select_for_update(of=("self",))
        .select_related("letter", "publication", "account")
        .filter(pk=dispatch_id)
        .first()
    )
    if dispatch is None:
        raise BadInput(f"There is no dispatch {dispatch_id}: “distributor status” lists them.")
    return dispatch


def pause_for(dispatch_id: int, error: Exception) -> None:
    """Pause what is being sent because of an error, with its sentence where it was made for people."""
    reason = f"Something unexpected happened ({type(error).__name__}): look at the worker's log, then resume."
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        if state_of(dispatch) is State.SENDING:
            move(dispatch, Event.PAUSE, reason=str(error) if isinstance(error, DistributorError) else reason)


def state_of(dispatch: Dispatch) -> State:
    """Return its state as the domain's word."""
    return State(dispatch.state)


def move(dispatch: Dispatch, event: Event, *, reason: str = "", **changes: Any) -> Dispatch:
    """Change the state of a locked dispatch, with further column values. Raises StateError where not allowed.

    `reason` replaces the old one: it always says why the dispatch is where it is now.
    """
    assert transaction.get_connection().in_atomic_block, "a state changes under the row's lock only"
    state = next_state(state_of(dispatch), event)
    dispatch.state = state.value
    dispatch.reason = reason[:500]
    changes.setdefault("remedy", "")
    if state.value in FINISHED and dispatch.finished_at is None:
        changes.setdefault("finished_at", timezone.now())
    for name, value in changes.items():
        setattr(dispatch, name, value)
    dispatch.save(update_fields=["state", "reason", *changes])
    announce((dispatch.pk,), event)
    about = {"dispatch_id": dispatch.pk, "letter_id": dispatch.letter_id, "account_id": dispatch.account_id}
    event_name = event.name.lower().replace("_", " ")
    # What happened and where it is now: a recall that failed leads back to “sent”, and sent nothing.
    line = partial(
        logger.info,
        "Dispatch %s is %s after “%s”",
        dispatch.pk,
        state.value,
        event_name,
        extra={**about, "channel": dispatch.channel, "transition": event_name},
    )
    transaction.on_commit(line, robust=True)
    return dispatch


def announce(dispatch_ids: Collection[int], event: Event) -> None:
    """Tell whoever announces it what has just happened to dispatches: also where a query moved many at once."""
    for tell in ANNOUNCE.get().values():
        tell(dispatch_ids, event)
