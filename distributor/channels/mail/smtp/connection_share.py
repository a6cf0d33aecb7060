"""An engine's part of the connections that a relay lets all workers have together (`connections_in_all`)."""

from __future__ import annotations

import math
from typing import Final

from distributor.channels.base import Permits

ASK_AGAIN_SECONDS: Final = 0.2  # after it was refused
LOOK_SECONDS: Final = 1.0  # whoever has come since may be due some of ours


class UnsharedConnections:
    """`Permits` where there is no other worker."""

    def __init__(self, _name: str, limit: int) -> None:
        self._limit = limit

    def ask(self, count: int, *, has: int) -> int:  # noqa: ARG002 # as others do
        return min(count, self._limit)

    def close(self) -> None:
        pass


class ConnectionShare:
    """Asks as seldom as possible. Times are by a monotonic clock."""

    def __init__(self, permits: Permits) -> None:
        self.limit = 0  # connections that may be open
        self._permits = permits
        self._request = 0
        self._claim = 0  # what the others count as ours
        self._asked_at = -math.inf

    def ask(self, count: int, *, has: int, now: float) -> None:
        """See to it that `limit` is up to date; `count` and `has` as in `Permits`."""
        since = now - self._asked_at
        more = count > self.limit and (count > self._request or since >= ASK_AGAIN_SECONDS)
        if more or since >= LOOK_SECONDS:
            self._ask(count, has, now)
        elif since >= ASK_AGAIN_SECONDS:  # what is not needed for a moment only is not worth a word
            self._give_back(count, has, now)

    def hold(self, *, has: int, now: float) -> None:
        """Hold what there is, and no more."""
        if now - self._asked_at >= LOOK_SECONDS:
            self._ask(has, has, now)
        else:
            self._give_back(has, has, now)

    def close(self) -> None:
        """Give everything back."""
        self._permits.close()

    def _give_back(self, count: int, has: int, now: float) -> None:
        if self._claim > max(has, min(count, self.limit)):
            self._ask(count, has, now)

    def _ask(self, count: int, has: int, now: float) -> None:
        self._asked_at, self._request = now, count
        self.limit = self._permits.ask(count, has=has)
        self._claim = max(self.limit, has)
