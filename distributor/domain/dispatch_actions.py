"""What a person can do with a dispatch: one table, from which every door is made.

The desk's buttons and forms, the commands and the API offer what stands here, in the same states, with the same
questions and warnings. What is carried out stands beside it, in `delivery/actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from distributor.domain.errors import BadInput
from distributor.domain.states import Event, State, sources

Role = Literal["writer", "editor", "manager", "admin"]
ROLES: tuple[Role, ...] = ("writer", "editor", "manager", "admin")  # each may do what those before it may

ArgumentKind = Literal["time", "url", "flag", "choice", "text"]

# What no later step undoes: said wherever something is stopped or deleted.
DELIVERED = "What was delivered stays delivered."
SEEN = "Readers may have seen it."


@dataclass(frozen=True, slots=True)
class Argument:
    """What an action takes besides the dispatch: a `time` (aware), a `url` ("" for none), a `flag` (yes or no), a
    `text` of one line, or a `choice` among values that depend on the dispatch ("" for all of them).

    A form shows `label`, for a flag on a button of its own beside the action's. `required` ones have no default.
    `choices` are (value, words), filled in for a dispatch.
    """

    name: str
    label: str
    kind: ArgumentKind
    required: bool = False
    help: str = ""
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    - `name`: as a command, an address and a form have it; `label`: its button; `help`: a sentence on what it does.
    - `states`: in which it is allowed, as the table of states has it.
    - `role`: what whoever does it has to be in the publication, at least.
    - `approves`: with it a person says that it may go out, so they are told what the account can't do.
    - `confirm`: a sentence to be agreed to first, in `confirm_in` of its states; `{channel}` is the channel's name,
      `{people}` whom it is sent to: “59 people”.
    - `counts_people`: counting them takes a moment where a mailing is large. So it is offered without their number, and
      the desk has a page of its own that counts, and asks.
    """

    name: str
    label: str
    help: str
    states: tuple[State, ...]
    role: Role = "editor"
    approves: bool = False
    confirm: str = ""
    confirm_in: tuple[State, ...] = ()
    arguments: tuple[Argument, ...] = ()
    counts_people: bool = False

    def question(self, state: State, channel: str, people: int | None = 0) -> str:
        """Return the sentence to be agreed to before this is done in a state, "" for none.

        `channel` is a label, `people` how many it would be sent to, None where they are not counted.
        """
        if state not in self.confirm_in:
            return ""
        count = "everyone" if people is None else f"{people:,} {'person' if people == 1 else 'people'}"
        return self.confirm.format(channel=channel, people=count)


def permits(role: Role, required: Role) -> bool:
    """Whether someone of a role may do what asks for another one."""
    return ROLES.index(role) >= ROLES.index(required)


def get(name: str) -> Action:
    """Return the action of that name. Raises BadInput where there is none."""
    if name not in ACTIONS:
        raise BadInput(f"There is no action “{name}”: choose from {', '.join(ACTIONS)}.")
    return ACTIONS[name]


def _states_of(*events: Event) -> tuple[State, ...]:
    union = {state for event in events for state in sources(event)}
    return tuple(state for state in State if state in union)


_TABLE = (
    Action(
        "approve",
        "Approve",
        "Approve a draft: its hold begins.",
        _states_of(Event.APPROVE),
        approves=True,
    ),
    Action(
        "release",
        "Send now",
        "Send now, whatever its time, hold and quiet hours.",
        _states_of(Event.APPROVE, Event.HOLD_ENDED, Event.RELEASE),
        approves=True,
        arguments=(
            Argument(
                "with_link",
                "Send now with its page",
                "flag",
                help="Also send the letter’s page, if it waits for that.",
            ),
        ),
    ),
    Action(
        "approve-again",
        "Approve again",
        "Approve it as the letter and its variant are by now: its hold begins anew.",
        _states_of(Event.APPROVE_AGAIN, Event.UNBLOCK),
        approves=True,
    ),
    Action(
        "ignore-change",
        "Ignore the change",
        "Let what was approved go out, although the letter has changed since.",
        _states_of(Event.APPROVE_AGAIN, Event.UNBLOCK),
        approves=True,
    ),
    Action(
        "take-back",
        "Back to draft",
        "Make what is approved a draft again, before it is sent.",
        _states_of(Event.TAKE_BACK),
    ),
    Action(
        "reschedule",
        "Change the time",
        "Give it another time.",
        _states_of(Event.APPROVE, Event.TAKE_BACK, Event.RESUME, Event.UNBLOCK),
        arguments=(
            Argument(
                "at",
                "New time",
                "time",
                required=True,
                help="A time on the publication’s clock, or so long from now.",
                example="tomorrow 9:00",
            ),
        ),
    ),
    Action(
        "next-slot",
        "Next slot",
        "Give it the time of its channel’s next slot that is free.",
        _states_of(Event.APPROVE, Event.TAKE_BACK, Event.RESUME, Event.UNBLOCK),
    ),
    Action(
        "pause",
        "Pause",
        "Stop for now: mail stops within the group that is being sent.",
        _states_of(Event.PAUSE),
    ),
    Action(
        "resume",
        "Resume",
        "Go on with what is paused, or blocked and by now connected.",
        _states_of(Event.RESUME, Event.UNBLOCK),
        approves=True,
    ),
    Action(
        "retry",
        "Try again",
        "Send again what failed or is unconfirmed.",
        _states_of(Event.RETRY),
        approves=True,
        confirm="Look at {channel} first: if it is there, this posts it a second time.",
        confirm_in=(State.UNCONFIRMED,),
    ),
    Action(
        "resend",
        "Send to those not reached",
        "Send a mailing again to those it did not reach.",
        (State.PARTLY, State.FAILED),
        approves=True,
        confirm="It will be mailed to {people} whom it did not reach; whoever may have it by now gets no second.",
        confirm_in=(State.PARTLY, State.FAILED),
        arguments=(
            Argument(
                "code",
                "Refused with",
                "choice",
                help="Only those who were refused with this code, such as 5.7.1; without it all.",
            ),
        ),
    ),
    Action(
        "resend-unopened",
        "Send to who has not opened",
        "Send a mailing again, with another subject, to those who got it and have not opened it.",
        (State.SENT, State.PARTLY),
        approves=True,
        confirm="It will be mailed to {people} who got it and have not opened it, with this subject; nobody who left.",
        confirm_in=(State.SENT, State.PARTLY),
        arguments=(
            Argument(
                "subject",
                "Subject",
                "text",
                required=True,
                help="Another one than it had: it is all that they see of it.",
                example="In case you missed it",
            ),
        ),
        counts_people=True,
    ),
    Action(
        "confirm",
        "Mark as sent",
        "Say that an unconfirmed post is there: someone looked.",
        _states_of(Event.CONFIRM),
        arguments=(
            Argument(
                "url", "Its address, if you have it", "url", help="Where the post can be seen.", example="https://…"
            ),
        ),
    ),
    Action(
        "recall",
        "Delete post",
        "Delete a sent post at its network, where that can be.",
        _states_of(Event.RECALL),
        confirm=f"It will be deleted at {{channel}}. {SEEN}",
        confirm_in=_states_of(Event.RECALL),
    ),
    Action(
        "cancel",
        "Cancel",
        "Stop for good. What was delivered stays delivered.",
        _states_of(Event.CANCEL),
        confirm=f"It will stop for good, and can’t be resumed. {DELIVERED}",
        confirm_in=_states_of(Event.CANCEL),
    ),
)

ACTIONS: Mapping[str, Action] = {action.name: action for action in _TABLE}
# The states, by their stored names, in which a dispatch may get another time.
MOVABLE = frozenset(state.value for state in ACTIONS["reschedule"].states)
