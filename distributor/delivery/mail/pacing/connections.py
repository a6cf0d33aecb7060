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
        self._shared = budgets_of(redis_url or settings.REDIS_URL, f"connections:{name}")
        self._limit = limit
        self._holder = uuid4().hex
        self._has = self._wanted = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._renewing: threading.Thread | None = None

    def ask(self, count: int, *, has: int) -> int:
        """Return how many connections may be open: an equal share, and what others leave of theirs."""
        with self._lock:
            grant = self._shared.connect(self._holder, count, has=has, limit=self._limit)
            self._has, self._wanted = max(grant, has), count
        if self._renewing is None:
            self._renewing = threading.Thread(target=self._renew, name="mail connections", daemon=True)
            self._renewing.start()
        return grant

    def close(self) -> None:
        """Let the others have them all."""
        if self._renewing is not None:
            self._over.set()
            self._renewing.join()
            self._shared.leave(self._holder)

    def _renew(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            with self._lock:
                self._shared.keep(self._holder, has=self._has, count=self._wanted)
