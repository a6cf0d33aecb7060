"""What an editor can do: queue a letter, and approve, hold, pause, resume, stop or settle its dispatches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.channels.base import Channel
from distributor.delivery import accounts, hours, ledger, partly, posting, turns, wake
from distributor.delivery.models import Dispatch
from distributor.delivery.transitions import locked, move, state_of
from distributor.domain.errors import BadInput, BadTime, StateError, UnknownChannel
from distributor.domain.planning import LINK, PlannedDispatch, QuietHours, SchedulePolicy, Target, plan
from distributor.domain.states import FINISHED, Event, State
from distributor.letters.models import Letter, Publication


@dataclass(frozen=True, slots=True)
class Queued:
    """The dispatches that were planned, in the order they go out, and what was decided on the way, as sentences."""

    dispatches: tuple[Dispatch, ...]
    notes: tuple[str, ...] = ()


@transaction.atomic
def queue_letter(
    letter: Letter,
    *,
    at: datetime | None = None,
    hold_minutes: int | None = None,
    channels: Sequence[str] | None = None,
    lists: Sequence[MailingList] = (),
    segment: Segment | None = None,
    spread_hours: int = 0,
    approve: bool = True,
) -> Queued:
    """Plan a letter's dispatches for the channels of its share bar, or for the named ones.

    With a `segment` only those on the lists get mail who are in it when it goes out. Without `approve` they stay
    drafts. With `spread_hours` mail goes out evenly over so many hours. `hold_minutes` is the publication's own where
    it is None. A target that this letter was already queued for is left as it is and noted. Raises UnknownChannel for a
    *named* channel that there is not (one that the page names is planned as blocked), and BadInput for a letter without
    any channel.
    """
    Letter.objects.select_for_update().get(pk=letter.pk)  # two editors at once plan one after the other
    publication = letter.publication
    for name in channels or ():
        registry.get(name)
    bar = tuple(channels or letter.share_bar or publication.share_bar)
    if not bar:
        raise BadInput("The page names no channels and the publication has no share bar: name them with --channels.")
    policy = _policy(publication, at=at, hold_minutes=hold_minutes)
    planned = plan(
        bar,
        {name: _targets(publication, name, lists, segment) for name in bar},
        policy,
        timezone.now(),
        not_before=partial(hours.not_before, publication),
    )
    notes = list(planned.notes)
    dispatches: list[Dispatch] = []
    for one in planned.dispatches:
        known = _already(letter, one)
        if known is not None:
            notes.append(f"{one.channel} → {one.target.name} is {known.state} already and stays as it is.")
            continue
        dispatches.append(
            _create(
                letter, one, dispatches, hold=policy.hold, segment=segment, spread_hours=spread_hours, approve=approve
            )
        )
    if approve:
        for dispatch in dispatches:
            if state_of(dispatch) is State.DRAFT:
                _approve(dispatch)
    wake.after_commit("delivery.tick")
    return Queued(tuple(dispatches), tuple(notes))


def _policy(publication: Publication, *, at: datetime | None, hold_minutes: int | None) -> SchedulePolicy:
    quiet = None
    if publication.quiet_from is not None and publication.quiet_until is not None:
        quiet = QuietHours(publication.quiet_from, publication.quiet_until)
    minutes = publication.hold_minutes if hold_minutes is None else hold_minutes
    return SchedulePolicy(at=at, hold=timedelta(minutes=minutes), zone=ZoneInfo(publication.time_zone), quiet=quiet)


def _targets(
    publication: Publication, name: str, lists: Sequence[MailingList], segment: Segment | None
) -> list[Target]:
    """Return where a channel's variant goes, or one target whose problem says why it can't go anywhere yet."""
    try:
        channel = registry.get(name)
    except UnknownChannel as error:
        return [Target(key="none", name="no such channel", problem=str(error))]
    if channel.capabilities.addressed:
        return [_audience(publication, channel, lists, segment)]
    if not channel.fields:
        return [Target(key="web", name=f"{publication.name} on the web")]
    connected = accounts.for_channel(publication, name)
    if not connected:
        return [Target(key="none", name="no account", problem=_no_account(channel))]
    return [Target(key=f"account:{one.pk}", name=one.name, account_id=one.pk) for one in connected]


def _no_account(channel: Channel) -> str:
    return f"No {channel.capabilities.label} account is connected."


def _audience(
    publication: Publication, channel: Channel, lists: Sequence[MailingList], segment: Segment | None
) -> Target:
    chosen = list(lists) or list(publication.lists.order_by("pk"))
    problem = ""
    if not chosen:
        problem = "There is no mailing list: make one with “distributor subscribers import FILE --list SLUG”."
    elif not lists and len(chosen) > 1:
        problem = f"Say which lists: {', '.join(one.slug for one in chosen)}."
        chosen = []
    account = next(iter(accounts.for_channel(publication, channel.name)), None)
    if account is None:
        problem = _no_account(channel)
    ids = tuple(sorted(one.pk for one in chosen))
    names = ", ".join(one.name for one in chosen) or "no list"
    return Target(
        key="lists:" + ",".join(map(str, ids)) + (f" segment:{segment.pk}" if segment else ""),
        name=f"{names}: {segment.name}" if segment else names,
        account_id=account.pk if account else None,
        list_ids=ids,
        problem=problem,
    )


def _already(letter: Letter, planned: PlannedDispatch) -> Dispatch | None:
    return _queued(letter, planned.channel, planned.target.key).first()


def _queued(letter: Letter, channel: str, target_key: str) -> QuerySet[Dispatch]:
    """Return the dispatches that stand in the way of another one for this target: at most one."""
    ended = [State.CANCELLED.value, State.FAILED.value]
    there = letter.dispatches.filter(channel=channel, target_key=target_key, recalled_at=None)
    return there.exclude(state__in=ended)


def _create(
    letter: Letter,
    planned: PlannedDispatch,
    before: Sequence[Dispatch],
    *,
    hold: timedelta,
    segment: Segment | None,
    spread_hours: int,
    approve: bool,
) -> Dispatch:
    link = _link(letter, before) if planned.waits_for_link else None
    dispatch = Dispatch.objects.create(
        publication=letter.publication,
        letter=letter,
        channel=planned.channel,
        account_id=planned.target.account_id,
        target_key=planned.target.key,
        target=planned.target.name[:300],
        state=(State.BLOCKED if planned.blocked else State.DRAFT).value,
        approved_at=timezone.now() if approve and planned.blocked else None,
        reason=planned.blocked[:500],
        position=planned.position,
        due_at=planned.due_at,
        hold_minutes=hold // timedelta(minutes=1),
        segment=segment if planned.target.list_ids else None,
        spread_hours=spread_hours if planned.target.list_ids else 0,
        waits_for=link,
    )
    dispatch.lists.set(planned.target.list_ids)
    return dispatch


def _link(letter: Letter, before: Sequence[Dispatch]) -> Dispatch | None:
    """Return the dispatch that publishes the letter's page: one planned just now, else one that is still to come."""
    planned = next((one for one in before if one.channel == LINK), None)
    return planned or letter.dispatches.filter(channel=LINK).exclude(state__in=FINISHED).first()


def _approve(dispatch: Dispatch) -> None:
    now = timezone.now()
    hold_until = now + timedelta(minutes=dispatch.hold_minutes)
    due = hours.allowed(dispatch, max(dispatch.due_at, hold_until))
    move(dispatch, Event.APPROVE, approved_at=now, hold_until=hold_until, due_at=due)
    if hold_until <= now:
        move(dispatch, Event.HOLD_ENDED)


@transaction.atomic
def approve(dispatch_id: int) -> Dispatch:
    """Approve a draft: its hold begins, and after it the dispatch waits for its time."""
    dispatch = locked(dispatch_id)
    _approve(dispatch)
    wake.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def take_back(dispatch_id: int) -> Dispatch:
    """Make an approved dispatch a draft again, before it is released."""
    return move(locked(dispatch_id), Event.TAKE_BACK, hold_until=None, approved_at=None)


@transaction.atomic
def release_now(dispatch_id: int) -> Dispatch:
    """Release as soon as the letter's page is live and the channel lets it, whatever its time and hold."""
    dispatch, now = locked(dispatch_id), timezone.now()
    if state_of(dispatch) is State.DRAFT:
        move(dispatch, Event.APPROVE, approved_at=now)
    if state_of(dispatch) is State.HELD:
        move(dispatch, Event.HOLD_ENDED, hold_until=now)
    if state_of(dispatch) is not State.SCHEDULED:
        raise StateError(f"A dispatch that is {dispatch.state} can't be released.")
    dispatch.due_at = hours.allowed(dispatch, now)
    dispatch.save(update_fields=["due_at"])
    wake.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def reschedule(dispatch_id: int, at: datetime) -> Dispatch:
    """Give a dispatch that is not released yet another time (aware), or the next one that its channel allows.

    Raises BadTime for one that has passed.
    """
    dispatch = locked(dispatch_id)
    if state_of(dispatch) not in (State.DRAFT, State.HELD, State.SCHEDULED, State.PAUSED, State.BLOCKED):
        raise StateError(f"A dispatch that is {dispatch.state} can't be rescheduled.")
    if at < timezone.now() - timedelta(minutes=1):
        raise BadTime("That time has passed: give one that is still to come, or release it now.")
    dispatch.due_at = hours.allowed(dispatch, max(at, dispatch.hold_until) if dispatch.hold_until else at)
    dispatch.save(update_fields=["due_at"])
    return dispatch


@transaction.atomic
def pause(dispatch_id: int) -> Dispatch:
    """Stop for now. Mail stops within the group that is being sent; a post that is being sent can't be stopped."""
    dispatch = _not_under_way(locked(dispatch_id), "paused")
    return move(dispatch, Event.PAUSE, reason="Paused by an editor.")


@transaction.atomic
def resume(dispatch_id: int) -> Dispatch:
    """Go on with a paused dispatch, or with a blocked one whose account is connected by now."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is State.BLOCKED:
        return _unblock(dispatch)
    now = timezone.now()
    due = max(dispatch.due_at, now)
    changes: dict[str, Any] = {}
    if (allowed := hours.allowed(dispatch, due)) > due:
        changes["due_at"] = allowed
    if dispatch.spread_from is not None and not ledger.has_begun(dispatch_id):
        changes["variant"] = None  # none is out: made anew, since a template may have been mended
    move(dispatch, Event.RESUME, approved_at=now, **changes)
    wake.after_commit("delivery.tick")
    return dispatch


def _unblock(dispatch: Dispatch) -> Dispatch:
    """Go on with a blocked dispatch; one that was approved before is approved anew, and its hold runs again."""
    if dispatch.account is not None and not dispatch.account.sealed:
        accounts.ask_to_reconnect(
            dispatch.account, ""
        )  # its credentials are in the environment: whoever resumes says so
    if dispatch.account is not None and dispatch.account.needs_reconnect:
        raise StateError(f"{dispatch.account} has to be connected again first.")
    changes: dict[str, Any] = {}
    if dispatch.account is None:
        target = _targets(dispatch.publication, dispatch.channel, list(dispatch.lists.all()), dispatch.segment)[0]
        if target.problem:
            raise StateError(target.problem)
        _refuse_rival(dispatch, target.key)
        changes = {"account_id": target.account_id, "target_key": target.key, "target": target.name[:300]}
        dispatch.lists.set(target.list_ids)
    move(dispatch, Event.UNBLOCK, **changes)
    if dispatch.approved_at is not None:
        _approve(dispatch)
    wake.after_commit("delivery.tick")
    return dispatch


def _refuse_rival(dispatch: Dispatch, target_key: str) -> None:
    """Raise StateError where the letter was queued anew for the same target in the meantime."""
    if dispatch.letter is None:
        return  # a digest is planned once
    rivals = _queued(dispatch.letter, dispatch.channel, target_key).exclude(pk=dispatch.pk)
    if rivals.exists():
        raise StateError(f"The letter was queued for {dispatch.channel} again since: dispatch {rivals[0].pk} counts.")


@transaction.atomic
def cancel(dispatch_id: int) -> Dispatch:
    """Stop for good. Mail that is being sent stops within the group under way; who got it has got it.

    The letters of a digest come with the next one to those who did not get it.
    """
    dispatch = _not_under_way(locked(dispatch_id), "cancelled")
    after = " Its letters come with the next digest." if dispatch.digest_id is not None else ""
    so_far = partly.so_far(dispatch)
    before = f" Before that: {so_far}" if so_far else ""
    move(dispatch, Event.CANCEL, reason=f"Cancelled by an editor.{after}{before}")
    turns.give_up(dispatch)
    if dispatch.spread_from is not None and ledger.close_cancelled(dispatch_id):
        wake.after_commit("delivery.mail", dispatch_id)
    return dispatch


@transaction.atomic
def call_off(dispatch_id: int) -> Dispatch:
    """Cancel what is not out. What may be out, or is being posted right now, is from now on never posted by itself."""
    dispatch = locked(dispatch_id)
    under_way = state_of(dispatch) is State.SENDING and posting.open_attempt(dispatch) is not None
    if not under_way and state_of(dispatch) is not State.UNCONFIRMED:
        return cancel(dispatch_id)
    dispatch.approved_at = None
    dispatch.save(update_fields=["approved_at"])
    return dispatch


def _not_under_way(dispatch: Dispatch, done: str) -> Dispatch:
    if state_of(dispatch) is State.SENDING and posting.open_attempt(dispatch) is not None:
        raise StateError(f"It is being posted right now and can't be {done} any more: look again in a moment.")
    return dispatch


@transaction.atomic
def confirm_sent(dispatch_id: int, *, url: str = "") -> Dispatch:
    """A person looked and the unconfirmed post is there."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is not State.UNCONFIRMED:
        raise StateError(f"Only an unconfirmed dispatch can be confirmed; this one is {dispatch.state}.")
    receipt = {"remote_id": "", "url": url, "at": timezone.now().isoformat(), "raw": {"confirmed": "by an editor"}}
    move(dispatch, Event.ACCEPT, receipt=receipt)
    wake.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def retry(dispatch_id: int) -> Dispatch:
    """A person decided: an unconfirmed post is not there, or a failed one can work now. It is sent again."""
    dispatch = locked(dispatch_id)
    if dispatch.spread_from is not None:
        raise StateError("Mail that failed is not sent again: queue the letter for another list.")
    _refuse_rival(dispatch, dispatch.target_key)
    now = timezone.now()
    changes: dict[str, Any] = {
        "due_at": hours.allowed(dispatch, now),
        "approved_at": now,
        "finished_at": None,
    }
    if state_of(dispatch) is State.FAILED and not partly.may_be_out(dispatch):
        changes["variant"] = None  # made anew: the letter may have been mended since
    dispatch.attempts.update(retry_at=None)  # what was lost before is not looked for any more
    move(dispatch, Event.RETRY, **changes)
    wake.after_commit("delivery.tick")
    return dispatch
