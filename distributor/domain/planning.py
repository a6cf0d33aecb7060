"""From a share bar and a schedule policy to dispatches: when, in which order, and what stands in the way.

Every oddity (a past time, quiet hours, an hour that the clocks skip, a channel with no account) becomes a decision
with a reason; nothing here raises for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

LINK = "link"
NotBefore = Callable[[str, datetime], datetime]
"""The first time from a moment (aware) on at which a channel, by its name, lets anything be sent."""

LONGEST_HOLD_MINUTES = 7 * 24 * 60  # what is to wait for longer is given a later time
LONGEST_SPREAD_HOURS = 72  # beyond that a letter is no news to its last readers


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel's variant goes: an account, an audience of lists, or the web itself.

    `key` is stable for the same target; `problem` says why it can't be sent to yet ("" when it can).
    """

    key: str
    name: str
    account_id: int | None = None
    list_ids: tuple[int, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The local hours in which nobody is disturbed; `start` after `end` spans midnight, equal means never."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class SchedulePolicy:
    """When things may go out.

    - `at`: the chosen time (aware); None for now.
    - `hold`: how long after approval an editor can still take it back.
    - `zone`: the publication's time zone, in which `quiet` is meant.
    - `spread`: the least time between two channels, so that not everything appears in the same second.
    """

    at: datetime | None = None
    hold: timedelta = timedelta(0)
    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    spread: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class PlannedDispatch:
    """One dispatch to be: `position` is its channel's place in the share bar (from 0).

    `blocked` is the reason why it can't go out, else "". `waits_for_link`: not before the letter's page is live.
    """

    channel: str
    target: Target
    position: int
    due_at: datetime
    waits_for_link: bool = False
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The dispatches in the order they are to go out, the end of the hold, and what was decided on the way."""

    dispatches: tuple[PlannedDispatch, ...]
    hold_until: datetime
    notes: tuple[str, ...] = ()


def plan(
    share_bar: Sequence[str],
    targets: Mapping[str, Sequence[Target]],
    policy: SchedulePolicy,
    now: datetime,
    *,
    not_before: NotBefore | None = None,
) -> Plan:
    """Plan one dispatch for each target of each channel in the share bar.

    `targets` maps a channel's name to its targets; a channel without any is planned as blocked. `now` is aware. The
    link goes first whatever its place, since the other channels send people to it. `not_before` says which hours a
    channel's own rules leave; without it all of them.
    """
    notes: list[str] = []
    hold_until = now + policy.hold
    due = _due(policy, now, hold_until, notes)
    bar = tuple(dict.fromkeys(share_bar))
    with_link = LINK in bar
    order = [LINK, *(name for name in bar if name != LINK)] if with_link else list(bar)

    planned: list[PlannedDispatch] = []
    for step, channel in enumerate(order):
        known = targets.get(channel) or (_nowhere(channel),)
        at = due + policy.spread * step
        if not_before is not None:
            at = _within_the_rules(channel, at, policy, not_before, notes)
        planned.extend(
            PlannedDispatch(
                channel=channel,
                target=target,
                position=bar.index(channel),
                due_at=at,
                waits_for_link=with_link and channel != LINK,
                blocked=target.problem,
            )
            for target in known
        )
    return Plan(tuple(planned), hold_until, tuple(notes))


def _nowhere(channel: str) -> Target:
    return Target(key="none", name="no account", problem=f"No {channel} account is connected.")


def _due(policy: SchedulePolicy, now: datetime, hold_until: datetime, notes: list[str]) -> datetime:
    due = policy.at or now
    if due < now:
        notes.append("Its time has passed, so it goes out as soon as it is released.")
        due = now
    due = max(due, hold_until)
    if policy.quiet is None:
        return due
    later = after_quiet(due, policy.quiet, policy.zone)
    if later != due:
        notes.append(f"Moved out of the quiet hours, to {later.astimezone(policy.zone):%Y-%m-%d %H:%M}.")
    return later


def _within_the_rules(
    channel: str, due: datetime, policy: SchedulePolicy, not_before: NotBefore, notes: list[str]
) -> datetime:
    """Return the first time from `due` on that the channel allows and that is not in the quiet hours.

    Where there is none within a week, the channel's rules alone count: those of the quiet hours are the newsroom's own.
    """
    at = not_before(channel, due)
    if at == due:
        return due
    for _ in range(7):
        later = at if policy.quiet is None else after_quiet(at, policy.quiet, policy.zone)
        allowed = not_before(channel, later)
        if allowed == later:
            at = later
            break
        at = allowed
    notes.append(f"{channel} may not send at that hour: moved to {at.astimezone(policy.zone):%Y-%m-%d %H:%M}.")
    return at


def after_quiet(moment: datetime, quiet: QuietHours, zone: tzinfo) -> datetime:
    """Return `moment`, or the end of the quiet hours that it falls into (in UTC)."""
    local = moment.astimezone(zone)
    clock = local.time()
    if quiet.start <= quiet.end:
        inside = quiet.start <= clock < quiet.end
        ends_tomorrow = False
    else:
        inside = clock >= quiet.start or clock < quiet.end
        ends_tomorrow = clock >= quiet.start
    if not inside:
        return moment
    day = local.date() + timedelta(days=1) if ends_tomorrow else local.date()
    return max(moment, at_local(datetime.combine(day, quiet.end), zone))


def at_local(wall: datetime, zone: tzinfo) -> datetime:
    """Return the UTC moment of a wall-clock time (naive) in `zone`.

    An hour that comes twice means its first occurrence; one that the clocks skip means as long after the jump as it
    was meant after its beginning (02:30 becomes 03:30), as PEP 495 has it for fold=0.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
