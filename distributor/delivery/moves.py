"""Moving what is to go out to another time: one dispatch, or all of its letter that is not out, as far apart as before.

What comes of a time is said before anything is moved: quiet hours, a channel's own hours, the hold, and what else goes
out close to it. Each dispatch is then moved by the table of actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from distributor.channels import registry
from distributor.delivery import actions
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import slots
from distributor.delivery.planning.earliest_release import earliest_release, is_quiet, quiet_hours, sentence, zone_of
from distributor.delivery.transitions import state_of
from distributor.domain.calendar_grid import shift
from distributor.domain.clashes import NEAR, Appointment, Clash, clashes
from distributor.domain.dispatch_actions import ACTIONS, MOVABLE, Role
from distributor.domain.errors import BadInput, BadTime, ConfirmationNeeded, StateError
from distributor.domain.planning import Delay, EarliestRelease
from distributor.domain.states import refusal
from distributor.domain.times import LATE, clock, stamp

RESCHEDULE = ACTIONS["reschedule"]


@dataclass(frozen=True, slots=True)
class Move:
    """One dispatch and what becomes of its time: `moment` is what was asked for, `after` when it may go out by that.

    Times are aware. `warnings` say what a person should know before they agree.
    """

    dispatch: Dispatch
    moment: datetime
    after: datetime
    warnings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its channel as people see it."""
        return registry.label(self.dispatch.channel)


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What a move would do. `problem` says why it can't be done, "" where it can."""

    moves: tuple[Move, ...]
    problem: str = ""

    @property
    def question(self) -> str:
        """What has to be agreed to first, "" for nothing."""
        return " ".join(dict.fromkeys(warning for move in self.moves for warning in move.warnings))


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What was moved, a sentence on each."""

    dispatches: tuple[Dispatch, ...]
    sentences: tuple[str, ...]


def movable(dispatch: Dispatch) -> bool:
    """Whether a dispatch may be given another time now."""
    return dispatch.state in MOVABLE


def companions(dispatch: Dispatch) -> list[Dispatch]:
    """Return what of the same letter may be given another time, in the order of the share bar."""
    if dispatch.letter_id is None:
        return [dispatch] if movable(dispatch) else []
    rows = Dispatch.objects.filter(letter=dispatch.letter_id, state__in=MOVABLE)
    rows = rows.defer("variant", "approved_variant").select_related("publication", "letter", "waits_for", "account")
    return list(rows.order_by("position", "pk"))


def plan(dispatch: Dispatch, at: datetime, *, whole: bool) -> MovePlan:
    """Return what moving a dispatch to a time (aware) would do; `whole`: all of its letter moves with it."""
    if not movable(dispatch):
        return MovePlan((), refusal(state_of(dispatch), "be given another time"))
    dispatches = companions(dispatch) if whole else [dispatch]
    anchor = next((number for number, row in enumerate(dispatches) if row.pk == dispatch.pk), 0)
    moments = shift([row.due_at for row in dispatches], anchor, at)
    now = timezone.now()
    problem = _past(dispatches, moments, now)
    by_id = {row.pk: copy(row) for row in dispatches}
    moves = []
    times = dict(zip((row.pk for row in dispatches), moments, strict=True))
    for row in actions.in_order(dispatches):
        moment = times[row.pk]
        row_copy = by_id[row.pk]
        if row.waits_for_id in by_id:
            row_copy.waits_for = by_id[row.waits_for_id]
        row_copy.at_any_hour = is_quiet(row, moment)
        first = earliest_release(row_copy, moment)
        row_copy.due_at = first.due_at
        quiet_sentence = _quiet_sentence(row, moment) if row_copy.at_any_hour else ""
        warnings = tuple(filter(None, (quiet_sentence, _delay_sentence(row_copy, first))))
        moves.append(Move(row, moment, first.at, warnings))
    moves.sort(key=lambda move: (move.dispatch.position, move.dispatch.pk))
    return MovePlan(_with_clashes(moves), problem)


@transaction.atomic
def move(
    dispatch_id: int,
    at: datetime,
    *,
    role: Role,
    whole: bool,
    confirmed: bool = False,
    seen_at: datetime | None = None,
) -> MoveResult:
    """Move a dispatch to a time (aware), or with `whole` all of its letter with it; all of them or none.

    `seen_at` is when it was to go out as the person saw it: whoever moved it since then is not overruled unseen.
    Raises BadInput, BadTime, StateError, NotPermitted, and ConfirmationNeeded where something should be known first.
    """
    dispatch = _locked(dispatch_id)
    if seen_at is not None and abs(seen_at - dispatch.due_at) >= timedelta(seconds=1):
        due_text = stamp(dispatch.due_at, zone_of(dispatch.publication))
        raise BadInput(f"Somebody has moved it in the meantime, to {due_text}: look again, then move it.")
    move_plan = plan(dispatch, at, whole=whole)
    if not movable(dispatch):
        raise StateError(move_plan.problem)
    if move_plan.problem:
        raise BadTime(move_plan.problem)
    if move_plan.question and not confirmed:
        raise ConfirmationNeeded(move_plan.question)
    order = actions.in_order(entry.dispatch for entry in move_plan.moves)
    times = {entry.dispatch.pk: entry.moment for entry in move_plan.moves}
    results = [actions.perform(RESCHEDULE.name, row.pk, role=role, at=times[row.pk]) for row in order]
    return MoveResult(
        tuple(result.dispatch for result in results),
        tuple(f"{registry.label(result.dispatch.channel)}: {result.sentence}" for result in results),
    )


def _locked(dispatch_id: int) -> Dispatch:
    """Return a dispatch as it is once it is locked, with all of its letter that can be moved. Raises BadInput.

    Locks are taken in the order of their numbers, as everywhere. What is read is read after that: a query that waits
    for a lock has what it joins, such as the page that a dispatch waits for, from before the wait.
    """
    letter_ids = Dispatch.objects.filter(pk=dispatch_id, letter__isnull=False).values_list("letter", flat=True)
    companion_rows = Q(letter__in=list(letter_ids), state__in=MOVABLE)
    rows = Dispatch.objects.select_for_update().filter(Q(pk=dispatch_id) | companion_rows).order_by("pk")
    if dispatch_id not in list(rows.values_list("pk", flat=True)):
        raise BadInput(f"There is no dispatch {dispatch_id}: “distributor status” lists them.")
    return Dispatch.objects.select_related("publication", "letter", "waits_for").get(pk=dispatch_id)


def _past(dispatches: Sequence[Dispatch], moments: Sequence[datetime], now: datetime) -> str:
    late = [row for row, moment in zip(dispatches, moments, strict=True) if moment < now - LATE]
    if not late:
        return ""
    if len(late) == len(dispatches):
        return "That time has passed: give one that is still to come, or send it now."
    names = ", ".join(registry.label(row.channel) for row in late)
    return f"With that time, {names} would have to go out in the past: choose a later one, or move one channel alone."


def _quiet_sentence(dispatch: Dispatch, moment: datetime) -> str:
    hours = quiet_hours(dispatch.publication)
    assert hours is not None
    label, local = registry.label(dispatch.channel), _local(dispatch, moment)
    span = f"{hours.start:%H:%M} to {hours.end:%H:%M}"
    return f"{label}: {local} is in the quiet hours ({span}). It would go out then all the same."


def _delay_sentence(dispatch: Dispatch, first: EarliestRelease) -> str:
    """Say what moves it on from the time that was asked for, and to when."""
    delay_text = "" if first.delay is Delay.QUIET_HOURS else sentence(dispatch, first)
    return f"{registry.label(dispatch.channel)}: {delay_text}" if delay_text else ""


def _with_clashes(moves: Sequence[Move]) -> tuple[Move, ...]:
    if not moves:
        return ()
    near = clashes([_appointment(move.dispatch, move.after) for move in moves], _neighbours(moves))
    by_key: dict[int, list[Clash]] = {}
    for clash in near:
        by_key.setdefault(clash.appointment.key, []).append(clash)
    return tuple(
        Move(
            move.dispatch,
            move.moment,
            move.after,
            (*move.warnings, *(_clash_sentence(move, clash) for clash in by_key.get(move.dispatch.pk, ())[:1])),
        )
        for move in moves
    )


def _neighbours(moves: Sequence[Move]) -> list[Appointment]:
    """Return what else of the publication is to go out around these moves, or has just gone out."""
    begin, end = min(move.after for move in moves) - NEAR, max(move.after for move in moves) + NEAR
    due = Q(state__in=slots.TO_COME, due_at__gte=begin, due_at__lte=end)
    out = Q(released_at__gte=begin, released_at__lte=end) & ~Q(state__in=slots.TO_COME)
    rows = Dispatch.objects.filter(due | out, publication=moves[0].dispatch.publication).exclude(state="cancelled")
    rows = rows.exclude(pk__in=[move.dispatch.pk for move in moves]).select_related("letter", "digest")
    return [
        _appointment(row, row.due_at if row.state in slots.TO_COME else row.released_at or row.due_at)
        for row in rows.defer("variant", "approved_variant", "letter__body_html", "letter__body_text")
    ]


def _appointment(dispatch: Dispatch, at: datetime) -> Appointment:
    lane = f"{dispatch.channel}:{dispatch.account_id}"
    party = f"letter {dispatch.letter_id}" if dispatch.letter_id else f"dispatch {dispatch.pk}"
    return Appointment(dispatch.pk, lane, party, dispatch.title, at)


def _clash_sentence(entry: Move, clash: Clash) -> str:
    minutes = round(clash.apart / timedelta(minutes=1))
    distance = f"{minutes} minute{'' if minutes == 1 else 's'} apart" if minutes else "at the same time"
    local = _local(entry.dispatch, clash.neighbour.at)
    return f"{entry.label}: “{clash.neighbour.title}” goes out there at {local}, {distance}."


def _local(dispatch: Dispatch, moment: datetime) -> str:
    return clock(moment, now=timezone.now(), zone=zone_of(dispatch.publication))
