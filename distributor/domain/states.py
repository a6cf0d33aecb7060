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

    @property
    def predicate(self) -> str:
        """The state as a sentence has it after “it is”."""
        return _PREDICATES.get(self, self.words)


_WORDS = {State.RECALLING: "being deleted", State.RECALLED: "deleted"}
_PREDICATES = {State.DRAFT: "a draft", State.SENDING: "being sent", State.PARTLY: "sent in part"}
_CLAUSES = {State.FAILED: "It has failed", State.UNCONFIRMED: "It may be out"}
# What a person does about each state. None of them names a door: desk, commands and API say the same.
_ADVICE = {
    State.DRAFT: "It goes out only once it is approved.",
    State.HELD: "It is approved, and goes out after its hold: make it a draft, pause or cancel it to stop it.",
    State.SCHEDULED: "It is approved, and goes out at its time: make it a draft, pause or cancel it to stop it.",
    State.SENDING: "It is going out right now: look again in a moment.",
    State.SENT: "It is out: delete it at its network if it should not be, where that can be.",
    State.RECALLING: "Wait until its network has deleted it.",
    State.RECALLED: "Queue the letter again to send it anew.",
    State.PARTLY: "Some were refused: send it again to those not reached once the cause is gone.",
    State.FAILED: "Mend what its reason names, then try again.",
    State.CANCELLED: "Queue the letter again to send it after all.",
    State.PAUSED: "Resume it first, or cancel it.",
    State.BLOCKED: "Clear what is in its way, such as a missing account, then resume it.",
    State.UNCONFIRMED: "Look whether it is there, then mark it as sent or try it again.",
}


class Event(Enum):
    """What can happen to a dispatch; its value completes “it can't …”."""

    APPROVE = "be approved"
    APPROVE_AGAIN = "be approved again"  # as it is by now
    HOLD_ENDED = "end its hold"
    RELEASE = "be sent now"  # its time has come, or an editor says now
    TAKE_BACK = "go back to draft"
    PAUSE = "be paused"
    RESUME = "be resumed"
    CANCEL = "be cancelled"
    BLOCK = "be blocked"
    UNBLOCK = "be unblocked"
    ACCEPT = "be accepted"
    ACCEPT_SOME = "be accepted in part"
    REJECT = "be refused"
    DEFER = "be deferred"
    LOSE_ANSWER = "lose its answer"
    RETRY = "be tried again"  # a person decided: it is not there, send it
    CONFIRM = "be marked as sent"  # a person looked: it is there
    RECALL = "be deleted there"
    RECALL_DONE = "be gone"
    RECALL_GIVEN_UP = "stay there"  # its network refuses, or patience ended: a person decides


_S, _E = State, Event

# One row an event: from which states it is allowed, and where it leads.
_TABLE: dict[Event, tuple[frozenset[State], State]] = {
    _E.APPROVE: (frozenset({_S.DRAFT}), _S.HELD),
    _E.APPROVE_AGAIN: (frozenset({_S.HELD, _S.SCHEDULED, _S.PAUSED}), _S.HELD),
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
# Nothing more happens to these by itself: those that are finished, and those that wait for a person.
RESTING = frozenset({*FINISHED, *(state.value for state in (_S.DRAFT, _S.PAUSED, _S.BLOCKED, _S.UNCONFIRMED))})
# Nothing of these is at the target, nor will be: the same may be planned for it anew.
VACANT = tuple(state.value for state in (_S.CANCELLED, _S.FAILED, _S.RECALLED))


def next_state(state: State, event: Event) -> State:
    """Return where `event` leads from `state`. Raises StateError, in words for an editor, where it is not allowed."""
    origins, target = _TABLE[event]
    if state not in origins:
        raise StateError(refusal(state, event.value))
    return target


def refusal(state: State, deed: str) -> str:
    """Say to an editor that something can't be done in a state, and what to do; `deed` completes “it can't …”."""
    return f"{_CLAUSES.get(state, f'It is {state.predicate}')}, so it can't {deed}. {_ADVICE[state]}"


def sources(event: Event) -> tuple[State, ...]:
    """Return the states in which an event is allowed, in the order of `State`."""
    origins, _ = _TABLE[event]
    return tuple(state for state in State if state in origins)


def allowed_events(state: State) -> frozenset[Event]:
    """Return what can happen to a dispatch in this state."""
    return frozenset(event for event, (origins, _) in _TABLE.items() if state in origins)
