"""The states of a dispatch and the one table of what leads from which to which."""

from __future__ import annotations

from enum import Enum

from distributor.domain.errors import StateError


class State(Enum):
    """Where a dispatch is."""

    DRAFT = "draft"  # planned, an editor has not approved it
    HELD = "held"  # approved; the hold runs
    SCHEDULED = "scheduled"  # waits for its time
    SENDING = "sending"  # released: claimed by a tick
    SENT = "sent"
    RECALLING = "recalling"  # an editor wants it deleted where it is; it may still be seen
    RECALLED = "recalled"  # it was deleted there
    PARTLY = "partly"  # mail: some recipients were refused for good
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    BLOCKED = "blocked"  # no account to send it through
    UNCONFIRMED = "unconfirmed"  # asked, answer lost

    @property
    def words(self) -> str:
        """The state as people read it."""
        return _WORDS.get(self, self.value)


_WORDS = {State.RECALLING: "being deleted", State.RECALLED: "deleted"}


class Event(Enum):
    """What can happen to a dispatch."""

    APPROVE = "approve"
    HOLD_ENDED = "hold ended"
    RELEASE = "release"  # its time has come, or an editor says now
    TAKE_BACK = "go back to draft"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    BLOCK = "block"
    UNBLOCK = "unblock"
    ACCEPT = "accept"
    ACCEPT_SOME = "accept some"
    REJECT = "reject"
    DEFER = "defer"
    LOSE_ANSWER = "lose the answer"
    RETRY = "retry"  # a person decided: it is not there, send it
    CONFIRM = "be confirmed"  # a person looked: it is there
    RECALL = "be deleted there"
    RECALL_DONE = "be gone"
    RECALL_GIVEN_UP = "stay there"  # its network refuses, or patience ended: a person decides


_S, _E = State, Event

# One row an event: from which states it is allowed, and where it leads.
_TABLE: dict[Event, tuple[frozenset[State], State]] = {
    _E.APPROVE: (frozenset({_S.DRAFT}), _S.HELD),
    _E.HOLD_ENDED: (frozenset({_S.HELD}), _S.SCHEDULED),
    _E.RELEASE: (frozenset({_S.SCHEDULED}), _S.SENDING),
    _E.TAKE_BACK: (frozenset({_S.HELD, _S.SCHEDULED}), _S.DRAFT),
    _E.PAUSE: (frozenset({_S.HELD, _S.SCHEDULED, _S.SENDING}), _S.PAUSED),
    _E.RESUME: (frozenset({_S.PAUSED}), _S.SCHEDULED),
    _E.CANCEL: (
        frozenset({_S.DRAFT, _S.HELD, _S.SCHEDULED, _S.SENDING, _S.PAUSED, _S.BLOCKED, _S.UNCONFIRMED}),
        _S.CANCELLED,
    ),
    _E.BLOCK: (frozenset({_S.SCHEDULED, _S.SENDING, _S.UNCONFIRMED}), _S.BLOCKED),
    _E.UNBLOCK: (frozenset({_S.BLOCKED}), _S.DRAFT),  # approved anew, with its hold
    # It is there: that counts whatever was decided while the answer was on its way.
    _E.ACCEPT: (
        frozenset({_S.SENDING, _S.UNCONFIRMED, _S.DRAFT, _S.HELD, _S.SCHEDULED, _S.PAUSED, _S.BLOCKED}),
        _S.SENT,
    ),
    _E.ACCEPT_SOME: (frozenset({_S.SENDING}), _S.PARTLY),
    # An answer that comes late, after it was believed lost, still counts.
    _E.REJECT: (frozenset({_S.SENDING, _S.UNCONFIRMED}), _S.FAILED),
    _E.DEFER: (frozenset({_S.SENDING, _S.UNCONFIRMED}), _S.SCHEDULED),
    _E.LOSE_ANSWER: (frozenset({_S.SENDING}), _S.UNCONFIRMED),
    _E.RETRY: (frozenset({_S.UNCONFIRMED, _S.FAILED}), _S.SCHEDULED),
    _E.CONFIRM: (frozenset({_S.UNCONFIRMED}), _S.SENT),
    _E.RECALL: (frozenset({_S.SENT}), _S.RECALLING),
    _E.RECALL_DONE: (frozenset({_S.RECALLING, _S.SENT}), _S.RECALLED),  # gone is gone, whatever was decided
    _E.RECALL_GIVEN_UP: (frozenset({_S.RECALLING}), _S.SENT),
}

# Nothing more happens to these, unless a person wants it.
FINISHED = tuple(state.value for state in (_S.SENT, _S.PARTLY, _S.FAILED, _S.CANCELLED, _S.RECALLED))
# Nothing of these is at the target, nor will be: the same may be planned for it anew.
VACANT = tuple(state.value for state in (_S.CANCELLED, _S.FAILED, _S.RECALLED))


def next_state(state: State, event: Event) -> State:
    """Return where `event` leads from `state`. Raises StateError, in words for an editor, where it is not allowed."""
    origins, target = _TABLE[event]
    if state not in origins:
        raise StateError(f"A dispatch that is {state.words} can't {event.value}.")
    return target


def sources(event: Event) -> tuple[State, ...]:
    """Return the states in which an event is allowed, in the order of `State`."""
    origins, _ = _TABLE[event]
    return tuple(state for state in State if state in origins)


def allowed_events(state: State) -> frozenset[Event]:
    """Return what can happen to a dispatch in this state."""
    return frozenset(event for event, (origins, _) in _TABLE.items() if state in origins)
