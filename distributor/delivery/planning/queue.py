"""Queueing a letter: its dispatches are planned and stored, for the channels of its share bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from distributor.audience.actions import check_open, open_lists
from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.channels.base import Channel
from distributor.delivery import wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval, earliest_release, embargoes, four_eyes, slots
from distributor.delivery.transitions import state_of
from distributor.delivery.variants import source_changes
from distributor.domain.dispatch_actions import ACTIONS, permits
from distributor.domain.errors import BadInput, NotPermitted, UnknownChannel
from distributor.domain.planning import LINK, PlannedDispatch, SchedulePolicy, Target, plan
from distributor.domain.roles import RULE, Actor
from distributor.domain.states import FINISHED, VACANT, State
from distributor.letters.models import Letter, Publication

APPROVER: Final = ACTIONS["approve"].role


@dataclass(frozen=True, slots=True)
class QueueResult:
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
    next_slot: bool = False,
    is_update: bool = False,
    by: Actor = RULE,
) -> QueueResult:
    """Plan a letter's dispatches for the channels of its share bar, or for the named ones.

    With `next_slot` each channel goes out at its next slot that is free, after the hold; those without slots go out
    with the first of them.

    With `is_update` its source was read again, and what it is queued for was chosen before: where no channel is named
    it goes nowhere else, but by mail to lists that are named.

    With a `segment` only those on the lists get mail who are in it when it goes out. Without `approve` they stay
    drafts. With `spread_hours` mail goes out evenly over so many hours. `hold_minutes` is the publication's own where
    it is None. A target that this letter was already queued for is left as it is and noted. What its source withholds
    (`embargoes`) is planned as drafts, and that is noted: only a person lets it go out. Raises UnknownChannel for a
    *named* channel that there is not (one that the page names is planned as blocked), and BadInput for a letter without
    any channel, for a time beside `next_slot`, and where no channel has slots. `by` is who queues it: raises
    NotPermitted where they may not approve, or wrote it themselves and the publication wants four eyes.
    """
    if approve and not permits(by.role, APPROVER):
        raise NotPermitted("Editors approve what goes out: keep it as drafts, and one of them is shown it.")
    Letter.objects.select_for_update().get(pk=letter.pk)  # two editors at once plan one after the other
    publication = letter.publication
    for name in channels or ():
        registry.get(name)
    if next_slot and at is not None:
        raise BadInput("Give a time or ask for the next slot, not both.")
    check_open(lists)
    earlier_dispatches = list(letter.dispatches.order_by("pk")) if is_update and not channels else []
    if any(dispatch.state not in VACANT for dispatch in earlier_dispatches):
        channels = (
            _mail_channels([*_share_bar(letter), *(dispatch.channel for dispatch in earlier_dispatches)])
            if lists
            else []
        )
        if not channels:
            return QueueResult((), _update_notes(letter, earlier_dispatches))
    bar = tuple(channels or dict.fromkeys(dispatch.channel for dispatch in earlier_dispatches) or _share_bar(letter))
    if not bar:
        raise BadInput("The page names no channels and the publication has no share bar: name them with --channels.")
    embargo = embargoes.of_letter(letter, at=at, now=timezone.now()) if approve else None
    approve = approve and embargo is None
    at = at or (embargo.until if embargo else None)
    policy = _policy(publication, at=at, hold_minutes=hold_minutes)
    if next_slot:
        policy = _slot_policy(letter, bar, policy)
    dispatch_plan = plan(
        bar,
        {name: targets_of(publication, name, lists, segment) for name in bar},
        policy,
        timezone.now(),
        not_before=partial(earliest_release.channel_hours, publication),
    )
    notes = list(dispatch_plan.notes)
    dispatches: list[Dispatch] = []
    for entry in dispatch_plan.dispatches:
        existing = _already(letter, entry)
        if existing is not None:
            notes.extend(_existing_notes(existing))
            continue
        dispatches.append(
            _create(
                letter, entry, dispatches, hold=policy.hold, segment=segment, spread_hours=spread_hours, approve=approve
            )
        )
    if approve:
        for dispatch in dispatches:
            if state_of(dispatch) is State.DRAFT:
                approval.begin_hold(dispatch)
            else:  # blocked: as what it was approved counts once nothing is in its way
                approval.keep_approved(dispatch)
            if by != RULE:
                four_eyes.check(dispatch, by.name)
    wakeups.after_commit("delivery.tick")
    if embargo:
        notes.insert(0, embargo.sentence if dispatches else embargo.reason)
    return QueueResult(tuple(dispatches), tuple(notes))


def _share_bar(letter: Letter) -> tuple[str, ...]:
    return tuple(letter.share_bar or letter.publication.share_bar)


def _mail_channels(names: Sequence[str]) -> list[str]:
    """Return those of some channels that go to mailing lists."""
    return [name for name in dict.fromkeys(names) if name in registry.names() and _is_addressed(name)]


def _is_addressed(name: str) -> bool:
    return registry.get(name).capabilities.addressed


def _label(name: str) -> str:
    return registry.get(name).capabilities.label if name in registry.names() else name


def _existing_notes(dispatch: Dispatch) -> list[str]:
    """Say what becomes of a dispatch whose letter is queued again: nothing, and what there is to be decided."""
    reference, state = dispatch.reference, state_of(dispatch)
    reasons = [dispatch.reason] if state is State.DRAFT and dispatch.reason else []
    advice = ": approve it to let it go out" if state is State.DRAFT else ""
    return [
        f"{reference} is {state.predicate} already and stays as it is{advice}.",
        *(f"{reference}: {text}" for text in (*reasons, *source_changes.of_dispatch(dispatch).sentences)),
    ]


def _update_notes(letter: Letter, dispatches: Sequence[Dispatch]) -> tuple[str, ...]:
    """Say of a letter that was brought up to date what it is queued for, and what it isn't."""
    notes = [letter.withheld] if letter.withheld else []
    for dispatch in dispatches:
        notes += _existing_notes(dispatch) if dispatch.state not in VACANT else []
    channels = {dispatch.channel for dispatch in dispatches}
    missing_channels = [name for name in dict.fromkeys(_share_bar(letter)) if name not in channels]
    if missing_channels:
        names = ", ".join(map(_label, missing_channels))
        notes.append(f"It was there already, and is not queued for {names}: name the channels to queue it for them.")
    return tuple(notes)


def _policy(publication: Publication, *, at: datetime | None, hold_minutes: int | None) -> SchedulePolicy:
    minutes = publication.hold_minutes if hold_minutes is None else hold_minutes
    return SchedulePolicy(
        at=at,
        hold=timedelta(minutes=minutes),
        zone=earliest_release.zone_of(publication),
        quiet=earliest_release.quiet_hours(publication),
        between_channels=timedelta(minutes=publication.minutes_between_channels),
    )


def _slot_policy(letter: Letter, channels: Sequence[str], policy: SchedulePolicy) -> SchedulePolicy:
    """Return a policy by which each channel goes out at its next slot, from its time on. Raises BadInput."""
    now = timezone.now()
    after = max(policy.at or now, slots.earliest_slot(now, hold=policy.hold))
    slot_times = slots.next_slots(letter.publication, letter, channels, after)
    return replace(policy, at=min(slot_times.values()), slots=slot_times)


def targets_of(
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
    channel_accounts = accounts.for_channel(publication, name)
    if not channel_accounts:
        return [Target(key="none", name="no account", problem=_no_account(channel))]
    return [
        Target(key=f"account:{account.pk}", name=account.name, account_id=account.pk) for account in channel_accounts
    ]


def _no_account(channel: Channel) -> str:
    return f"No {channel.capabilities.label} account is connected."


def _audience(
    publication: Publication, channel: Channel, lists: Sequence[MailingList], segment: Segment | None
) -> Target:
    mailing_lists = list(lists) or list(open_lists(publication).order_by("pk"))
    problem = ""
    if not mailing_lists:
        problem = "There is no mailing list: make one with “distributor subscribers import FILE --list SLUG”."
    elif not lists and len(mailing_lists) > 1:
        problem = f"Say which lists: {', '.join(mailing_list.slug for mailing_list in mailing_lists)}."
        mailing_lists = []
    account = next(iter(accounts.for_channel(publication, channel.name)), None)
    if account is None:
        problem = _no_account(channel)
    ids = tuple(sorted(mailing_list.pk for mailing_list in mailing_lists))
    names = ", ".join(mailing_list.name for mailing_list in mailing_lists) or "no list"
    return Target(
        key="lists:" + ",".join(map(str, ids)) + (f" segment:{segment.pk}" if segment else ""),
        name=f"{names}: {segment.name}" if segment else names,
        account_id=account.pk if account else None,
        list_ids=ids,
        problem=problem,
    )


def _already(letter: Letter, entry: PlannedDispatch) -> Dispatch | None:
    return standing_dispatches(letter, entry.channel, entry.target.key).first()


def standing_dispatches(letter: Letter, channel: str, target_key: str) -> QuerySet[Dispatch]:
    """Return the dispatches that stand in the way of another one for this target: at most one."""
    return letter.dispatches.filter(channel=channel, target_key=target_key).exclude(state__in=VACANT)


def _create(
    letter: Letter,
    entry: PlannedDispatch,
    before: Sequence[Dispatch],
    *,
    hold: timedelta,
    segment: Segment | None,
    spread_hours: int,
    approve: bool,
) -> Dispatch:
    link = _link(letter, before) if entry.waits_for_link else None
    dispatch = Dispatch.objects.create(
        publication=letter.publication,
        letter=letter,
        channel=entry.channel,
        account_id=entry.target.account_id,
        target_key=entry.target.key,
        target=entry.target.name[:300],
        state=(State.BLOCKED if entry.blocked else State.DRAFT).value,
        approved_at=timezone.now() if approve and entry.blocked else None,
        reason=(entry.blocked or entry.moved)[:500],
        position=entry.position,
        due_at=entry.due_at,
        hold_minutes=hold // timedelta(minutes=1),
        segment=segment if entry.target.list_ids else None,
        spread_hours=spread_hours if entry.target.list_ids else 0,
        waits_for=link,
    )
    dispatch.lists.set(entry.target.list_ids)
    return dispatch


def _link(letter: Letter, before: Sequence[Dispatch]) -> Dispatch | None:
    """Return the dispatch that publishes the letter's page: one planned just now, else one that is still to come."""
    link = next((dispatch for dispatch in before if dispatch.channel == LINK), None)
    return link or letter.dispatches.filter(channel=LINK).exclude(state__in=FINISHED).first()
