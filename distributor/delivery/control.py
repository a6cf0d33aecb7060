"""Control over dispatches that are on their way: pause, resume, cancel, confirm and retry."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval, partial_posts
from distributor.delivery.planning.approval import approval_columns, begin_hold
from distributor.delivery.planning.dispatch_rows import standing_dispatches
from distributor.delivery.planning.earliest_release import earliest_release, explain, on_resuming
from distributor.delivery.planning.targets import targets_of
from distributor.delivery.posts import rate_budgets, send
from distributor.delivery.transitions import locked, move, state_of
from distributor.delivery.variants import composition, source_changes
from distributor.domain.errors import StateError
from distributor.domain.states import Event, State


@transaction.atomic
def pause(dispatch_id: int, *, actor: str = "") -> Dispatch:
    """Stop for now. Mail stops within the group that is being sent; a post that is being sent can't be stopped.

    `actor` names who does it, "" for an editor whose name nobody knows.
    """
    dispatch = _not_under_way(locked(dispatch_id), "paused")
    return move(dispatch, Event.PAUSE, reason=f"Paused by {actor}."[:500] if actor else "Paused by an editor.")


@transaction.atomic
def resume(dispatch_id: int) -> Dispatch:
    """Go on with a paused dispatch, or with a blocked one whose account is connected by now."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is State.BLOCKED:
        return _unblock(dispatch)
    now = timezone.now()
    has_begun = dispatch.spread_from is not None or partial_posts.some_is_out(dispatch)
    first = on_resuming(dispatch, now, begun=has_begun)
    changes: dict[str, Any] = {"due_at": first.due_at, "reason": explain(dispatch, first)}
    if dispatch.spread_from is not None and not ledger.has_begun(dispatch_id):
        # None is out: approved and made anew, since the letter or a template was mended.
        changes |= {"variant": None, **composition.approval_columns(dispatch)}
    elif _stopped_before_it_began(dispatch) or (dispatch.variant is None and composition.is_stuck(dispatch)):
        changes |= approval_columns(dispatch)  # what kept it from going out was mended
    if dispatch.remedy == "approve" and (version := source_changes.newer_version(dispatch)) is not None:
        changes.setdefault("ignored_version", version.number)  # else it would stop again
    move(dispatch, Event.RESUME, approved_at=now, **changes)
    wakeups.after_commit("delivery.tick")
    return dispatch


def _stopped_before_it_began(dispatch: Dispatch) -> bool:
    """Whether a mailing was made and then stopped before anybody was chosen: by a setting, which was changed."""
    return dispatch.variant is not None and not approval.has_begun(dispatch) and not dispatch.attempts.exists()


def _unblock(dispatch: Dispatch) -> Dispatch:
    """Go on with a blocked dispatch; one that was approved before is approved anew, and its hold runs again."""
    if dispatch.account is not None and not dispatch.account.sealed:
        # Its credentials are in the environment: whoever resumes says so.
        accounts.ask_to_reconnect(dispatch.account, "")
    if dispatch.account is not None and dispatch.account.needs_reconnect:
        raise StateError(f"{dispatch.account} has to be connected again first.")
    changes: dict[str, Any] = {}
    if dispatch.account is None:
        target = targets_of(dispatch.publication, dispatch.channel, list(dispatch.lists.all()), dispatch.segment)[0]
        if target.problem:
            raise StateError(target.problem)
        _refuse_rival(dispatch, target.key)
        changes = {"account_id": target.account_id, "target_key": target.key, "target": target.name[:300]}
        dispatch.lists.set(target.list_ids)
    move(dispatch, Event.UNBLOCK, **changes)
    if dispatch.approved_at is not None:
        begin_hold(dispatch, anew=False)
    wakeups.after_commit("delivery.tick")
    return dispatch


def _refuse_rival(dispatch: Dispatch, target_key: str) -> None:
    """Raise StateError where the letter was queued anew for the same target in the meantime."""
    if dispatch.letter is None:
        return  # a digest is planned once
    rivals = standing_dispatches(dispatch.letter, dispatch.channel, target_key).exclude(pk=dispatch.pk)
    if rivals.exists():
        raise StateError(f"The letter was queued for {dispatch.channel} again since: dispatch {rivals[0].pk} counts.")


@transaction.atomic
def cancel(dispatch_id: int, *, actor: str = "") -> Dispatch:
    """Stop for good. Mail that is being sent stops within the group under way; what was delivered stays.

    The letters of a digest come with the next one to those who did not get it. `actor` is as in `pause`.
    """
    dispatch = _not_under_way(locked(dispatch_id), "cancelled")
    after = " Its letters come with the next digest." if dispatch.digest_id is not None else ""
    so_far = partial_posts.so_far(dispatch)
    before = f" Before that: {so_far}" if so_far else ""
    reason = f"Cancelled by {actor}.{after}{before}" if actor else f"Cancelled by an editor.{after}{before}"
    move(dispatch, Event.CANCEL, reason=reason[:500])
    rate_budgets.give_up(dispatch)
    if dispatch.spread_from is not None and ledger.close_cancelled(dispatch_id):
        wakeups.after_commit("delivery.mail", dispatch_id)
    return dispatch


@transaction.atomic
def call_off(dispatch_id: int, *, actor: str = "") -> Dispatch:
    """Cancel what is not out. What may be out, or is being posted right now, is from now on never posted by itself.

    `actor` is as in `pause`.
    """
    dispatch = locked(dispatch_id)
    under_way = state_of(dispatch) is State.SENDING and send.open_attempt(dispatch) is not None
    if not under_way and state_of(dispatch) is not State.UNCONFIRMED:
        return cancel(dispatch_id, actor=actor)
    dispatch.approved_at = None
    dispatch.save(update_fields=["approved_at"])
    return dispatch


def _not_under_way(dispatch: Dispatch, participle: str) -> Dispatch:
    if state_of(dispatch) is State.SENDING and send.open_attempt(dispatch) is not None:
        raise StateError(f"It is being posted right now and can't be {participle} any more: look again in a moment.")
    return dispatch


@transaction.atomic
def confirm_sent(dispatch_id: int, *, url: str = "") -> Dispatch:
    """A person looked and the unconfirmed post is there."""
    dispatch = locked(dispatch_id)
    receipt = {"remote_id": "", "url": url, "at": timezone.now().isoformat(), "raw": {"confirmed": "by an editor"}}
    move(dispatch, Event.CONFIRM, receipt=receipt)
    wakeups.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def retry(dispatch_id: int) -> Dispatch:
    """A person decided: an unconfirmed post is not there, or a failed one can work now. It is sent again."""
    dispatch = locked(dispatch_id)
    if dispatch.spread_from is not None:
        raise StateError("Mail that failed is not sent again: queue the letter for another list.")
    _refuse_rival(dispatch, dispatch.target_key)
    now = timezone.now()
    first = earliest_release(dispatch, now, begun=partial_posts.some_is_out(dispatch))
    changes: dict[str, Any] = {
        "due_at": first.due_at,
        "reason": explain(dispatch, first),
        "approved_at": now,
        "finished_at": None,
    }
    if state_of(dispatch) is State.FAILED and not partial_posts.may_be_out(dispatch):
        # Approved and made anew: the letter or its variant may have been mended since.
        changes |= {"variant": None, **composition.approval_columns(dispatch)}
    dispatch.attempts.update(retry_at=None)  # what was lost before is not looked for any more
    move(dispatch, Event.RETRY, **changes)
    wakeups.after_commit("delivery.tick")
    return dispatch
