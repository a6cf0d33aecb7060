"""Connections that a mail relay lets all workers have together: who may have how many of them now."""

from __future__ import annotations

import threading
from uuid import uuid4

from django.conf import settings

from distributor.delivery.mail.pacing.shared_budgets import RENEW_SECONDS, budgets_of


class Connections:
    """One holder's part of a relay's connections (`channels.base.Permits`).

    It is renewed from a thread of its own, since connections stay open while whoever uses them waits for PostgreSQL or
    rests; that of a killed process is free after `WORD_SECONDS`. No method raises for what Redis does: while it is away
    each holder keeps to its share.
    """

    def __init__(self, name: str, limit: int, *, redis_url: str | None = None) -> None:
        """`name` names the relay in Redis and holds no secret; it lets `limit` connections in all."""
        self._budgets = budgets_of(redis_url or settings.REDIS_URL, f"connections:{name}")
        self._limit = limit
        self._holder = uuid4().hex
        self._has = self._request = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._renewal: threading.Thread | None = None

    def ask(self, count: int, *, has: int) -> int:
        """Return how many connections may be open: an equal share, and what others leave of theirs."""
        with self._lock:
            grant = self._budgets.connect(self._holder, count, has=has, limit=self._limit)
            self._has, self._request = max(grant, has), count
        if self._renewal is None:
            self._renewal = threading.Thread(target=self._renew, name="mail connections", daemon=True)
            self._renewal.start()
        return grant

    def close(self) -> None:
        """Let the others have them all."""
        if self._renewal is not None:
            self._over.set()
            self._renewal.join()
            self._budgets.leave(self._holder)

    def _renew(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            with self._lock:
                self._budgets.keep(self._holder, has=self._has, count=self._request)
