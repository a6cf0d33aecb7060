"""Approving dispatches, taking approval back, and moving their time: all that leads to `scheduled` before a release."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import partial_posts
from distributor.delivery.planning.earliest_release import earliest_release, explain, is_quiet
from distributor.delivery.transitions import locked, move, state_of
from distributor.delivery.variants import composition
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import BadTime, StateError
from distributor.domain.states import FINISHED, Event, State, next_state, refusal, sources
from distributor.domain.times import LATE


def begin_hold(dispatch: Dispatch, *, event: Event = Event.APPROVE, anew: bool = True) -> None:
    """Approve a locked dispatch as it is now: its hold begins, and it is due when it may go out at the earliest.

    Without `anew` what was approved before stays approved.
    """
    columns = approval_columns(dispatch) if anew or dispatch.approved_variant is None else {}
    now = timezone.now()
    hold_until = now + timedelta(minutes=dispatch.hold_minutes)
    dispatch.hold_until = hold_until
    first = earliest_release(dispatch, max(dispatch.due_at, now))
    reason = explain(dispatch, first)
    if first.due_at == dispatch.due_at:
        reason = reason or dispatch.reason  # what moved it when it was planned
    move(dispatch, event, approved_at=now, hold_until=hold_until, due_at=first.due_at, reason=reason, **columns)
    if hold_until <= now:
        move(dispatch, Event.HOLD_ENDED, reason=reason)


def approval_columns(dispatch: Dispatch) -> dict[str, Any]:
    """Return the columns that say what a locked dispatch is approved as: the letter as it is, and its variant now.

    None where some of it may be out: then it goes on as it began.
    """
    return {} if has_begun(dispatch) else {"variant": None, **composition.approval_columns(dispatch)}


def keep_approved(dispatch: Dispatch) -> None:
    """Store what a dispatch is approved as that is in no state to be moved on."""
    columns = approval_columns(dispatch)
    for name, value in columns.items():
        setattr(dispatch, name, value)
    dispatch.save(update_fields=list(columns))


def has_begun(dispatch: Dispatch) -> bool:
    """Whether some of a dispatch may be out."""
    return dispatch.spread_from is not None or partial_posts.may_be_out(dispatch)


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
    dispatch = locked(dispatch_id)
    next_state(state_of(dispatch), Event.TAKE_BACK)  # what is blocked is no draft, and can't be made one
    return withdraw_approval(dispatch)


def withdraw_approval(dispatch: Dispatch, *, reason: str = "") -> Dispatch:
    """Make a locked dispatch a draft again; one that is blocked stays so, and is a draft once nothing is in its way.

    `reason` says why, where it was no person. Raises StateError.
    """
    columns: dict[str, Any] = {} if has_begun(dispatch) else {"variant": None, **composition.NO_APPROVAL}
    columns |= {"hold_until": None, "approved_at": None, "at_any_hour": False}
    if state_of(dispatch) is not State.BLOCKED:
        return move(dispatch, Event.TAKE_BACK, reason=reason, **columns)
    for name, value in columns.items():
        setattr(dispatch, name, value)
    dispatch.save(update_fields=list(columns))
    return dispatch


@transaction.atomic
def release_now(dispatch_id: int, *, with_link: bool = False) -> Dispatch:
    """Release as soon as the letter's page is live and the channel lets it, whatever its time, hold and quiet hours.

    Using `with_link` the page that it waits for is released too. Raises StateError where either can't be.
    """
    dispatch = locked(dispatch_id)
    link = dispatch.waits_for if with_link else None
    if link is not None and link.state not in (*FINISHED, State.SENDING.value):
        dispatch.waits_for = release_now(link.pk)
    now = timezone.now()
    if state_of(dispatch) is State.DRAFT:
        move(dispatch, Event.APPROVE, approved_at=now, **approval_columns(dispatch))
    if state_of(dispatch) is State.HELD:
        move(dispatch, Event.HOLD_ENDED)
    if state_of(dispatch) is not State.SCHEDULED:
        raise StateError(refusal(state_of(dispatch), Event.RELEASE.value))
    dispatch.at_any_hour = is_quiet(dispatch, now)
    dispatch.hold_until = min(dispatch.hold_until or now, now)
    first = earliest_release(dispatch, now)
    dispatch.due_at, dispatch.reason, dispatch.remedy = first.due_at, explain(dispatch, first), ""
    dispatch.save(update_fields=["at_any_hour", "hold_until", "due_at", "reason", "remedy"])
    wakeups.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def reschedule(dispatch_id: int, at: datetime) -> Dispatch:
    """Give a dispatch that is not released yet another time (aware), or the next one that its channel allows.

    A time in the publication's quiet hours is kept: a person wants it so. Raises BadTime for one that has passed.
    """
    dispatch = locked(dispatch_id)
    if state_of(dispatch) not in ACTIONS["reschedule"].states:
        raise StateError(refusal(state_of(dispatch), "be given another time"))
    if at < timezone.now() - LATE:
        raise BadTime("That time has passed: give one that is still to come, or send it now.")
    dispatch.at_any_hour = is_quiet(dispatch, at)
    first = earliest_release(dispatch, at)
    dispatch.due_at = first.due_at
    if state_of(dispatch) in sources(Event.APPROVE) + sources(Event.TAKE_BACK):
        dispatch.reason, dispatch.remedy = explain(dispatch, first), ""  # a paused or blocked one keeps why it is
    dispatch.save(update_fields=["at_any_hour", "due_at", "reason", "remedy"])
    wakeups.after_commit("delivery.tick")
    return dispatch
