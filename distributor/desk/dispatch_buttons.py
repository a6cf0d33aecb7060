"""What an editor can do with a dispatch: the buttons, in which states they show, and the action behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from distributor.delivery import control
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.posts import recall
from distributor.domain.states import Event, State, allowed_events

_BEFORE_RELEASE = (State.DRAFT, State.HELD, State.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Verb:
    """One button. `done` is the sentence that the desk answers with."""

    name: str
    label: str
    done: str
    act: Callable[[int], Dispatch]
    states: tuple[State, ...]


def _where(event: Event) -> tuple[State, ...]:
    return tuple(state for state in State if event in allowed_events(state))


VERBS = {
    verb.name: verb
    for verb in (
        Verb("approve", "Approve", "Approved.", approval.approve, _where(Event.APPROVE)),
        Verb("release", "Release now", "Released: it goes out now.", approval.release_now, _BEFORE_RELEASE),
        Verb("take-back", "Take back", "Taken back: it is a draft again.", approval.take_back, _where(Event.TAKE_BACK)),
        Verb("pause", "Pause", "Paused.", control.pause, _where(Event.PAUSE)),
        Verb("resume", "Resume", "It goes on.", control.resume, _where(Event.RESUME)),
        Verb("unblock", "Try again", "It goes on.", control.resume, _where(Event.UNBLOCK)),
        Verb("retry", "It is not there, send it", "It is sent again.", control.retry, (State.UNCONFIRMED,)),
        Verb("again", "Send it again", "It is sent again.", control.retry, (State.FAILED,)),
        Verb("recall", "Take it back there", "It is being taken back.", recall.recall, (State.SENT,)),
        Verb("cancel", "Cancel for good", "Cancelled.", control.cancel, _where(Event.CANCEL)),
    )
}
# These stand apart from the other buttons, so that nobody presses them by mistake.
APART = ("cancel", "recall")
# With these a person says that it may go out: they hear what the account can't do.
APPROVING = ("approve", "release", "unblock")
RESCHEDULABLE = (*_BEFORE_RELEASE, State.PAUSED, State.BLOCKED)


def buttons(state: State) -> list[Verb]:
    """Return the buttons of a dispatch in this state, without those that stand apart."""
    return [verb for verb in VERBS.values() if state in verb.states and verb.name not in APART]


def can(name: str, state: State) -> bool:
    """Whether the button of that name shows in this state."""
    return state in VERBS[name].states
