"""What all workers at one relay know together, in Redis; and what one of them does on its own while Redis is away."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from distributor.delivery.mail.pacing import scripts
from distributor.domain.pacing import FORGOTTEN_AFTER, NO_LIMIT, Bucket, DomainPace, is_forgotten, room, take
from distributor.redis_clients import brief_client

logger = logging.getLogger(__name__)

AWAY_SECONDS = 5.0  # until it is asked again
WORD_SECONDS = 15.0  # after which a worker that says nothing is gone, and its connections are free
RENEW_SECONDS = 5.0  # so that one lost word costs nothing
COUNTER_SECONDS = 2 * 86400  # from the last use

_PREFIX = "distributor:pacing"


@cache
def budgets_of(url: str, relay: str) -> SharedBudgets:
    """Return this process's one view of a relay."""
    return SharedBudgets(url, relay)


class SharedBudgets:
    """One process's view of one relay. No method raises for what Redis does."""

    def __init__(self, url: str, relay: str) -> None:
        self.workers = 1  # as last seen, this one included
        self.paces: dict[str, DomainPace] = {}
        self._ahead = 0.0  # how far Redis's clock is ahead of ours
        self._url = url
        self._key = f"{_PREFIX}:relay:{relay}"
        self._domains, self._workers = f"{self._key}:domains", f"{self._key}:workers"
        self._scripts: dict[str, Any] = {}  # redis-py's Script has no exact type
        self._asked_again_at = 0.0
        self._is_away = False
        self._counted_alone: dict[str, int] = {}
        self._alone: dict[str, Bucket] = {}  # kept beyond a turn, or the slowest rates would never get there

    def now(self, clock: float) -> float:
        """Return the time that all workers agree on."""
        return clock + self._ahead

    def join(self, worker: str, *, clock: float) -> None:
        """Say that a worker is here, and learn about the others and the domains."""
        response = self._ask(scripts.JOIN, (self._workers, self._domains), worker, WORD_SECONDS)
        if response is None:
            return
        redis_time, self.workers, pairs = float(response[0]), int(response[1]), response[2]
        self._ahead = redis_time - clock
        learnt: dict[str, DomainPace] = {}
        old_names = []
        for name, text in zip(pairs[::2], pairs[1::2], strict=True):
            pace = _read(text)
            if is_forgotten(pace, now=redis_time):
                old_names.append(name)
            else:
                learnt[name] = pace
        own_paces, self.paces = self.paces, learnt
        if old_names:
            self._call_redis(lambda redis: redis.hdel(self._domains, *old_names))
        for name, pace in list(own_paces.items()):  # Redis was emptied, or away while this was learnt
            if name not in learnt and not is_forgotten(pace, now=redis_time):
                self.record(name, None, pace)

    def leave(self, worker: str) -> None:
        """Take a worker's word back."""
        self._call_redis(lambda redis: redis.hdel(self._workers, worker))

    def connect(self, worker: str, count: int, *, has: int, limit: int) -> int:
        """Return how many of the relay's connections the worker may have now. `keep` says that it still has them."""
        response = self._ask(scripts.CONNECT, (self._workers,), worker, WORD_SECONDS, count, has, limit)
        if response is None:
            return min(count, max(1, limit // self.workers))
        grant, self.workers = map(int, response)
        return grant

    def keep(self, worker: str, *, has: int, count: int) -> None:
        """Say that a worker is still there and has these connections, whoever else has some."""
        self._ask(scripts.KEEP, (self._workers,), worker, WORD_SECONDS, has, count)

    def take(self, name: str, rate: float, count: int) -> tuple[int, float]:
        """Take up to `count` tokens of the named budget. Returns how many, and with none the seconds to wait."""
        response = self._ask(scripts.TAKE, (f"{self._key}:{name}",), rate, room(rate), count)
        if response is not None:
            return int(response[0]), max(0.001, float(response[1]))
        bucket = self._alone.get(name)
        self._alone[name], grant, wait = take(bucket, rate=rate / self.workers, count=count, now=time.monotonic())
        return grant, wait

    def give_back(self, name: str, rate: float, count: int) -> None:
        """Give tokens back that were not needed."""
        self._ask(scripts.TAKE, (f"{self._key}:{name}",), rate, room(rate), -count)

    def count(self, key: str, request: int, *, limit: int, count_so_far: Callable[[], int]) -> int:
        """Return how many of `request` fit into `limit`; `count_so_far` says how many there were (database).

        Towards the end it gives few at a time, so that no worker keeps what another one needs.
        """
        counter, among = f"{_PREFIX}:{key}", self.workers
        if key in self._counted_alone and self._call_redis(lambda redis: redis.delete(counter)) is not None:
            del self._counted_alone[key]  # Redis is back and missed what went out meanwhile: the database knows

        def ask(begin: int | str) -> int | None:
            response = self._ask(scripts.COUNT, (counter,), limit, request, among, COUNTER_SECONDS, begin)
            return None if response is None else int(response)

        grant = ask("")
        if grant is not None and grant >= 0:
            return grant
        begin = count_so_far()
        grant = ask(begin)
        if grant is not None:
            return grant
        # The database hears a moment later than we grant: what this worker granted itself counts at once.
        so_far = max(begin, self._counted_alone.get(key, 0))
        rest_count = limit - so_far
        grant = max(0, min(request, rest_count, max(1, rest_count // among // 2)))
        self._counted_alone[key] = so_far + grant
        return grant

    def uncount(self, key: str, count: int) -> None:
        """Give back what was granted by `count` and not needed."""
        if key in self._counted_alone:
            self._counted_alone[key] -= count
        self._ask(scripts.COUNT, (f"{_PREFIX}:{key}",), 0, -count, 1, COUNTER_SECONDS, "")

    def record(self, domain: str, old: DomainPace | None, new: DomainPace) -> DomainPace:
        """Write what was learnt about a domain, unless another worker did so since `old`. Returns what holds now."""
        old_text = "" if old is None else _pace_text(old)
        response = self._ask(scripts.RECORD, (self._domains,), domain, old_text, _pace_text(new), int(FORGOTTEN_AFTER))
        self.paces[domain] = _read(response) if response else new
        return self.paces[domain]

    def _ask(self, script: str, keys: Sequence[str], *arguments: str | float) -> Any:
        """Run a script; None while Redis is away. A script that it does not know any more is sent again."""

        def run(redis: Redis) -> Any:
            registered_script = self._scripts.get(script)
            if registered_script is None:
                registered_script = self._scripts[script] = redis.register_script(script)
            return registered_script(keys=keys, args=arguments)

        return self._call_redis(run)

    def _call_redis(self, call: Callable[[Redis], Any]) -> Any:
        """Return what Redis answers, None while it is away: then it is asked once in `AWAY_SECONDS`."""
        if time.monotonic() < self._asked_again_at:
            return None
        try:
            response = call(brief_client(self._url, decode_responses=True))
        except (RedisError, OSError, ValueError) as error:  # ValueError: a URL that only the broker's client knows
            self._asked_again_at = time.monotonic() + AWAY_SECONDS
            if not self._is_away:
                logger.warning(
                    "Redis is away (%s): each of %s workers keeps to its share of the limits on its own.",
                    type(error).__name__,
                    self.workers,
                )
            self._is_away = True
            return None
        if self._is_away:
            self._is_away, self._asked_again_at = False, 0.0
            logger.info("Redis is back: the limits are shared again.")
        return response


def _pace_text(pace: DomainPace) -> str:
    rates = [None if rate == NO_LIMIT else rate for rate in (pace.rate, pace.ceiling)]
    return json.dumps([*rates, pace.changed_at, pace.strikes, pace.troubled_at, pace.stopped_until])


def _read(text: str) -> DomainPace:
    rate, ceiling, changed_at, strikes, troubled_at, stopped_until = json.loads(text)
    return DomainPace(
        rate=NO_LIMIT if rate is None else rate,
        changed_at=changed_at,
        strikes=strikes,
        troubled_at=troubled_at,
        ceiling=NO_LIMIT if ceiling is None else ceiling,
        stopped_until=stopped_until,
    )
