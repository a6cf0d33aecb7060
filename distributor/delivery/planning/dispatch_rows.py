"""What was planned of letters, as dispatches: many letters' take no more statements than one's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from distributor.audience.models import Segment
from distributor.delivery.models import Dispatch
from distributor.domain.planning import LINK, PlannedDispatch
from distributor.domain.states import VACANT, State
from distributor.letters.models import Letter


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """The dispatches that a letter is to get, and what they have in common.

    `link` is the dispatch of the letter's page that is to come already; `is_approved` says so of those that are
    blocked, which are no drafts.
    """

    letter: Letter
    entries: tuple[PlannedDispatch, ...]
    hold: timedelta
    is_approved: bool
    link: Dispatch | None = None
    segment: Segment | None = None
    spread_hours: int = 0


def standing_dispatches(letter: Letter, channel: str, target_key: str) -> QuerySet[Dispatch]:
    """Return the dispatches that stand in the way of another one for this target: at most one."""
    return letter.dispatches.filter(channel=channel, target_key=target_key).exclude(state__in=VACANT)


def store(plans: Sequence[LetterPlan]) -> list[list[Dispatch]]:
    """Store what is planned, and return each letter's dispatches in the order of its plan."""
    links = [
        _row(letter_plan, entry, None)
        for letter_plan in plans
        for entry in letter_plan.entries
        if entry.channel == LINK
    ]
    Dispatch.objects.bulk_create(links)
    link_of = {link.letter_id: link for link in links}
    followers: list[Dispatch] = []
    lists: list[tuple[Dispatch, PlannedDispatch]] = []
    results: list[list[Dispatch]] = []
    for letter_plan in plans:
        link = link_of.get(letter_plan.letter.pk)
        rows = []
        for entry in letter_plan.entries:
            if entry.channel == LINK and link is not None:
                rows.append(link)
                continue
            rows.append(_row(letter_plan, entry, link or letter_plan.link))
            followers.append(rows[-1])
            lists.append((rows[-1], entry))
        results.append(rows)
    Dispatch.objects.bulk_create(followers)
    _give_lists(lists)
    return results


def _row(letter_plan: LetterPlan, entry: PlannedDispatch, link: Dispatch | None) -> Dispatch:
    is_for_lists = bool(entry.target.list_ids)
    return Dispatch(
        publication=letter_plan.letter.publication,
        letter=letter_plan.letter,
        channel=entry.channel,
        account_id=entry.target.account_id,
        target_key=entry.target.key,
        target=entry.target.name[:300],
        state=(State.BLOCKED if entry.blocked else State.DRAFT).value,
        approved_at=timezone.now() if letter_plan.is_approved and entry.blocked else None,
        reason=(entry.blocked or entry.moved)[:500],
        position=entry.position,
        due_at=entry.due_at,
        hold_minutes=letter_plan.hold // timedelta(minutes=1),
        segment=letter_plan.segment if is_for_lists else None,
        spread_hours=letter_plan.spread_hours if is_for_lists else 0,
        waits_for=link if entry.waits_for_link else None,
    )


def _give_lists(pairs: Sequence[tuple[Dispatch, PlannedDispatch]]) -> None:
    through = Dispatch.lists.through
    through.objects.bulk_create(
        through(dispatch_id=dispatch.pk, mailinglist_id=list_id)
        for dispatch, entry in pairs
        for list_id in entry.target.list_ids
    )
