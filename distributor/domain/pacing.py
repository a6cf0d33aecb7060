"""How fast mail may go out: in all, to one recipient domain, on the first days of a new sending domain.

Pure: the time (Unix seconds, or aware where it is a `datetime`) and what is known so far are arguments. Rates are
messages per second; `NO_LIMIT` is a rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum

from distributor.domain.times import at_local, stamp, zone_label

NO_LIMIT = math.inf

# --- What is said to those who ask --------------------------------------------------------------------------------


class Holdback(Enum):
    """Whose limit it is that a message waits for. All but `DOMAIN` hold everyone's."""

    RELAY = "relay"
    DAY = "day"  # the warm-up's allowance: put the rest off until then
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: ask again in so many seconds, at `at` (Unix seconds). `name` is the recipient domain that holds.

    `limit` is the limit in force: messages a second, for `DAY` messages a day; 0 where a domain is stopped altogether.
    """

    seconds: float
    at: float
    hold: Holdback
    limit: float
    name: str = ""

    @property
    def retry_at(self) -> datetime:
        """When to ask again, for those who are put off until then."""
        return datetime.fromtimestamp(self.at, UTC)

    def sentence(self, *, recipients: int = 0, zone: tzinfo = UTC) -> str:
        """Say for an editor what it waits for; `recipients`: how many wait, 0 where unknown; clock times in `zone`."""
        until = f"{self.retry_at.astimezone(zone):%H:%M} {zone_label(self.retry_at, zone)}"
        subject = f"{recipients:,} wait" if recipients else "the rest waits"
        match self.hold:
            case Holdback.DOMAIN if not self.limit:
                return f"{self.name} puts off or refuses mail; {subject} until {until}."
            case Holdback.DOMAIN:
                return f"{self.name} gets {_rate(self.limit)}; {subject} for that."
            case Holdback.RELAY:
                return f"The relay takes {_rate(self.limit)}; {subject} for that."
            case Holdback.DAY:
                day = stamp(self.retry_at, zone)
                return f"The new sending domain may send {self.limit:,.0f} today; {subject} until {day}."


def _rate(limit: float) -> str:
    for seconds, unit in ((1, "second"), (60, "minute"), (3600, "hour")):
        if limit * seconds >= 1:
            return f"{limit * seconds:,.0f} a {unit}"
    return f"{limit * 86400:,.0f} a day"


# --- A budget in tokens: one a message ---------------------------------------------------------------------------

SLICE = 0.1  # seconds' worth of a rate that is taken at once, and that may go out in one burst


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket as it was at a time."""

    tokens: float
    at: float


def room(rate: float) -> float:
    """Return how many tokens a bucket holds. One is kept whole, so that the slowest rate gets there at all."""
    return 1.0 + rate * SLICE


def share(rate: float, workers: int) -> int:
    """Return how many tokens a worker takes at once: together they hold a slice, each of them one at least."""
    return max(1, int(rate * SLICE / max(1, workers)))


def take(bucket: Bucket | None, *, rate: float, count: int, now: float) -> tuple[Bucket, int, float]:
    """Take up to `count` tokens. Returns the bucket, how many were granted, and with none the seconds to wait.

    A bucket that is not known begins full. The shared bucket in Redis does the same (delivery/mail/pacing/scripts.py).
    """
    tokens = room(rate)
    if bucket is not None:
        tokens = min(tokens, bucket.tokens + max(0.0, now - bucket.at) * rate)
    grant = max(0, min(count, int(tokens)))
    wait = 0.0 if grant else (min(count, room(rate)) - tokens) / rate
    return Bucket(tokens - grant, now), grant, wait


# --- One recipient domain ----------------------------------------------------------------------------------------

START_RATE = 500.0  # a domain that nothing is known of; a relay of one's own may be told less
MIN_RATE = 0.2  # one in five seconds: less would never find out that things are better
FREE_RATE = 20_000.0  # more than that, and it is not this limit that slows anything
GENTLE_RATE = 20.0  # the least that the first trouble is taken to be about, however little was sent just then

GROWTH_SECONDS, GROWTH = 1.0, 2.0  # while all is well, as TCP's slow start
CAUTIOUS_SECONDS, CAUTIOUS_GROWTH = 5.0, 1.25  # after trouble, up to the rate that brought it …
CAUTIOUS_STEP = 0.1  # … and beyond it by so much of that rate a step, as TCP avoids congestion
TROUBLE_WINDOW = 1.0  # answers that say the same within this time are one trouble: they were under way together
STOPS = (1.0, 5.0, 30.0, 120.0, 600.0)  # seconds, growing with repeated trouble
FORGIVEN_AFTER = 600.0  # without trouble
FORGOTTEN_AFTER = 3600.0  # a domain that nothing happened to for so long is as one not known

# Domains behind the same servers, which count together. Only the large ones: a missing one costs a second's learning.
_GROUPS = {
    "gmail.com": ("googlemail.com",),
    "outlook.com": ("hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "live.com", "msn.com", "outlook.de"),
    "yahoo.com": ("ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "aol.com"),
    "icloud.com": ("me.com", "mac.com"),
    "daum.net": ("hanmail.net", "kakao.com"),
    "gmx.net": ("gmx.de", "gmx.at", "gmx.ch", "web.de"),
    "proton.me": ("protonmail.com", "pm.me"),
}
_GROUP_OF = {member: group for group, members in _GROUPS.items() for member in members}


def group_of(domain: str) -> str:
    """Return the name under which a recipient domain is paced."""
    domain = domain.lower()
    return _GROUP_OF.get(domain, domain)


@dataclass(frozen=True, slots=True)
class DomainPace:
    """How fast one recipient domain takes mail. `changed_at` is when the rate last changed.

    `strikes` counts trouble that is not forgiven, the last at `troubled_at` with `ceiling` messages a second; nothing
    goes out until `stopped_until`.
    """

    rate: float
    changed_at: float
    strikes: int = 0
    troubled_at: float = 0.0
    ceiling: float = NO_LIMIT
    stopped_until: float = 0.0


def begin(now: float, start: float = START_RATE) -> DomainPace:
    """Return the pace of a domain that is not known."""
    return DomainPace(rate=max(MIN_RATE, start), changed_at=now)


def slow_down(pace: DomainPace, *, now: float, recent_rate: float) -> DomainPace:
    """Return the pace after an answer that asks for less (421, or 4xx for the sender's rate or reputation).

    `recent_rate` is how fast mail went there of late: half of it, or of the limit where that is less, is the new limit.
    Answers that come within `TROUBLE_WINDOW` or while it is stopped belong to the same trouble and change nothing.
    """
    if now < pace.stopped_until or now - pace.troubled_at < TROUBLE_WINDOW:
        return pace
    strikes = pace.strikes if now - _quiet_since(pace) < FORGIVEN_AFTER else 0
    ceiling = min(pace.rate, max(recent_rate, GENTLE_RATE))
    return DomainPace(
        rate=min(FREE_RATE, max(MIN_RATE, ceiling / 2)),
        changed_at=now,
        strikes=min(strikes + 1, len(STOPS)),
        troubled_at=now,
        ceiling=ceiling,
        stopped_until=now + STOPS[min(strikes, len(STOPS) - 1)],
    )


def speed_up(pace: DomainPace, *, now: float) -> DomainPace:
    """Return the pace after good answers. At most one step at a time, however much time has passed."""
    if pace.strikes and now - _quiet_since(pace) >= FORGIVEN_AFTER:
        pace = replace(pace, strikes=0, ceiling=NO_LIMIT)
    seconds = CAUTIOUS_SECONDS if pace.strikes else GROWTH_SECONDS
    if pace.rate == NO_LIMIT or now - max(pace.changed_at, pace.stopped_until) < seconds:
        return pace
    if not pace.strikes:
        rate = pace.rate * GROWTH
        return replace(pace, rate=rate if rate < FREE_RATE else NO_LIMIT, changed_at=now)
    if pace.rate < pace.ceiling:
        rate = min(pace.rate * CAUTIOUS_GROWTH, pace.ceiling)
    else:
        rate = pace.rate + pace.ceiling * CAUTIOUS_STEP
    return replace(pace, rate=min(rate, FREE_RATE), changed_at=now)


def is_forgotten(pace: DomainPace, *, now: float) -> bool:
    """Whether nothing has happened for so long that what is known says nothing any more."""
    return now - max(pace.changed_at, pace.stopped_until) > FORGOTTEN_AFTER


def _quiet_since(pace: DomainPace) -> float:
    return max(pace.troubled_at, pace.stopped_until)


# --- A new sending domain ----------------------------------------------------------------------------------------

# Mailbox providers ask that a domain without a history begins low and grows slowly; Google’s sender guidelines name
# “immediately doubling previously sent volumes” as what brings limits, so each day has half as much again. Day 1: 500,
# day 8: 8,543, day 20: 1,108,419, then no limit.
WARM_UP_PLAN = tuple(round(500 * 1.5**day) for day in range(20))


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The first days of a new sending domain: how many messages each may have, and none beyond the plan is limited."""

    started_on: date
    plan: Sequence[int] = WARM_UP_PLAN

    def allowance(self, day: date) -> int | None:
        """Return how many messages may go out on this day (in the publication's zone); None: as many as there are."""
        number = max(0, (day - self.started_on).days)
        return self.plan[number] if number < len(self.plan) else None


def next_day(now: datetime, zone: tzinfo) -> datetime:
    """Return when tomorrow begins in `zone`: the `retry_at` of those beyond today's allowance."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return at_local(datetime.combine(tomorrow, time.min), zone)
