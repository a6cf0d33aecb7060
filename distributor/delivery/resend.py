"""Sending a mailing again to those it did not reach: a relay refused them, or was away for too long.

It is a dispatch of its own, with drafts, approval and hold as any, whose recipients are those of the first one that
were refused or given up, still want it, and have it by no other way since. Who may have it already gets it no second
time: where an answer was lost nobody knows.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry
from distributor.delivery import wakeups
from distributor.delivery.mail import unreached
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.approval import begin_hold
from distributor.delivery.transitions import locked, state_of
from distributor.domain.errors import BadInput, StateError
from distributor.domain.states import FINISHED, State, refusal

DEED = "be sent again to those it did not reach"
RESENT = (State.PARTLY, State.FAILED)


@transaction.atomic
def resend(dispatch_id: int, *, code: str = "") -> Dispatch:
    """Send a finished mailing again to those it did not reach, or to those who were refused with one code.

    Returns the new dispatch, approved. Raises StateError where it can't be done now, and BadInput for another code.
    """
    first = first_of(locked(dispatch_id))
    if problem := _other_kind(first):
        raise StateError(problem)
    if state_of(first) not in RESENT or not can_be_resent(first):
        raise StateError(refusal(state_of(first), DEED))
    under_way = first.resendings.exclude(state__in=FINISHED).first()
    if under_way is not None:
        state = state_of(under_way).predicate
        raise StateError(f"It is sent again already: dispatch {under_way.pk} is {state}. Wait for it, or cancel it.")
    counts = unreached.counts(first)
    if code and code not in counts:
        raise BadInput(f"Nobody was refused with “{code}”: choose from {', '.join(counts) or 'none'}.")
    if not counts:
        raise StateError(
            "Everyone whom it did not reach has it by now, or wants it no more: nobody is left to send to."
        )
    dispatch = _create(first, code)
    begin_hold(dispatch)
    wakeups.after_commit("delivery.tick")
    return dispatch


def first_of(dispatch: Dispatch) -> Dispatch:
    """Return the mailing itself, of which this may be a later sending."""
    return dispatch.resend_of or dispatch


def _other_kind(dispatch: Dispatch) -> str:
    """Return why a dispatch is none that can be sent again, whatever its state; "" for a letter's mail."""
    if dispatch.letter_id is None:
        return f"It is a digest, so it can't {DEED}. They have its letters in the next one."
    channel = registry.CHANNELS.get(dispatch.channel)
    if channel is None or channel.capabilities.addressed:
        return ""
    unit = channel.capabilities.unit
    return f"It is a {unit}, and not mail to people, so it can't {DEED}. “Try again” is for a {unit} that failed."


def can_be_resent(dispatch: Dispatch) -> bool:
    """Whether this kind of dispatch can be: a letter's mail; whom a digest misses has its letters in the next one."""
    return dispatch.spread_from is not None and dispatch.letter_id is not None


def _create(first: Dispatch, code: str) -> Dispatch:
    number = first.resendings.count() + 1
    whom = f"refused with {code}" if code else "not reached"
    dispatch = Dispatch.objects.create(
        publication=first.publication,
        letter=first.letter,
        channel=first.channel,
        account=first.account,
        target_key=f"{first.target_key[:180]} resend:{number}",
        target=f"{first.target[:250]}, {whom} by dispatch {first.pk}",
        state=State.DRAFT.value,
        position=first.position,
        due_at=timezone.now(),
        hold_minutes=first.hold_minutes,
        resend_of=first,
        resend_code=code,
    )
    dispatch.lists.set(first.lists.all())
    return dispatch
