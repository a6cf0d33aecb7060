"""How often somebody may ask for the same in a span of time: counted in Redis, for all web processes together.

While Redis is away nothing is counted and everybody is let in: a way to leave never closes, and passwords are counted
in PostgreSQL as well.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic, time

from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError

from distributor.redis_clients import brief_client

logger = logging.getLogger(__name__)

AWAY_SECONDS = 5.0  # for which Redis is not asked again
_IPV6_SITE = 64  # bits of an address that one home or server has for itself


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of a limit is used: `number` of `count` in this span, which ends in `seconds_left`."""

    number: int
    count: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        """Whether this was one too many."""
        return self.number > self.count

    @property
    def left(self) -> int:
        return max(0, self.count - self.number)


@dataclass(slots=True)
class ClientLimit:
    """At most `count` times in each span of `seconds`, for each key. `name` keeps limits apart."""

    name: str
    count: int
    seconds: int
    _asked_again_at: float = 0.0

    def add(self, key: str) -> int:
        """Count one more; return after how many seconds the next span begins where it is one too many, else 0."""
        number, wait = self._count(key, 1)
        return wait if number > self.count else 0

    def use(self, key: str) -> LimitUse:
        """Count one more, and return how much is used by now."""
        number, wait = self._count(key, 1)
        return LimitUse(number, self.count, wait)

    def wait(self, key: str) -> int:
        """Return the same without counting: 0 where one more would be let in."""
        number, wait = self._count(key, 0)
        return wait if number >= self.count else 0

    def _count(self, key: str, amount: int) -> tuple[int, int]:
        """Return how many there are in this span, none for an empty key, and how many seconds of it are left."""
        now = time()
        span = int(now // self.seconds)
        wait = max(1, int((span + 1) * self.seconds - now))
        if not key or monotonic() < self._asked_again_at:
            return 0, wait
        # Neither addresses nor tokens are kept, only what tells them apart.
        name = f"limit:{self.name}:{span}:{hashlib.blake2s(key.encode(), digest_size=16).hexdigest()}"
        try:
            with brief_client(settings.REDIS_URL).pipeline(transaction=False) as commands:
                commands.incrby(name, amount)
                commands.expire(name, self.seconds + 1)
                return int(commands.execute()[0]), wait
        except (RedisError, OSError, ValueError) as error:
            self._asked_again_at = monotonic() + AWAY_SECONDS
            logger.warning("Redis is away (%s): nobody is held back for asking too often", type(error).__name__)
            return 0, wait


def client_of(request: HttpRequest) -> str:
    """Return the client's address, of IPv6 the network of one site, "" where it is not known.

    It is what the web server says: behind a proxy it believes those that `FORWARDED_ALLOW_IPS` names.
    """
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        ipv4 = address.ipv4_mapped
        return str(ipv4 or ip_network((int(address), _IPV6_SITE), strict=False).network_address)
    return str(address)
