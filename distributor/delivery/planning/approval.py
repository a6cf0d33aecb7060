"""Approving dispatches, taking approval back, and moving their time: all that leads to `scheduled` before a release."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import sending_hours
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import BadTime, StateError
from distributor.domain.states import Event, State


def begin_hold(dispatch: Dispatch) -> None:
    """Approve a locked draft: its hold begins, and it is due no sooner than that ends and its channel's hours allow."""
    now = timezone.now()
    hold_until = now + timedelta(minutes=dispatch.hold_minutes)
    due = sending_hours.allowed(dispatch, max(dispatch.due_at, hold_until))
    move(dispatch, Event.APPROVE, approved_at=now, hold_until=hold_until, due_at=due)
    if hold_until <= now:
        move(dispatch, Event.HOLD_ENDED)


@transaction.atomic
def approve(dispatch_id: int) -> Dispatch:
    """Approve a draft: its hold begins, and after it the dispatch waits for its time."""
    dispatch = locked(dispatch_id)
    begin_hold(dispatch)
    wakeups.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def take_back(dispatch_id: int) -> Dispatch:
    """Make an approved dispatch a draft again, before it is released."""
    return move(locked(dispatch_id), Event.TAKE_BACK, hold_until=None, approved_at=None)


@transaction.atomic
def release_now(dispatch_id: int) -> Dispatch:
    """Release as soon as the letter's page is live and the channel lets it, whatever its time and hold."""
    dispatch, now = locked(dispatch_id), timezone.now()
    if state_of(dispatch) is State.DRAFT:
        move(dispatch, Event.APPROVE, approved_at=now)
    if state_of(dispatch) is State.HELD:
        move(dispatch, Event.HOLD_ENDED, hold_until=now)
    if state_of(dispatch) is not State.SCHEDULED:
        raise StateError(f"A dispatch that is {dispatch.state} can't be released.")
    dispatch.due_at = sending_hours.allowed(dispatch, now)
    dispatch.save(update_fields=["due_at"])
    wakeups.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def reschedule(dispatch_id: int, at: datetime) -> Dispatch:
    """Give a dispatch that is not released yet another time (aware), or the next one that its channel allows.

    Raises BadTime for one that has passed.
    """
    dispatch = locked(dispatch_id)
    if state_of(dispatch) not in (State.DRAFT, State.HELD, State.SCHEDULED, State.PAUSED, State.BLOCKED):
        raise StateError(f"A dispatch that is {dispatch.state} can't be rescheduled.")
    if at < timezone.now() - timedelta(minutes=1):
        raise BadTime("That time has passed: give one that is still to come, or release it now.")
    dispatch.due_at = sending_hours.allowed(dispatch, max(at, dispatch.hold_until) if dispatch.hold_until else at)
    dispatch.save(update_fields=["due_at"])
    return dispatch
