"""Sending a post: a row before the call, the receipt right after it, and never a second call on a lost answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from distributor.channels import pictures, registry, stored_variants
from distributor.channels.base import Credentials, Intent, PostChannel
from distributor.delivery import database_clock, epochs, outages, wakeups
from distributor.delivery.accounts import accounts, tokens
from distributor.delivery.models import Account, Attempt, Dispatch
from distributor.delivery.planning import claims, partial_posts
from distributor.delivery.planning.earliest_release import at_release, earliest_release, explain
from distributor.delivery.posts import rate_budgets, remote_posts
from distributor.delivery.transitions import locked, move, pause_for, state_of
from distributor.delivery.variants.composition import compose
from distributor.domain.errors import CredentialsError, DistributorError, ServiceAway
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.retries import POST_PATIENCE, AskPerson, Retry, Stop, decide
from distributor.domain.states import Event, State, allowed_events
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

_NOT_OUT = tuple(outcome.__name__.lower() for outcome in (Deferred, Rejected, Reconnect))  # attempts’ outcomes
_OUT = (State.SENT, State.RECALLING, State.RECALLED)  # what was accepted before
RIVAL_CALL, RIVAL_DOUBT = timedelta(seconds=10), timedelta(minutes=5)  # until a wait for a like post is looked at again
FIRST_LOOK = timedelta(seconds=2)  # networks need a moment until a new post is listed


class TakenForDead(Exception):
    """Nobody waits any more for what this worker is at: it may not make another call."""


@dataclass(frozen=True, slots=True)
class _Call:
    """Everything for one call, with its attempt already committed."""

    attempt: int
    dispatch: int
    channel: PostChannel
    credentials: Credentials
    variant: Variant
    intent: Intent


def send_post(dispatch_id: int) -> None:
    """Make the one call of a released post; harmless when another worker makes or made it."""
    try:
        if not epochs.may_send():
            return
        tokens.keep_fresh(dispatch_id)
        call = _begin(dispatch_id)
    except outages.AWAY as error:
        logger.warning("Dispatch %s waits for PostgreSQL: %s", dispatch_id, type(error).__name__)
        return  # no call was made, and the sweeper wakes another worker
    except Exception as error:
        # No call was made; whatever it was, it would happen again.
        logger.exception("Dispatch %s is paused", dispatch_id)
        _pause(dispatch_id, error)
        return
    if call is None:
        return
    with bound_contextvars(attempt_id=call.attempt, account_id=call.credentials.account_id):
        _complete(call)


def _complete(call: _Call) -> None:
    """Make the call, note its answer, and let the account's next post go."""
    try:
        variant = _with_available_picture(call)
        outcome = call.channel.send(call.credentials, variant, call.intent)
    except TakenForDead:
        logger.warning("Dispatch %s took so long that this worker was taken for dead: it stops", call.dispatch)
        return
    except Exception as error:
        logger.exception("The answer for dispatch %s is lost", call.dispatch)
        outcome = Unconfirmed(f"Something unexpected happened while it was posted ({type(error).__name__}).")
    outages.outlast(partial(conclude, call.attempt, outcome), what=f"the answer for dispatch {call.dispatch}")
    if call.credentials.account_id:
        claims.claim_next(call.credentials.account_id)


def _with_available_picture(call: _Call) -> Variant:
    """Return the variant with a card where its picture can't be had, and store that: what went out is what is shown.

    A network that fetches pictures itself says what became of them, and what is half out keeps its picture.
    """
    variant, limits = call.variant, call.channel.capabilities.pictures
    if variant.picture is None or limits is None or limits.by_url or call.intent.kept:
        return variant
    picture = pictures.available(variant.picture, limits)
    if picture != variant.picture:
        variant = replace(variant, picture=picture)
        update = partial(Dispatch.objects.filter(pk=call.dispatch).update, variant=variant.to_json())
        outages.outlast(update, what=f"what dispatch {call.dispatch} shows")
    return variant


@transaction.atomic
def _pause(dispatch_id: int, error: Exception) -> None:
    if open_attempt(locked(dispatch_id)) is None:  # else another worker is at it
        pause_for(dispatch_id, error)


@transaction.atomic(durable=True)
def _begin(dispatch_id: int) -> _Call | None:
    """Write the attempt. None when there is nothing to send: then no call may follow."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.SENDING or open_attempt(dispatch) is not None:
        return None
    if dispatch.account_id is not None:
        # Before its credentials are read: else they may be replaced between that and the call.
        dispatch.account = rate_budgets.lock(dispatch.account_id)
    now = timezone.now()
    first = at_release(dispatch, now, begun=partial_posts.some_is_out(dispatch))
    if first.due_at > now:  # it was released late, or its publication's settings have changed since
        move(dispatch, Event.DEFER, reason=explain(dispatch, first), due_at=first.due_at)
        return None
    try:
        variant = compose(dispatch)
        credentials = accounts.for_dispatch(dispatch)
    except CredentialsError as error:
        move(dispatch, Event.BLOCK, reason=str(error), remedy="reconnect")
        return None
    except ServiceAway as error:
        _defer(dispatch, now + timedelta(seconds=30), str(error))
        return None
    except DistributorError as error:
        move(dispatch, Event.PAUSE, reason=str(error), remedy=getattr(error, "remedy", ""))
        return None
    channel = cast(PostChannel, registry.get(dispatch.channel))
    if channel.can_look(credentials) and (rival := remote_posts.rival(dispatch, variant)) is not None:
        _wait_for(dispatch, rival, now)
        return None
    started_at = database_clock.now()
    if dispatch.account is not None and not _may_call(dispatch, dispatch.account, channel, variant, started_at):
        return None
    last = dispatch.attempts.order_by("number").last()
    number = dispatch.attempts.count() + 1
    attempt = Attempt.objects.create(
        dispatch=dispatch,
        number=number,
        started_at=started_at,
        kept=last.kept if last is not None else {},
    )
    dispatch.variant = variant.to_json()
    dispatch.save(update_fields=["variant"])
    return _Call(
        attempt=attempt.pk,
        dispatch=dispatch_id,
        channel=channel,
        credentials=credentials,
        variant=variant,
        intent=replace(intent_of(dispatch, number), note=partial(_note, attempt.pk)),
    )


def _wait_for(dispatch: Dispatch, rival: Dispatch, now: datetime) -> None:
    """Let a locked dispatch wait until it is certain what became of one with the same words."""
    sending = state_of(rival) is State.SENDING
    uncertain = "is being posted" if sending else "may be out"
    _defer(
        dispatch,
        now + (RIVAL_CALL if sending else RIVAL_DOUBT),
        f"{rival.reference} has the same words and {uncertain}: this one follows once that is certain.",
    )


def _may_call(dispatch: Dispatch, account: Account, channel: PostChannel, variant: Variant, now: datetime) -> bool:
    """Whether its locked account may be used now; else the dispatch waits for its turn, or for a new connection."""
    if account.needs_reconnect:
        move(dispatch, Event.BLOCK, reason=account.needs_reconnect, remedy="reconnect")
        return False
    wait = rate_budgets.take(account, dispatch, channel.calls(variant), channel.capabilities, now)
    if wait is not None:
        _defer(dispatch, wait.at, wait.reason)
    return wait is None


def _defer(dispatch: Dispatch, at: datetime, reason: str) -> None:
    """Try a locked dispatch again at a time, or when it may go out next."""
    first = earliest_release(dispatch, at, begun=partial_posts.some_is_out(dispatch))
    move(dispatch, Event.DEFER, reason=explain(dispatch, first, reason), remedy="wait", due_at=first.due_at)


def open_attempt(dispatch: Dispatch) -> Attempt | None:
    """Return the attempt whose call is under way, or whose answer was lost."""
    return dispatch.attempts.filter(outcome="", subscriber_id=None).first()


def intent_of(dispatch: Dispatch, number: int) -> Intent:
    """Return the intent of one attempt, with what the attempts before it left for it, and what is not its own."""
    attempts = list(dispatch.attempts.filter(number__lte=number).order_by("number"))
    before = [attempt for attempt in attempts if attempt.number < number]
    shared_time = database_clock.now()
    first_tried_at = attempts[0].started_at if attempts else shared_time
    return Intent(
        str(dispatch.key),
        number,
        first_tried_at,
        attempts[-1].kept if attempts else {},
        foreign_ids=remote_posts.foreign_ids(dispatch, first_tried_at),
        clock_ahead=timezone.now() - shared_time,
        settled=all(attempt.outcome in _NOT_OUT for attempt in before) and not dispatch.remote_posts.exists(),
    )


def _note(attempt_id: int, memory: Mapping[str, Any]) -> None:
    """Store what a call in several steps has come to, at once: it outlives this process.

    Raises TakenForDead where the answer is not waited for any more: another worker may be at it by now.
    """
    attempts = Attempt.objects.filter(pk=attempt_id)

    def write() -> bool:
        if attempts.filter(outcome="").update(kept=dict(memory)):
            return True
        attempts.update(kept=dict(memory))  # all the same: whoever goes on should know of it
        return False

    if not outages.outlast(write, what=f"what attempt {attempt_id} has come to"):
        raise TakenForDead


@transaction.atomic(durable=True)
def conclude(attempt_id: int, outcome: Outcome) -> None:
    """Record what a call answered and move the dispatch on. An answer that comes late still counts."""
    dispatch = locked(Attempt.objects.values_list("dispatch_id", flat=True).get(pk=attempt_id))
    attempt = Attempt.objects.get(pk=attempt_id)
    now = timezone.now()
    first = dispatch.attempts.order_by("number").values_list("started_at", flat=True)[0]
    since = max(first, dispatch.approved_at or first)  # patience begins anew when a person sends it again
    decision = decide(outcome, attempt=attempt.number, first_tried_at=since, now=now, patience=POST_PATIENCE)
    attempt.outcome = type(outcome).__name__.lower()
    attempt.ended_at = now
    attempt.reason = getattr(outcome, "reason", "")[:500]
    attempt.code = getattr(outcome, "code", "")[:40]
    attempt.retry_at = decision.at if isinstance(decision, Retry) else None
    attempt.raw = dict(getattr(outcome, "raw", {}))
    if isinstance(outcome, Deferred | Rejected | Unconfirmed) and outcome.keep is not None:
        attempt.kept = dict(outcome.keep)
    attempt.save()
    if dispatch.account_id is not None:
        rate_budgets.learn(dispatch.account_id, attempt, outcome, now)
    ids = outcome.receipt.ids if isinstance(outcome, Accepted) else outcome.out
    holder = remote_posts.hold(dispatch, ids)
    if isinstance(outcome, Accepted) and holder is not None:
        logger.error("Dispatch %s was answered with a post of dispatch %s", dispatch.pk, holder.pk)
        lose_answer(dispatch, attempt, foreign_post(holder))
        return
    if isinstance(outcome, Accepted):
        accept(dispatch, outcome.receipt)
        return
    newer = dispatch.attempts.filter(number__gt=attempt.number).exists()
    if newer or state_of(dispatch) not in (State.SENDING, State.UNCONFIRMED):
        logger.warning("Dispatch %s is %s; its late answer was: %s", dispatch.pk, dispatch.state, attempt.outcome)
        return
    if dispatch.approved_at is None and not isinstance(outcome, Unconfirmed):
        move(dispatch, Event.CANCEL, reason=f"It was called off while it was posted. {outcome.reason}")
        rate_budgets.give_up(dispatch)
        return
    if isinstance(outcome, Reconnect) and dispatch.account_id is not None:
        _refused_account(
            dispatch, rate_budgets.lock(dispatch.account_id), attempt, outcome, patient=now - since < POST_PATIENCE
        )
        return
    match decision:
        case Retry(at=at, reason=reason):
            _defer(dispatch, at, reason)
        case Stop(reason=reason):
            move(dispatch, Event.REJECT, reason=reason, remedy=outcome.remedy)
        case AskPerson(reason=reason, reconnect=True):
            move(dispatch, Event.BLOCK, reason=reason, remedy="reconnect")
        case AskPerson(reason=reason):
            lose_answer(dispatch, attempt, reason)


def _refused_account(
    dispatch: Dispatch, account: Account, attempt: Attempt, outcome: Reconnect, *, patient: bool
) -> None:
    """Go on where an attempt was refused for credentials that are, or can be, replaced; else ask a person."""
    now = timezone.now()
    if tokens.fresh_since(account) > attempt.started_at:
        _defer(dispatch, now, "Its account was connected again, or its token renewed, while it was sent.")
    elif outcome.expired and patient and (fresh := tokens.renew_expired(account, now)):
        _defer(dispatch, fresh, "Its token has expired and is being renewed.")
    else:
        move(dispatch, Event.BLOCK, reason=outcome.reason, remedy="reconnect")
        accounts.ask_to_reconnect(account, outcome.reason)
    wakeups.after_commit("delivery.tick")


def foreign_post(holder: Dispatch) -> str:
    """Say that what a network named is another dispatch's."""
    return f"Its network names a post that is that of {holder.reference}: look there whether this one is there, too."


def lose_answer(dispatch: Dispatch, attempt: Attempt, reason: str) -> None:
    """Mark a locked dispatch as unconfirmed and have the network looked at."""
    now = timezone.now()
    attempt.outcome = Unconfirmed.__name__.lower()
    attempt.ended_at = attempt.ended_at or now
    attempt.reason = reason[:500]
    attempt.retry_at = now + FIRST_LOOK  # here: when to look
    attempt.save(update_fields=["outcome", "ended_at", "reason", "retry_at"])  # not `kept`: it may be noted just now
    if state_of(dispatch) is State.SENDING:
        move(dispatch, Event.LOSE_ANSWER, reason=reason, remedy="look")


def accept(dispatch: Dispatch, receipt: Receipt) -> None:
    """Note on a locked dispatch that it is out, whatever was decided while the answer was on its way."""
    record = asdict(receipt)
    record["at"] = (receipt.at or timezone.now()).isoformat()
    if Event.ACCEPT in allowed_events(state_of(dispatch)):
        losses = filter(None, (_absence(dispatch), receipt.incomplete))
        move(dispatch, Event.ACCEPT, reason=" ".join(losses), receipt=record)
    elif not (state_of(dispatch) in _OUT and (dispatch.receipt or {}).get("remote_id") == receipt.remote_id):
        logger.warning("Dispatch %s is %s and went out all the same", dispatch.pk, dispatch.state)
        dispatch.receipt, dispatch.reason = record, "It had gone out by then: look at it there."
        dispatch.save(update_fields=["receipt", "reason"])
    if dispatch.followers.exists():
        wakeups.after_commit("delivery.tick")


def _absence(dispatch: Dispatch) -> str:
    """Return why what went out shows a card and not the letter's picture, "" where it doesn't."""
    picture = stored_variants.read(dispatch.variant).picture if dispatch.variant else None
    return picture.absence if picture else ""
