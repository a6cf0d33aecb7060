"""From a share bar and a schedule policy to dispatches: when, in which order, and what stands in the way.

Every oddity (a past time, quiet hours, an hour that the clocks skip, a channel with no account) becomes a decision
with a reason; nothing here raises for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import partial

from distributor.domain.times import at_local, stamp

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


class Delay(Enum):
    """What moves a dispatch to a later time than the one that was wanted."""

    HOLD = "hold"
    QUIET_HOURS = "quiet hours"
    CHANNEL_HOURS = "channel hours"
    LINK = "link"  # the others send people to the letter's page, so that has to be live


@dataclass(frozen=True, slots=True)
class EarliestRelease:
    """When a dispatch may go out at the earliest, and what moved it there last (None where nothing did).

    `due_at` is its own time. `at` is no earlier, and later where the page that it waits for is due later: that is kept
    by whoever claims what is due, so that the others follow at once when the page goes out before its time.
    """

    due_at: datetime
    at: datetime
    delay: Delay | None = None

    def sentence(self, zone: tzinfo, label: str) -> str:
        """Say to an editor what moved it, "" where nothing did; its time is shown in `zone`, `label` is its channel."""
        match self.delay:
            case None:
                return ""
            case Delay.HOLD:
                return f"Its hold runs until {stamp(self.at, zone)}."
            case Delay.QUIET_HOURS:
                return f"Moved out of the quiet hours, to {stamp(self.at, zone)}."
            case Delay.CHANNEL_HOURS:
                return f"{label} may not send at that hour: moved to {stamp(self.at, zone)}."
            case Delay.LINK:
                return f"It waits for the letter’s page, which goes out at {stamp(self.at, zone)}."


def earliest_release(
    moment: datetime,
    *,
    hold_until: datetime | None = None,
    quiet: QuietHours | None = None,
    zone: tzinfo = UTC,
    channel_hours: Callable[[datetime], datetime] | None = None,
    link_at: datetime | None = None,
) -> EarliestRelease:
    """Return when something wanted at a moment may go out at the earliest. All times are aware.

    It is not before the end of its hold, not in the `quiet` hours of `zone`, and not before `channel_hours` (the first
    time from a moment on that the channel's own rules allow). Where no time within a week suits both, the channel's
    rules alone count: the quiet hours are the newsroom's own. `link_at` is when the page goes out that it waits for.
    """
    due, delay = moment, None
    if hold_until is not None and hold_until > due:
        due, delay = hold_until, Delay.HOLD
    for _ in range(7):
        later = due if quiet is None else after_quiet(due, quiet, zone)
        open_at = later if channel_hours is None else max(later, channel_hours(later))
        if later > due:
            delay = Delay.QUIET_HOURS
        if open_at > later:
            delay = Delay.CHANNEL_HOURS
        if due == open_at:
            break
        due = open_at
    if link_at is not None and link_at > due:
        return EarliestRelease(due, link_at, Delay.LINK)
    return EarliestRelease(due, due, delay)


@dataclass(frozen=True, slots=True)
class SchedulePolicy:
    """When things may go out.

    - `at`: the chosen time (aware); None for now.
    - `hold`: how long after approval an editor can still make it a draft again.
    - `zone`: the publication's time zone, in which `quiet` is meant.
    - `between_channels`: the time from one channel of the share bar to the next, so that not all appears in one second.
    - `slots`: the times (aware) of channels that have one of their own; the others go out at `at`.
    """

    at: datetime | None = None
    hold: timedelta = timedelta(0)
    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    between_channels: timedelta = timedelta(0)
    slots: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedDispatch:
    """One dispatch to be: `position` is its channel's place in the share bar (from 0).

    `moved` says what moved it to a later time than the one that was wanted, else "".
    `blocked` is the reason why it can't go out, else "". `waits_for_link`: not before the letter's page is live.
    """

    channel: str
    target: Target
    position: int
    due_at: datetime
    waits_for_link: bool = False
    moved: str = ""
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The dispatches in the order they are to go out, and what was decided on the way."""

    dispatches: tuple[PlannedDispatch, ...]
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
    moment = max(_asked_time(policy, now, notes), now + policy.hold)
    bar = tuple(dict.fromkeys(share_bar))
    with_link = LINK in bar
    order = [LINK, *(name for name in bar if name != LINK)] if with_link else list(bar)

    dispatches: list[PlannedDispatch] = []
    begin = earliest_release(moment, quiet=policy.quiet, zone=policy.zone)
    if begin.delay is not None:
        notes.append(begin.sentence(policy.zone, ""))
    turn = begin
    for step, channel in enumerate(order):
        if channel in policy.slots:
            due = max(policy.slots[channel], now + policy.hold)
            moved_before = None
        else:
            # Those after one that was moved are moved with it, so that all stay as far apart.
            due = turn.due_at + policy.between_channels if step else turn.due_at
            after = earliest_release(due, quiet=policy.quiet, zone=policy.zone)
            turn = replace(after, delay=after.delay or turn.delay)
            moved_before = turn.delay
        first = earliest_release(
            due,
            quiet=policy.quiet,
            zone=policy.zone,
            channel_hours=partial(not_before, channel) if not_before is not None else None,
        )
        if first.delay is not None:
            notes.append(first.sentence(policy.zone, channel))
        reason = replace(first, delay=first.delay or moved_before).sentence(policy.zone, channel)
        dispatches.extend(
            PlannedDispatch(
                channel=channel,
                target=target,
                position=bar.index(channel),
                due_at=first.due_at,
                waits_for_link=with_link and channel != LINK,
                moved=reason,
                blocked=target.problem,
            )
            for target in targets.get(channel) or (_nowhere(channel),)
        )
    return Plan(tuple(dispatches), tuple(dict.fromkeys(notes)))


def _nowhere(channel: str) -> Target:
    return Target(key="none", name="no account", problem=f"No {channel} account is connected.")


def _asked_time(policy: SchedulePolicy, now: datetime, notes: list[str]) -> datetime:
    if policy.at is None or policy.at >= now:
        return policy.at or now
    notes.append("Its time has passed, so it goes out as soon as it is released.")
    return now


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
