"""Whether a message may go out now. Asked for every message, so it answers from what it took in slices before."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, tzinfo
from types import TracebackType
from typing import Self
from uuid import uuid4

from django.conf import settings

from distributor.delivery.mail.pacing.gates import DayGate, DomainGate, Gate, PublicationPace, RelayGate
from distributor.delivery.mail.pacing.shared_budgets import budgets_of
from distributor.domain.pacing import START_RATE, Holdback, Wait, group_of

LOOK_SECONDS = 0.2  # between looks at what other workers learnt


class Pacer:
    """One worker's turn at a relay; for one thread. Leaving it as a context manager flushes and gives back.

    What goes out is within every limit over all workers: in any second at most the rate and two slices of it (a fifth
    of a second's worth), or one message a worker where the rate is lower than that. No method raises for what Redis
    does; while it is away each worker keeps to its share of every limit, and the counts come from the database.
    """

    def __init__(
        self,
        relay_key: str,
        *,
        rate: float | None = None,
        publication: PublicationPace | None = None,
        domain_start: float = START_RATE,
        clock: Callable[[], float] = time.time,
        redis_url: str | None = None,
    ) -> None:
        """`relay_key` names the relay in Redis and holds no secret (`account:7`).

        `rate` (messages a second) is the relay's, for all workers together; None: no limit. `domain_start` is the rate
        at which a recipient domain begins that nothing is known of. `clock` gives Unix seconds.
        """
        self._budgets = budgets_of(redis_url or settings.REDIS_URL, relay_key)
        self._worker = uuid4().hex
        self._start = domain_start
        self._clock = clock
        self._look_at = 0.0
        self._gates: list[Gate] = []
        self._by_domain: dict[str, DomainGate] = {}  # as addresses have it: several may lead to one gate
        self._by_name: dict[str, DomainGate] = {}
        self._waits: dict[tuple[Holdback, str], Wait] = {}
        # The day's allowance last: what another limit keeps back must not count as sent.
        if rate is not None:
            self._gates.append(RelayGate(self._budgets, rate))
        if publication is not None and publication.warm_up is not None:
            self._gates.append(DayGate(self._budgets, publication, publication.warm_up))

    def admit(self, domain: str) -> Wait | None:
        """Return None when a message to this domain may go out now: then it is counted. Else how long it waits."""
        if self._clock() >= self._look_at:
            self._look()
        gate = self._by_domain.get(domain) or self._meet(domain)
        for general in self._gates:
            if general.tokens < 1 and (wait := self._refill(general)) is not None:
                return wait
        if gate.tokens < 1 and (wait := self._refill(gate)) is not None:
            return wait
        for general in self._gates:
            general.tokens -= 1
        gate.tokens -= 1
        gate.sent_count += 1
        return None

    def learn(self, domain: str, *, slow: bool, accepted: bool) -> None:
        """Learn from an answer. `slow`: it asks for less (421, or a 4xx for the sender's rate or reputation)."""
        gate = self._by_domain.get(domain) or self._meet(domain)
        if slow:
            gate.slow_down(self._budgets.now(self._clock()))
        elif accepted:
            gate.good = True

    def renew(self) -> None:
        """Keep a share of the limits while one answer takes long. May be called from another thread."""
        self._budgets.join(self._worker, clock=self._clock())

    def flush(self) -> None:
        """Write down what was learnt and return what was not used; at the end of a turn. It may go on after that."""
        now = self._budgets.now(self._clock())
        for gate in self._by_name.values():
            gate.report(now)
            gate.give_back()
        for general in self._gates:
            general.give_back()
        self._budgets.leave(self._worker)
        self._look_at = 0.0

    def wait_sentence(self, *, recipients: int = 0, zone: tzinfo = UTC) -> str:
        """Return a sentence for the desk on what is waited for longest now, "" for nothing.

        `waiting` is how many recipients wait (0: not known); clock times are in `zone`.
        """
        now = self._budgets.now(self._clock())
        open_ = [wait for wait in self._waits.values() if wait.at > now]
        longest = max(open_, key=lambda wait: wait.at, default=None)
        return longest.sentence(recipients=recipients, zone=zone) if longest else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.flush()

    def _refill(self, gate: Gate) -> Wait | None:
        wait = gate.refill(self._budgets.now(self._clock()))
        if wait is not None:
            self._waits[wait.hold, wait.name] = wait
        return wait

    def _look(self) -> None:
        """Say that this worker is here, and exchange what was learnt."""
        clock = self._clock()
        self._look_at = clock + LOOK_SECONDS
        self._budgets.join(self._worker, clock=clock)
        now = self._budgets.now(clock)
        for name, pace in list(self._budgets.paces.items()):
            gate = self._by_name.get(name)
            if gate is not None:
                gate.learn(pace)
                gate.report(now)

    def _meet(self, domain: str) -> DomainGate:
        name = group_of(domain)
        gate = self._by_name.get(name)
        if gate is None:
            now = self._budgets.now(self._clock())
            gate = self._by_name[name] = DomainGate(self._budgets, name, start=self._start, now=now)
        self._by_domain[domain] = gate
        return gate
