"""Withdrawing a letter: what is not out yet stops, and what is out is deleted where that is chosen and can be."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels import registry
from distributor.delivery import control
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import partial_posts
from distributor.delivery.posts.recall import can_be_recalled
from distributor.delivery.posts.recall import recall as recall_post
from distributor.delivery.transitions import state_of
from distributor.domain.dispatch_actions import DELIVERED, SEEN
from distributor.domain.errors import ConfirmationNeeded, StateError
from distributor.domain.states import Event, State, allowed_events
from distributor.letters.models import Letter


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of a letter's dispatches: `stopped`, `recalled`, and `kept` with a sentence on each that is out."""

    stopped: tuple[Dispatch, ...]
    recalled: tuple[Dispatch, ...]
    kept: tuple[str, ...]

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        return (*self.stopped, *self.recalled)

    @property
    def summary(self) -> str:
        """What was done, in one sentence or two."""
        if not self.dispatches:
            return "Nothing of the letter is left to stop."
        parts = [f"Stopped: {len(self.stopped)}."] if self.stopped else []
        return " ".join(parts + ([f"Being deleted: {len(self.recalled)}."] if self.recalled else []))


def question(letter: Letter, *, recall: bool = False) -> str:
    """Return what has to be agreed to before a letter is withdrawn, "" where nothing of it would change."""
    dispatches = list(letter.dispatches.all())
    sentences = []
    if any(Event.CANCEL in allowed_events(state_of(dispatch)) for dispatch in dispatches):
        sentences.append(f"What is not out will stop for good, and can’t be resumed. {DELIVERED}")
    if recall and any(can_be_recalled(dispatch) for dispatch in dispatches):
        sentences.append(f"What is out will be deleted at its networks, where that can be. {SEEN}")
    return " ".join(sentences)


def withdraw(letter: Letter, *, recall: bool = False, confirmed: bool = False, actor: str = "") -> Withdrawn:
    """Cancel every dispatch of a letter that is not out; with `recall` have the others deleted at their networks.

    `confirmed`: somebody agreed to its question. `actor` names who does it, "" for an editor whose name nobody knows.
    Raises ConfirmationNeeded.
    """
    if not confirmed and (sentence := question(letter, recall=recall)):
        raise ConfirmationNeeded(sentence)
    stopped: list[Dispatch] = []
    recalled: list[Dispatch] = []
    kept: list[str] = []
    for dispatch in letter.dispatches.select_related("account").order_by("position", "pk"):
        state = state_of(dispatch)
        try:
            if Event.CANCEL in allowed_events(state):
                after = control.call_off(dispatch.pk, actor=actor)
                if state_of(after) is State.CANCELLED:
                    stopped.append(after)
                    if so_far := partial_posts.so_far(after):
                        kept.append(f"{after.reference} was stopped, and before that: {so_far}")
                else:
                    kept.append(_kept(after, state_of(after)))
            elif recall and can_be_recalled(dispatch):
                recalled.append(recall_post(dispatch.pk))
            elif state not in (State.CANCELLED, State.RECALLED):
                kept.append(_kept(dispatch, state))
        except StateError as error:
            kept.append(f"{dispatch.reference}: {error}")
    return Withdrawn(tuple(stopped), tuple(recalled), tuple(kept))


def _kept(dispatch: Dispatch, state: State) -> str:
    channel = registry.CHANNELS.get(dispatch.channel)
    where = dispatch.reference
    if state is State.FAILED:
        so_far = partial_posts.so_far(dispatch)
        return f"{where} failed: {so_far}" if so_far else f"{where} failed and is not out."
    if state is State.SENDING:
        return f"{where} is being posted right now: look again in a moment."
    if state is State.RECALLING:
        return f"{where} is being deleted: it may still be there."
    if state is State.UNCONFIRMED:
        return f"{where} may be out: look there, and say whether it is."
    if channel is not None and not channel.capabilities.recall:
        return f"{where} is out, and can’t be deleted."
    return f"{where} is out."
