"""Sending a mailing again: to those it did not reach, or with another subject to those who have not opened it.

It is a dispatch of its own, with drafts, approval and hold as any. Those not reached were refused by a relay or given
up; they still want it, and have it by no other way since. Who may have it already gets it no second time: where an
answer was lost nobody knows. Who has not opened it is known where opens are counted; whoever opens it, or leaves,
before their turn comes gets none.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry, stored_variants
from distributor.delivery import wakeups
from distributor.delivery.mail import nonopeners, unreached
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.approval import begin_hold
from distributor.delivery.transitions import locked, state_of
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import BadInput, StateError
from distributor.domain.states import FINISHED, State, refusal
from distributor.domain.text_lines import one_line

ACT = "be sent again to those it did not reach"
ACT_OF_NONOPENERS = "be sent again to those who have not opened it"
NO_COUNT = (
    "Nobody knows who has opened it: opens were not counted when it was sent (“Open and click tracking” was off)."
)
LONGEST_SUBJECT = 200  # characters: mail programs show about sixty


@transaction.atomic
def resend(dispatch_id: int, *, code: str = "") -> Dispatch:
    """Send a finished mailing again to those it did not reach, or to those who were refused with one code.

    Returns the new dispatch, approved. Raises StateError where it can't be done now, and BadInput for another code.
    """
    first = first_of(locked(dispatch_id))
    _check(first, ACT, ACTIONS["resend"].states)
    counts = unreached.counts(first)
    if code and code not in counts:
        raise BadInput(f"Nobody was refused with “{code}”: choose from {', '.join(counts) or 'none'}.")
    if not counts:
        raise StateError(
            "Everyone whom it did not reach has it by now, or wants it no more: nobody is left to send to."
        )
    suffix = f"refused with {code}" if code else "not reached"
    return _create(first, f"{first.target[:250]}, {suffix} by dispatch {first.pk}", resend_code=code)


@transaction.atomic
def resend_to_nonopeners(dispatch_id: int, *, subject: str) -> Dispatch:
    """Send a finished mailing again, with another subject, to those who got it and have not opened it.

    Returns the new dispatch, approved. Raises StateError where it can't be done now, or nobody knows who opened it, and
    BadInput for a subject that can't be used.
    """
    first = first_of(locked(dispatch_id))
    check_nonopeners(first)
    line = own_subject(first, subject)
    if not nonopeners.count(first, most=1):
        raise StateError("Everyone who got it has opened it by now, or wants no more mail: nobody is left to send to.")
    target = f"{first.target[:250]}, who have not opened dispatch {first.pk}"
    return _create(first, target, subject=line, to_nonopeners=True)


def check_nonopeners(dispatch: Dispatch) -> None:
    """Raise StateError where a mailing can't be sent again to those who have not opened it, and say why."""
    first = first_of(dispatch)
    _check(first, ACT_OF_NONOPENERS, ACTIONS["resend-unopened"].states)
    if not nonopeners.are_counted(first):
        raise StateError(NO_COUNT)


def own_subject(first: Dispatch, text: str) -> str:
    """Return a subject as a later sending of a mailing can have it. Raises BadInput, which says what to do."""
    line = one_line(text)
    if not line:
        raise BadInput("Give it a subject: whoever has passed over the first one may look at another.")
    if len(line) > LONGEST_SUBJECT:
        raise BadInput(f"The subject has {len(line):,} characters: {LONGEST_SUBJECT} are the most.")
    if first.variant is not None and line == stored_variants.read(first.variant).subject:
        raise BadInput("That is the subject that it had: give it another one.")
    return line


def first_of(dispatch: Dispatch) -> Dispatch:
    """Return the mailing itself, of which this may be a later sending."""
    return dispatch.resend_of or dispatch


def can_be_resent(dispatch: Dispatch) -> bool:
    """Whether this kind of dispatch can be: a letter's mail; whom a digest misses has its letters in the next one."""
    return dispatch.spread_from is not None and dispatch.letter_id is not None


def _check(first: Dispatch, act: str, states: tuple[State, ...]) -> None:
    """Raise StateError where a mailing can't be sent again, as it can be in these states."""
    if problem := _other_kind(first, act):
        raise StateError(problem)
    if state_of(first) not in states or not can_be_resent(first):
        raise StateError(refusal(state_of(first), act))
    under_way = first.resendings.exclude(state__in=FINISHED).first()
    if under_way is not None:
        state = state_of(under_way).predicate
        raise StateError(f"It is sent again already: dispatch {under_way.pk} is {state}. Wait for it, or cancel it.")


def _other_kind(dispatch: Dispatch, act: str) -> str:
    """Return why a dispatch is none that can be sent again, whatever its state; "" for a letter's mail."""
    if dispatch.letter_id is None:
        return f"It is a digest, so it can't {act}. They have its letters in the next one."
    channel = registry.CHANNELS.get(dispatch.channel)
    if channel is None or channel.capabilities.addressed:
        return ""
    unit = channel.capabilities.unit
    return f"It is a {unit}, and not mail to people, so it can't {act}. “Try again” is for a {unit} that failed."


def _create(first: Dispatch, target: str, **columns: Any) -> Dispatch:
    number = first.resendings.count() + 1
    dispatch = Dispatch.objects.create(
        publication=first.publication,
        letter=first.letter,
        channel=first.channel,
        account=first.account,
        target_key=f"{first.target_key[:180]} resend:{number}",
        target=target,
        state=State.DRAFT.value,
        position=first.position,
        due_at=timezone.now(),
        hold_minutes=first.hold_minutes,
        resend_of=first,
        **columns,
    )
    dispatch.lists.set(first.lists.all())
    begin_hold(dispatch)
    wakeups.after_commit("delivery.tick")
    return dispatch
