"""Doing what `domain/dispatch_actions` lists: every door performs an action here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from distributor.audience import held_people
from distributor.channels import registry
from distributor.delivery import control, epochs, reapproval, resend
from distributor.delivery.mail import nonopeners, unreached
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval, four_eyes, slots
from distributor.delivery.planning.earliest_release import earliest_release, sentence, zone_of
from distributor.delivery.posts import recall
from distributor.delivery.transitions import state_of
from distributor.delivery.variants import concerns, source_changes
from distributor.domain.dispatch_actions import ACTIONS, Action, Argument, Role, get, permits
from distributor.domain.errors import BadInput, ConfirmationNeeded, NotPermitted
from distributor.domain.planning import Delay
from distributor.domain.states import FINISHED, RESTING, State
from distributor.domain.times import clock

LONGEST_URL = 2_000

# What carries out each action: takes the dispatch's number and the action's arguments by name.
_PERFORM: Mapping[str, Callable[..., Dispatch]] = {
    "approve": approval.approve,
    "approve-again": reapproval.approve_again,
    "ignore-change": reapproval.ignore_change,
    "release": approval.release_now,
    "take-back": approval.take_back,
    "reschedule": approval.reschedule,
    "next-slot": slots.to_next_slot,
    "pause": control.pause,
    "resume": control.resume,
    "retry": control.retry,
    "resend": resend.resend,
    "resend-unopened": resend.resend_to_nonopeners,
    "confirm": control.confirm_sent,
    "recall": recall.recall,
    "cancel": control.cancel,
}
_WITH_ACTOR = ("pause", "cancel")  # what says on the dispatch who did it


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as it is offered for one dispatch now, with the arguments that make sense for it.

    `question` is to be agreed to first, "" for none.
    """

    action: Action
    question: str

    @property
    def plain(self) -> bool:
        """Whether a mere press of its button does it: nothing is to be agreed to or filled in."""
        return not self.question and all(argument.kind == "flag" for argument in self.action.arguments)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What was done: the dispatch as it is now, a sentence on it, and what whoever approved it should know.

    `further` are flags of the same action that were not set and would change something: its page can be sent too.
    """

    dispatch: Dispatch
    sentence: str
    concerns: tuple[concerns.AccountConcern, ...] = ()
    further: tuple[Argument, ...] = ()


def offers(dispatch: Dispatch, *, role: Role) -> tuple[Offer, ...]:
    """Return what someone of a role can do with a dispatch now, in the order of the table."""
    possible = [
        action for action in ACTIONS.values() if permits(role, action.role) and state_of(dispatch) in action.states
    ]
    return tuple(filter(None, (_offer(action, dispatch) for action in possible)))


def _offer(action: Action, dispatch: Dispatch) -> Offer | None:
    """Return an action as it is offered in this state, None where it makes no sense for this kind of dispatch."""
    if action.name == "resend":
        return _resend_offer(action, dispatch)
    if not _makes_sense(action, dispatch):
        return None
    if action.counts_people:
        return Offer(action, action.question(state_of(dispatch), registry.label(dispatch.channel), None))
    return Offer(_narrow(action, dispatch), question(action.name, dispatch))


def _resend_offer(action: Action, dispatch: Dispatch) -> Offer | None:
    """Return the offer to send to those not reached, by the codes that they were refused with. Counts them once."""
    counts = unreached.counts(resend.first_of(dispatch)) if resend.can_be_resent(dispatch) else {}
    if not counts:
        return None
    narrow_action = replace(action, arguments=(replace(action.arguments[0], choices=_codes(counts)),))
    people = sum(counts.values())
    return Offer(narrow_action, action.question(state_of(dispatch), registry.label(dispatch.channel), people))


def question(name: str, dispatch: Dispatch, *, code: str = "") -> str:
    """Return what has to be agreed to before this is done, "" for nothing: also where it is not allowed now.

    `code` is what those were refused with whom a mailing would be sent to again, "" for all whom it did not reach.
    """
    action = get(name)
    state = state_of(dispatch)
    if state not in action.states:
        return ""
    people = _people(name, dispatch, code)
    if people == 0:
        return ""  # then it is refused, with the reason
    return action.question(state, registry.label(dispatch.channel), people)


def _people(name: str, dispatch: Dispatch, code: str) -> int | None:
    """Return how many people an action would send to; None for one that sends to nobody in particular."""
    first = resend.first_of(dispatch)
    if name == "resend":
        counts = unreached.counts(first) if resend.can_be_resent(dispatch) else {}
        return counts.get(code, 0) if code else sum(counts.values())
    if name == "resend-unopened":
        return nonopeners.count(first) if resend.can_be_resent(dispatch) and nonopeners.are_counted(first) else 0
    return None


def label(name: str, dispatch: Dispatch) -> str:
    """Return what an action's button says for this dispatch."""
    return _narrow(get(name), dispatch).label


def perform(
    name: str, dispatch_id: int, *, role: Role, actor: str = "", confirmed: bool = False, **arguments: Any
) -> ActionResult:
    """Do one action to a dispatch, on behalf of someone of a role; `confirmed`: they agreed to its question.

    `actor` names them: what they stop says so. "" for an editor whose name nobody knows.

    Raises BadInput for an unknown action or dispatch, or an argument that it does not take or lacks; NotPermitted,
    ConfirmationNeeded, and StateError where its state does not allow it.
    """
    action = get(name)
    if not permits(role, action.role):
        raise NotPermitted(f"“{action.label}” is for those who are {action.role} or more; you are {role}.")
    parameters = {argument.name for argument in action.arguments}
    missing = {argument.name for argument in action.arguments if argument.required} - arguments.keys()
    if wrong := (arguments.keys() - parameters) | missing:
        raise BadInput(
            f"“{action.label}” takes {', '.join(sorted(parameters)) or 'no values'}: see {', '.join(wrong)}."
        )
    dispatch = Dispatch.objects.filter(pk=dispatch_id).first()
    code = str(arguments.get("code", ""))
    if dispatch is not None and not confirmed and (sentence_to_agree := question(name, dispatch, code=code)):
        raise ConfirmationNeeded(sentence_to_agree)
    for argument in action.arguments:
        if argument.kind == "url" and argument.name in arguments:
            arguments[argument.name] = _web_address(str(arguments[argument.name]))
    if name in _WITH_ACTOR:
        arguments["actor"] = actor
    if action.approves and dispatch is not None:
        result = _approve(action, dispatch, actor, arguments)
    else:
        result = _PERFORM[name](dispatch_id, **arguments)
    account_concerns = concerns.of_dispatches([result]) if action.approves else ()
    flags = () if _page_goes_out_now(result) else _narrow(action, result).arguments
    further = tuple(flag for flag in flags if flag.kind == "flag" and not arguments.get(flag.name))
    return ActionResult(result, _result_sentence(action, result, actor), tuple(account_concerns), further)


@transaction.atomic
def _approve(action: Action, before: Dispatch, actor: str, arguments: Mapping[str, Any]) -> Dispatch:
    """Do what approves a dispatch, or undo it where a publication wants four eyes and gets two: raises NotPermitted.

    It is looked at after it is done: what it is approved as by then is what goes out, whoever saves meanwhile.
    """
    result = _PERFORM[action.name](before.pk, **arguments)
    was_approved = result.pk == before.pk and before.approved_at is not None
    if not was_approved or _approval(before) != _approval(result):
        four_eyes.check(result, actor)
    page = result.waits_for
    if page is not None and arguments.get("with_link"):
        four_eyes.check(page, actor)
    return result


def _approval(dispatch: Dispatch) -> tuple[object, ...]:
    """Return when a dispatch was approved, and as what: what is only sent earlier keeps both."""
    return dispatch.approved_at, dispatch.version_id, dispatch.ignored_version, dispatch.approved_variant


def in_order(dispatches: Iterable[Dispatch]) -> list[Dispatch]:
    """Return dispatches in the order to act on them: what others wait for first, so that sentences on those hold."""
    return sorted(dispatches, key=lambda dispatch: dispatch.waits_for_id is not None)


def waits_for_page(dispatch: Dispatch) -> bool:
    """Whether a dispatch can't go out before the letter's page, which is not live yet."""
    return dispatch.waits_for is not None and dispatch.waits_for.state not in FINISHED


def _page_goes_out_now(dispatch: Dispatch) -> bool:
    page = dispatch.waits_for
    if page is None:
        return False
    state = state_of(page)
    return state is State.SENDING or (state is State.SCHEDULED and page.due_at <= timezone.now())


def _web_address(text: str) -> str:
    """Return an address as it can be linked, "" for none. Raises BadInput."""
    text = text.strip()
    if not text:
        return ""
    url = text if re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) else f"https://{text}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        usable = False
    if not usable or len(url) > LONGEST_URL or re.search(r"[\s<>\"]", url):
        raise BadInput("That is no web address: paste the post’s whole address, or leave it empty.")
    return url


def _makes_sense(action: Action, dispatch: Dispatch) -> bool:
    """Whether what the table of states allows can succeed for this kind of dispatch."""
    if action.name == "approve-again":
        return source_changes.of_dispatch(dispatch).waits_for_person
    if action.name == "ignore-change":
        return source_changes.newer_version(dispatch) is not None
    if action.name == "recall":
        return recall.can_be_recalled(dispatch)
    if action.name == "next-slot":
        return bool(slots.slots_of(dispatch.publication, dispatch.channel))
    if action.name == "retry":
        return dispatch.spread_from is None  # mail is sent again to those whom it did not reach
    if action.name == "resend-unopened":
        return resend.can_be_resent(dispatch) and dispatch.resend_of_id is None and nonopeners.are_counted(dispatch)
    return True


def _narrow(action: Action, dispatch: Dispatch) -> Action:
    if action.name == "release" and not waits_for_page(dispatch):
        return replace(action, arguments=())
    channel = registry.CHANNELS.get(dispatch.channel)
    if action.name == "recall" and channel is not None:
        return replace(action, label=f"Delete {channel.capabilities.unit}")
    return action


def _codes(counts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return what those who were not reached were refused with, as choices with how many they are."""
    whole = ("", f"anything ({sum(counts.values()):,})")
    return (whole, *((code, f"{code} ({count:,})") for code, count in counts.items()))


def _result_sentence(action: Action, dispatch: Dispatch, actor: str) -> str:
    """Say what was done, which may be other than what was asked for: it goes out later, or waits for something."""
    match action.name:
        case "take-back":
            return "It is a draft again."
        case "pause":
            return "Paused."
        case "confirm":
            return "Marked as sent."
        case "recall":
            return "It is being deleted there."
        case "cancel":
            return dispatch.reason.replace(f" by {actor or 'an editor'}", "", 1)  # they know who they are
        case "ignore-change":
            return f"The change is ignored: what was approved goes out. {_release_sentence(dispatch)}"
        case "approve-again":
            return f"Approved again, as it is now. {_release_sentence(dispatch)}"
        case "approve":
            return f"Approved. {_release_sentence(dispatch)}"
        case "resume":
            held = held_people.counts([dispatch.pk]).get(dispatch.pk, 0)
            return f"Resumed. {_release_sentence(dispatch)} {held_people.reminder(held)}".strip()
        case "retry":
            return f"It is sent again. {_release_sentence(dispatch)}"
        case "resend":
            return f"Dispatch {dispatch.pk} sends it to those not reached. {_release_sentence(dispatch)}"
        case "resend-unopened":
            return f"Dispatch {dispatch.pk} sends it to those who have not opened it. {_release_sentence(dispatch)}"
        case "reschedule" | "next-slot":
            return f"It has another time. {_release_sentence(dispatch)}"
        case _:
            return _release_sentence(dispatch)


def _release_sentence(dispatch: Dispatch) -> str:
    """Say when a dispatch goes out, and what it waits for."""
    state = state_of(dispatch)
    if state is State.DRAFT:
        return f"It is a draft: approve it, then it goes out {_clock(dispatch, dispatch.due_at)}."
    if state in (State.PAUSED, State.BLOCKED):
        return f"It is {state.predicate}: resume it, then it goes out {_clock(dispatch, dispatch.due_at)}."
    if epochs.held_because():
        return f"It is approved, and waits. {epochs.WAITS}"
    hold_until = dispatch.hold_until if state is State.HELD else None
    hold = f"It is held until {_local(dispatch, hold_until)}" if hold_until else ""
    when = "" if hold_until and hold_until >= dispatch.due_at else f" {_clock(dispatch, dispatch.due_at)}"
    text = f"{hold}, then goes out{when}" if hold else f"It goes out{when}"
    if not waits_for_page(dispatch):
        return f"{text}. {dispatch.reason}".strip()
    page = dispatch.waits_for
    assert page is not None
    if page.state in RESTING:
        return f"{text}, once the letter’s page is live: that is {state_of(page).predicate}."
    first = earliest_release(dispatch, dispatch.due_at, begun=True)
    if first.delay is Delay.LINK:
        return f"{hold}. {sentence(dispatch, first)}".removeprefix(". ")
    return f"{text}, after the letter’s page. {dispatch.reason}".strip()


def _clock(dispatch: Dispatch, moment: datetime) -> str:
    """Return a moment on the publication's clock; what has come is “now”."""
    if moment <= timezone.now():
        return "now"
    text = _local(dispatch, moment)
    return f"at {text}" if text[2] == ":" else text  # a time of today


def _local(dispatch: Dispatch, moment: datetime) -> str:
    return clock(moment, now=timezone.now(), zone=zone_of(dispatch.publication))
