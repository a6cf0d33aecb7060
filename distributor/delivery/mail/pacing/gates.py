"""The limits that a message passes on its way out. Each takes small slices from a shared budget and uses them up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from distributor.delivery.mail.pacing.shared_budgets import SharedBudgets
from distributor.domain.pacing import (
    NO_LIMIT,
    SLICE,
    DomainPace,
    Holdback,
    Wait,
    WarmUp,
    begin,
    next_day,
    share,
    slow_down,
    speed_up,
)

DAY_SLICE = 50  # messages of a day's allowance that a worker takes at once, at most


def _none() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class PublicationPace:
    """What a publication asks for.

    `sender` is the sending domain that is warmed up: all that is sent from it counts together. `sent_today` says how
    many went out since the day began in `zone`: it is asked of the database where Redis does not know.
    """

    sender: str = ""
    zone: tzinfo = UTC
    warm_up: WarmUp | None = None
    sent_today: Callable[[], int] = _none


class Gate(Protocol):
    """One limit. `tokens` messages may pass before it has to be asked again."""

    tokens: float

    def refill(self, now: float) -> Wait | None:
        """Get at least one message's worth, or say how long to wait. `now` is the time that all workers agree on."""
        ...

    def give_back(self) -> None:
        """Return what was taken and not used."""
        ...


class RelayGate:
    """A relay's messages a second."""

    def __init__(self, budgets: SharedBudgets, rate: float) -> None:
        self.tokens: float = 0
        self._budgets = budgets
        self._rate = rate
        self._closed_until = 0.0

    def refill(self, now: float) -> Wait | None:
        if now >= self._closed_until:
            grant, seconds = self._budgets.take("all", self._rate, share(self._rate, self._budgets.workers))
            if grant:
                self.tokens += grant
                return None
            self._closed_until = now + seconds
        return Wait(self._closed_until - now, self._closed_until, Holdback.RELAY, self._rate)

    def give_back(self) -> None:
        if self.tokens:
            self._budgets.give_back("all", self._rate, int(self.tokens))
            self.tokens = 0


class DayGate:
    """What a new sending domain may send today."""

    def __init__(self, budgets: SharedBudgets, pace: PublicationPace, warm_up: WarmUp) -> None:
        self.tokens: float = 0
        self._budgets = budgets
        self._pace = pace
        self._warm_up = warm_up
        self._key = ""
        self._closed_until = 0.0
        self._allowance = 0

    def refill(self, now: float) -> Wait | None:
        if now >= self._closed_until:
            moment = datetime.fromtimestamp(now, UTC)
            day = moment.astimezone(self._pace.zone).date()
            allowance = self._warm_up.allowance(day)
            if allowance is None:
                self.tokens = NO_LIMIT
                return None
            self._key, self._allowance = f"day:{self._pace.sender}:{day}", allowance
            self.tokens = self._budgets.count(self._key, DAY_SLICE, limit=allowance, count_so_far=self._pace.sent_today)
            if self.tokens:
                return None
            self._closed_until = next_day(moment, self._pace.zone).timestamp()
        return Wait(self._closed_until - now, self._closed_until, Holdback.DAY, self._allowance)

    def give_back(self) -> None:
        if 0 < self.tokens < NO_LIMIT:
            self._budgets.uncount(self._key, int(self.tokens))
        self.tokens = 0


class DomainGate:
    """One recipient domain, or a group of them behind the same servers.

    A domain that is not known costs no round trip for its first messages: a tenth of a second's worth of the rate that
    it begins with. Only one that needs more, or has asked for less, is written down for all.
    """

    def __init__(self, budgets: SharedBudgets, name: str, *, start: float, now: float) -> None:
        self.sent_count = 0
        self.good = False  # since the last look at what was learnt
        self.pace: DomainPace | None = None
        self._budgets = budgets
        self._name = name
        self._start = start
        self._met_at = now
        self._closed_until = 0.0
        self.tokens: float = int(start * SLICE)
        if name in budgets.paces:
            self.learn(budgets.paces[name])

    def refill(self, now: float) -> Wait | None:
        pace = self.pace
        if pace is None:
            pace = self._budgets.record(self._name, None, begin(now, self._start))
            self.learn(pace)
        if now < pace.stopped_until:
            return Wait(pace.stopped_until - now, pace.stopped_until, Holdback.DOMAIN, 0, self._name)
        if pace.rate == NO_LIMIT:
            self.tokens = NO_LIMIT
            return None
        if now >= self._closed_until:
            grant, seconds = self._budgets.take(self._budget, pace.rate, share(pace.rate, self._budgets.workers))
            if grant:
                self.tokens += grant
                return None
            self._closed_until = now + seconds
        return Wait(self._closed_until - now, self._closed_until, Holdback.DOMAIN, pace.rate, self._name)

    def learn(self, pace: DomainPace) -> None:
        """Go by this from now on."""
        if pace != self.pace:
            self.pace = pace
            self.tokens = 0  # what was taken at another rate is no more due
            self._closed_until = 0.0

    def slow_down(self, now: float) -> None:
        """The domain asks for less. That counts too when another worker wrote something else down just before."""
        recent_rate = self.sent_count / max(1.0, now - self._met_at) * self._budgets.workers
        last_pace = self.pace or begin(now, self._start)
        while (pace := slow_down(last_pace, now=now, recent_rate=recent_rate)) is not last_pace:
            last_pace = self._budgets.record(self._name, self.pace, pace)
            self.learn(last_pace)

    def report(self, now: float) -> None:
        """Let good answers count."""
        if self.good and self.pace is not None:
            self.good = False
            pace = speed_up(self.pace, now=now)
            if pace is not self.pace:
                self.learn(self._budgets.record(self._name, self.pace, pace))

    def give_back(self) -> None:
        if self.pace is not None and 0 < self.tokens < NO_LIMIT:
            self._budgets.give_back(self._budget, self.pace.rate, int(self.tokens))
            self.tokens = 0

    @property
    def _budget(self) -> str:
        return f"domain:{self._name}"
