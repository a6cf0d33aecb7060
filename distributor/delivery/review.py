"""A letter's review: what an editor chooses for all its channels, what comes of it in exact figures, and their yes.

What is shown and what is approved is one plan: where it has become another since it was shown, it is shown again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.delivery import overrides, wakeups
from distributor.delivery.mail import recipient_counts
from distributor.delivery.models import Dispatch, Override
from distributor.delivery.planning import approval, four_eyes
from distributor.delivery.planning.queue import QueueOptions, hold_of, plan_of, queue_letter
from distributor.delivery.transitions import locked, move, state_of
from distributor.delivery.variants import composition
from distributor.domain import overrides as rules
from distributor.domain.dispatch_actions import ACTIONS, permits
from distributor.domain.errors import BadInput, ConfirmationNeeded, NotPermitted
from distributor.domain.overrides import Part
from distributor.domain.planning import LINK, PlannedDispatch
from distributor.domain.roles import Actor
from distributor.domain.states import VACANT, Event, State
from distributor.letters import versions
from distributor.letters.models import Letter

APPROVE: Final = ACTIONS["approve"]
_OPEN_STATES: Final = (State.DRAFT.value, State.BLOCKED.value)
_TOLERANCE: Final = 0.01  # of the people: lists change while somebody reads


@dataclass(frozen=True, slots=True)
class Choice:
    """What an editor chose for a letter: where, to whom and when. Names and None are as `queue_letter` takes them."""

    channels: tuple[str, ...]
    lists: tuple[MailingList, ...] = ()
    segment: Segment | None = None
    at: datetime | None = None
    next_slot: bool = False
    hold_minutes: int | None = None
    spread_hours: int = 0

    @property
    def options(self) -> QueueOptions:
        """The same, to plan drafts by."""
        return QueueOptions(
            self.at,
            self.hold_minutes,
            self.channels,
            self.lists,
            self.segment,
            self.spread_hours,
            approve=False,
            next_slot=self.next_slot,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One dispatch that an approval lets go out, at `due_at` (aware).

    `people` is how many a mailing goes to now, None for a post or page. `dispatch` is the draft that is there already.
    """

    entry: PlannedDispatch
    people: int | None = None
    dispatch: Dispatch | None = None

    @property
    def channel(self) -> str:
        return self.entry.channel

    @property
    def label(self) -> str:
        """Its channel as people see it."""
        return registry.label(self.channel)

    @property
    def due_at(self) -> datetime:
        return self.entry.due_at

    @property
    def problem(self) -> str:
        """Why it can't go out yet, "" where it can."""
        return self.entry.blocked


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """What a yes to a choice does: `steps` in the order in which they go out; `remainder` is approved or out already.

    `notes` are sentences on what was decided on the way. `agreement` names just this plan.
    """

    choice: Choice
    steps: tuple[Step, ...]
    remainder: tuple[Dispatch, ...]
    notes: tuple[str, ...]
    hold: timedelta
    agreement: str

    @property
    def releases(self) -> tuple[Step, ...]:
        """The steps that nothing stands in the way of."""
        return tuple(step for step in self.steps if not step.problem)

    @property
    def people(self) -> int:
        """How many get mail."""
        return sum(step.people or 0 for step in self.releases)

    @property
    def posts(self) -> int:
        return sum(step.people is None and step.channel != LINK for step in self.releases)

    @property
    def with_page(self) -> bool:
        """Whether the letter's page goes out with it."""
        return any(step.channel == LINK for step in self.releases)

    @property
    def with_mail(self) -> bool:
        return any(step.people is not None for step in self.releases)


def plan(letter: Letter, choice: Choice) -> ReviewPlan:
    """Return what a yes to this choice does now. Raises BadInput for what can't be planned."""
    dispatch_plan = plan_of(letter, choice.options)
    present_dispatches = list(_present(letter))
    steps: list[Step] = []
    remainder: list[Dispatch] = []
    for entry in dispatch_plan.dispatches:
        dispatch = _dispatch_for(entry, present_dispatches)
        if dispatch is not None and not _is_open(dispatch):
            remainder.append(dispatch)
            continue
        is_mail = registry.CHANNELS[entry.channel].capabilities.addressed
        people = recipient_counts.count(entry.target.list_ids, choice.segment) if is_mail else None
        steps.append(Step(entry, people, dispatch))
    return ReviewPlan(
        choice,
        tuple(steps),
        tuple(remainder),
        dispatch_plan.notes,
        hold_of(letter.publication, choice.hold_minutes),
        _agreement(letter, choice, steps),
    )


@transaction.atomic
def approve(letter: Letter, choice: Choice, *, by: Actor, agreement: str) -> tuple[Dispatch, ...]:
    """Approve all that a plan shows, or nothing; return it as it is now, in the order of the share bar.

    Drafts that are there get the chosen time, hold and readers. Raises NotPermitted, BadInput for what can't go out,
    and ConfirmationNeeded where `agreement` is of another plan than the one of now.
    """
    if not permits(by.role, APPROVE.role):
        raise NotPermitted(f"“{APPROVE.label}” is for those who are {APPROVE.role} or more; you are {by.role}.")
    review_plan = _locked_plan(letter, choice)
    if not _agrees(agreement, review_plan.agreement):
        raise ConfirmationNeeded("It is not what the page showed any more: read what it says now, then approve it.")
    drafts = _drafts(letter, review_plan)
    for step, draft in sorted(zip(review_plan.steps, drafts, strict=True), key=lambda pair: pair[0].channel != LINK):
        _approve(draft.pk, step, by)
    wakeups.after_commit("delivery.tick")
    return tuple(_present(letter).filter(pk__in=[row.pk for row in drafts]))


@transaction.atomic
def keep_drafts(letter: Letter, choice: Choice) -> tuple[Dispatch, ...]:
    """Plan all of a choice as drafts, for somebody who approves them; return them. Raises BadInput."""
    return tuple(_drafts(letter, _locked_plan(letter, choice)))


@transaction.atomic
def edit(letter: Letter, channel: str, changes: Mapping[str, str], *, resets: Sequence[Part] = (), by: str) -> None:
    """Write an editor's own `text`, `picture`, `picture_alt` or `link` for a letter's posts on one channel.

    `resets` are parts that go back to the template first. Where the letter is not queued for the channel yet, it
    becomes a draft: nothing of it goes out before it is approved. Raises what `overrides.edit_variant` raises.
    """
    for dispatch in _editable(letter, channel):
        if resets:
            overrides.reset_variant(dispatch.pk, parts=resets, by=by)
        if changes:
            overrides.edit_variant(dispatch.pk, **changes, by=by)


def contents(letter: Letter) -> dict[str, rules.Override]:
    """Return what editors wrote for a letter's variants, by channel; of several accounts' the latest."""
    latest_overrides = (
        Override.objects.filter(dispatch__letter=letter)
        .exclude(dispatch__state__in=VACANT)
        .order_by("dispatch_id", "-number")
        .distinct("dispatch_id")
        .select_related("dispatch")
    )
    rows = sorted(latest_overrides, key=lambda row: row.created_at)
    return {row.dispatch.channel: row.content for row in rows if row.content.parts}


def drafts_of(letter: Letter) -> list[Dispatch]:
    """Return what of a letter nobody has approved yet, in the order of the share bar."""
    return [dispatch for dispatch in _present(letter) if _is_open(dispatch)]


def _present(letter: Letter) -> QuerySet[Dispatch]:
    rows = letter.dispatches.exclude(state__in=VACANT).select_related("publication", "letter", "account", "segment")
    return rows.defer("variant", "approved_variant").order_by("position", "pk")


def _is_open(dispatch: Dispatch) -> bool:
    return dispatch.approved_at is None and dispatch.state in _OPEN_STATES


def _dispatch_for(entry: PlannedDispatch, dispatches: Sequence[Dispatch]) -> Dispatch | None:
    """Return the dispatch that is there for what is planned: for its target, else a draft of a mailing to others."""
    rows = [row for row in dispatches if row.channel == entry.channel]
    exact = next((row for row in rows if row.target_key == entry.target.key), None)
    if exact is not None or not entry.target.list_ids:
        return exact
    return next((row for row in rows if _is_open(row)), None)


def _agreement(letter: Letter, choice: Choice, steps: Sequence[Step]) -> str:
    """Return a name of a plan: the letter and its variants as they are, where they go, and when where that is said."""
    is_timed = choice.at is not None or choice.next_slot
    override_id = Override.objects.filter(dispatch__letter=letter).order_by("-pk").values_list("pk", flat=True).first()
    parts = [
        versions.latest(letter).number,
        override_id,
        [[step.channel, step.entry.target.key, step.due_at.isoformat() if is_timed else ""] for step in steps],
        choice.hold_minutes,
        choice.spread_hours,
    ]
    name = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return f"{name} {sum(step.people or 0 for step in steps)}"


def _agrees(agreement: str, current: str) -> bool:
    name, _, people = current.partition(" ")
    shown_name, _, shown_people = agreement.partition(" ")
    if name != shown_name or not (shown_people.isascii() and shown_people.isdecimal()):
        return False
    return abs(int(people) - int(shown_people[:12])) <= int(people) * _TOLERANCE


def _locked_plan(letter: Letter, choice: Choice) -> ReviewPlan:
    """Return the plan of a choice, which nobody changes until the transaction ends. Raises BadInput for none."""
    Letter.objects.select_for_update().get(pk=letter.pk)
    list(_present(letter).select_for_update(of=("self",)).order_by("pk"))
    review_plan = plan(letter, choice)
    if not review_plan.steps:
        raise BadInput("Nothing of this is left to approve: choose another channel.")
    return review_plan


def _drafts(letter: Letter, review_plan: ReviewPlan) -> list[Dispatch]:
    """Return the drafts of a plan's steps, with all that was chosen for them; those that are not there are made."""
    new_channels = [step.channel for step in review_plan.steps if step.dispatch is None]
    if new_channels:
        _plan_drafts(letter, review_plan.choice, tuple(dict.fromkeys(new_channels)))
    drafts = [_draft_of(step, letter, review_plan.choice, review_plan.hold) for step in review_plan.steps]
    _give_page(drafts)
    return drafts


def _draft_of(step: Step, letter: Letter, choice: Choice, hold: timedelta) -> Dispatch:
    """Return the draft of a step, with all that was chosen for it."""
    target = step.entry.target
    dispatch = step.dispatch or _present(letter).get(channel=step.channel, target_key=target.key)
    dispatch.due_at, dispatch.hold_minutes = step.due_at, hold // timedelta(minutes=1)
    dispatch.target_key, dispatch.target = target.key, target.name[:300]
    dispatch.account_id, dispatch.position = target.account_id, step.entry.position
    dispatch.reason = (step.problem or step.entry.moved)[:500]
    if target.list_ids:
        dispatch.segment, dispatch.spread_hours = choice.segment, choice.spread_hours
        dispatch.lists.set(target.list_ids)
    dispatch.save(
        update_fields=[
            "due_at", "hold_minutes", "target_key", "target", "account_id", "position", "reason", "segment",
            "spread_hours",
        ]
    )  # fmt: skip
    return dispatch


def _plan_drafts(letter: Letter, choice: Choice, channels: tuple[str, ...]) -> None:
    queue_letter(
        letter,
        at=choice.at,
        hold_minutes=choice.hold_minutes,
        channels=channels,
        lists=choice.lists,
        segment=choice.segment,
        spread_hours=choice.spread_hours,
        approve=False,
        next_slot=choice.next_slot,
    )


def _give_page(drafts: Sequence[Dispatch]) -> None:
    """Let what leads to the letter's page wait for it, where that goes out with it."""
    page = next((row for row in drafts if row.channel == LINK), None)
    for row in drafts:
        if page is not None and row.pk != page.pk and row.waits_for_id is None:
            row.waits_for = page
            row.save(update_fields=["waits_for"])


def _approve(dispatch_id: int, step: Step, by: Actor) -> None:
    """Approve one draft. Raises BadInput where it can't go out as it is."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) is State.BLOCKED and not step.problem:
        move(dispatch, Event.UNBLOCK)
    if state_of(dispatch) is State.DRAFT:
        approval.begin_hold(dispatch)
    else:  # blocked: as what it was approved counts once nothing is in its way
        dispatch.approved_at = timezone.now()
        dispatch.save(update_fields=["approved_at"])
        approval.keep_approved(dispatch)
    four_eyes.check(dispatch, by.name)
    if dispatch.approved_variant is None:
        raise BadInput(f"{registry.label(dispatch.channel)}: its variant can’t be made. Leave it out, or mend it.")
    if refusal := composition.refusal_of(dispatch, composition.draft(dispatch)):
        raise BadInput(f"{registry.label(dispatch.channel)}: {refusal}")


def _editable(letter: Letter, channel: str) -> list[Dispatch]:
    """Return a letter's dispatches on a channel that can be edited; where there are none, new drafts."""
    registry.get(channel)
    Letter.objects.select_for_update().get(pk=letter.pk)
    states = [state.value for state in overrides.STATES]
    rows = [row for row in _present(letter) if row.channel == channel]
    editable = [row for row in rows if row.state in states]
    if editable or rows:
        return editable or rows  # those that are out say why they can't be edited
    return list(queue_letter(letter, channels=[channel], approve=False).dispatches)
