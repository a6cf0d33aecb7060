"""Queueing a letter: its dispatches are planned and stored, for the channels of its share bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone

from distributor.audience.actions import check_open
from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.delivery import wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval, dispatch_rows, earliest_release, embargoes, four_eyes, slots
from distributor.delivery.planning.dispatch_rows import LetterPlan
from distributor.delivery.planning.embargoes import Embargo
from distributor.delivery.planning.targets import targets_of
from distributor.delivery.transitions import state_of
from distributor.delivery.variants import source_changes
from distributor.domain.dispatch_actions import ACTIONS, permits
from distributor.domain.errors import BadInput, NotPermitted
from distributor.domain.planning import LINK, Plan, SchedulePolicy, Target, plan
from distributor.domain.roles import RULE, Actor
from distributor.domain.states import FINISHED, VACANT, State
from distributor.letters.models import Letter, Publication

APPROVER: Final = ACTIONS["approve"].role


@dataclass(frozen=True, slots=True)
class QueueResult:
    """The dispatches that were planned, in the order they go out, and what was decided on the way, as sentences."""

    dispatches: tuple[Dispatch, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """How a letter is to go out: `queue_letter` explains each."""

    at: datetime | None = None
    hold_minutes: int | None = None
    channels: tuple[str, ...] = ()
    lists: tuple[MailingList, ...] = ()
    segment: Segment | None = None
    spread_hours: int = 0
    approve: bool = True
    next_slot: bool = False
    by: Actor = RULE


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
    options = QueueOptions(
        at, hold_minutes, tuple(channels or ()), tuple(lists), segment, spread_hours, approve, next_slot, by
    )
    check(options)
    # Two editors at once plan one after the other.
    Letter.objects.select_for_update(of=("self",)).values_list("pk").get(pk=letter.pk)
    earlier_dispatches = list(letter.dispatches.order_by("pk"))
    if is_update and not options.channels and earlier_dispatches:
        if any(dispatch.state not in VACANT for dispatch in earlier_dispatches):
            bar = [*_share_bar(letter), *(dispatch.channel for dispatch in earlier_dispatches)]
            names = _mail_channels(bar) if lists else []
            if not names:
                return QueueResult((), _update_notes(letter, earlier_dispatches))
        else:
            names = list(dict.fromkeys(dispatch.channel for dispatch in earlier_dispatches))
        options = replace(options, channels=tuple(names))
    (result,) = _queue([letter], options, {letter.pk: earlier_dispatches})
    return result


@transaction.atomic(savepoint=False)
def queue_new_letters(letters: Sequence[Letter], options: QueueOptions) -> list[QueueResult]:
    """Do the same for letters of one publication that were stored just now, in this transaction. Raises the same."""
    check(options)
    return _queue(letters, options, {})


def check(options: QueueOptions) -> None:
    """Raise NotPermitted, UnknownChannel and BadInput for options that suit no letter."""
    if options.approve and not permits(options.by.role, APPROVER):
        raise NotPermitted("Editors approve what goes out: keep it as drafts, and one of them is shown it.")
    for name in options.channels:
        registry.get(name)
    if options.next_slot and options.at is not None:
        raise BadInput("Give a time or ask for the next slot, not both.")
    check_open(options.lists)


def _queue(
    letters: Sequence[Letter], options: QueueOptions, earlier_dispatches: Mapping[int, Sequence[Dispatch]]
) -> list[QueueResult]:
    """Plan letters that nobody else plans just now; the dispatches that each has already are given, by its number."""
    targets: dict[str, list[Target]] = {}
    plans: list[LetterPlan] = []
    notes: list[list[str]] = []
    embargoes_of: list[Embargo | None] = []
    for letter in letters:
        embargo = embargoes.of_letter(letter, at=options.at, now=timezone.now()) if options.approve else None
        letter_plan, letter_notes = _plan(letter, options, embargo, targets, earlier_dispatches.get(letter.pk, ()))
        plans.append(letter_plan)
        notes.append(letter_notes)
        embargoes_of.append(embargo)
    rows = dispatch_rows.store(plans)
    for letter_plan, dispatches, letter_notes, embargo in zip(plans, rows, notes, embargoes_of, strict=True):
        if letter_plan.is_approved:
            _approve(dispatches, options.by)
        if embargo:
            letter_notes.insert(0, embargo.sentence if dispatches else embargo.reason)
    if options.approve:  # drafts are not due
        wakeups.after_commit("delivery.tick")
    return [QueueResult(tuple(dispatches), tuple(texts)) for dispatches, texts in zip(rows, notes, strict=True)]


def _plan(
    letter: Letter,
    options: QueueOptions,
    embargo: Embargo | None,
    targets: dict[str, list[Target]],
    earlier_dispatches: Sequence[Dispatch],
) -> tuple[LetterPlan, list[str]]:
    """Return what is to be stored of one letter, and what is to be said. `targets` are kept for further letters."""
    publication = letter.publication
    bar = options.channels or _share_bar(letter)
    if not bar:
        raise BadInput("The page names no channels and the publication has no share bar: name them with --channels.")
    at = options.at or (embargo.until if embargo else None)
    policy = _slot_or_time_policy(letter, bar, options, at)
    for name in bar:
        if name not in targets:
            targets[name] = targets_of(publication, name, options.lists, options.segment)
    dispatch_plan = _dispatch_plan(letter, bar, policy, targets)
    notes, entries = list(dispatch_plan.notes), []
    rivals = {(row.channel, row.target_key): row for row in earlier_dispatches if row.state not in VACANT}
    for entry in dispatch_plan.dispatches:
        if (row := rivals.get((entry.channel, entry.target.key))) is not None:
            notes.extend(_existing_notes(row))
        else:
            entries.append(entry)
    links = (row for row in earlier_dispatches if row.channel == LINK and row.state not in FINISHED)
    letter_plan = LetterPlan(
        letter,
        tuple(entries),
        policy.hold,
        is_approved=options.approve and embargo is None,
        link=next(links, None),
        segment=options.segment,
        spread_hours=options.spread_hours,
    )
    return letter_plan, notes


def _approve(dispatches: Sequence[Dispatch], by: Actor) -> None:
    for dispatch in dispatches:
        if state_of(dispatch) is State.DRAFT:
            approval.begin_hold(dispatch)
        else:  # blocked: as what it was approved counts once nothing is in its way
            approval.keep_approved(dispatch)
        if by != RULE:
            four_eyes.check(dispatch, by.name)


def plan_of(letter: Letter, options: QueueOptions) -> Plan:
    """Return what queueing a letter for the channels that are named plans; nothing is stored. Raises as `check`."""
    check(options)
    names = options.channels
    targets = {name: targets_of(letter.publication, name, options.lists, options.segment) for name in names}
    return _dispatch_plan(letter, names, _slot_or_time_policy(letter, names, options, options.at), targets)


def hold_of(publication: Publication, minutes: int | None) -> timedelta:
    """Return the hold of so many minutes, the publication's own for None."""
    return timedelta(minutes=publication.hold_minutes if minutes is None else minutes)


def _slot_or_time_policy(
    letter: Letter, channels: Sequence[str], options: QueueOptions, at: datetime | None
) -> SchedulePolicy:
    policy = _policy(letter.publication, at=at, hold_minutes=options.hold_minutes)
    return _slot_policy(letter, channels, policy) if options.next_slot else policy


def _dispatch_plan(
    letter: Letter, channels: Sequence[str], policy: SchedulePolicy, targets: Mapping[str, Sequence[Target]]
) -> Plan:
    hours = partial(earliest_release.channel_hours, letter.publication)
    return plan(channels, {name: targets[name] for name in channels}, policy, timezone.now(), not_before=hours)


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
    return SchedulePolicy(
        at=at,
        hold=hold_of(publication, hold_minutes),
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
