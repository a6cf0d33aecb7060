"""Looks after a campaign that is being disturbed, as a supervisor and an editor would. Django has to be set up."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress

import psycopg
from django.db import OperationalError, connection

from benchmarks.support import house, ledger
from benchmarks.support.disturbances import Scene
from distributor.delivery import control
from distributor.domain.errors import StateError

PATIENCE_SECONDS = 90.0  # without any progress: then the run is given up, and judged as it stands
LOOK_SECONDS = 0.02
TEND_SECONDS = 0.5
_HURRY = (
    "UPDATE delivery_batch SET not_before = now() WHERE dispatch_id = %s AND state = 'waiting' AND not_before > now()"
)
_OPEN_BATCHES = """
SELECT state, count(*), min(lease_until) - now() FROM delivery_batch
WHERE dispatch_id = %s AND state <> 'done' GROUP BY 1
"""
QUEUES = ("distributor", "mail")
_BY_ADDRESS = """
SELECT lower(s.email), v.outcome FROM delivery_delivery v JOIN audience_subscriber s ON s.id = v.subscriber_id
WHERE v.dispatch_id = %s
"""
_ADDRESSES = """
SELECT lower(s.email) FROM audience_subscription u JOIN audience_subscriber s ON s.id = u.subscriber_id
WHERE u.list_id = %s
"""


def outcomes_by_address(dispatch: int) -> dict[str, str]:
    """Return everyone's outcome in the ledger."""
    with ledger.connect() as database:
        return {str(email): str(outcome) for email, outcome in database.execute(_BY_ADDRESS, (dispatch,)).fetchall()}


def addresses(readers: int) -> list[str]:
    """Return the addresses of a list."""
    with ledger.connect() as database:
        return [str(email) for (email,) in database.execute(_ADDRESSES, (readers,)).fetchall()]


class Standstill(Exception):
    """The campaign does not go on; says what is there."""


class Overseer:
    """Starts again what has ended by itself, and resumes the dispatch where it is paused; both are counted.

    The relay takes `portion` messages at a time, `rate` a second, until the end begins.
    """

    def __init__(self, dispatch: int, scene: Scene, portion: int, rate: float) -> None:
        self.dispatch = dispatch
        self.open_connections = 0  # the most since the last kill
        self.most_connections = 0
        self.resume_count = 0
        self.deaths: Counter[str] = Counter()
        self.is_over = False
        self._scene = scene
        self.portion = portion
        self._rate = rate
        self._base = 0
        self._tended_at = 0.0
        self.go_on()

    def go_on(self) -> None:
        """Let the relay take the next portion."""
        self.open_connections = 0
        self._base = self._scene.relay.message_count()
        self._scene.relay.tell(f"rate {self._rate}")
        self._scene.relay.tell(f"grant {self.portion}")

    def wait_for_progress(self, messages: int) -> None:
        """Wait until so many were taken since the last portion began. Raises Standstill."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._scene.relay.message_count() - self._base < messages and not self.is_over:
            self._look(deadline)
            time.sleep(LOOK_SECONDS)
        self._count_connections()

    def wait_for_the_end(self) -> None:
        """Let the relay take everything, and wait until the dispatch is finished. Raises Standstill."""
        self._scene.relay.tell("rate inf")
        self._scene.relay.tell("grant inf")
        count, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        while not self.is_over:
            if (now := self._scene.relay.message_count()) > count:
                count, deadline = now, time.monotonic() + PATIENCE_SECONDS
            self._look(deadline)
            time.sleep(LOOK_SECONDS * 5)

    def outcomes(self) -> dict[str, int]:
        return ledger.outcomes(self.dispatch)

    def _look(self, deadline: float) -> None:
        self._count_connections()
        if time.monotonic() - self._tended_at < TEND_SECONDS:
            return
        self._tended_at = time.monotonic()
        for child in (*self._scene.workers, self._scene.beat):
            if child.died():
                self.deaths[child.program.name] += 1
                child.kill()  # what it may have left behind
                child.start()
        with suppress(psycopg.OperationalError):
            self.is_over = ledger.state(self.dispatch)[0] in ledger.FINAL_STATES
            self._hurry()
        if time.monotonic() > deadline:
            raise Standstill(f"Nothing has moved for {PATIENCE_SECONDS:g} s. {self._situation()}")

    def _situation(self) -> str:
        """Return what may explain a standstill: the dispatch, its open batches, and what waits in Redis."""
        with ledger.connect() as database, house.broker() as broker:
            batches = database.execute(_OPEN_BATCHES, (self.dispatch,)).fetchall()
            queues = {name: broker.llen(name) for name in QUEUES}
            unacknowledged_count = broker.hlen("unacked")
        return (
            f"The dispatch is {ledger.state(self.dispatch)}; open batches (state, how many, the first lease's end): "
            f"{[tuple(map(str, row)) for row in batches]}; in Redis: {queues}, {unacknowledged_count} not acknowledged."
        )

    def _hurry(self) -> None:
        """Bring forward what waits for a later try, and resume a dispatch that waits for a person."""
        with ledger.connect() as database:
            database.execute(_HURRY, (self.dispatch,))
        if ledger.state(self.dispatch)[0] in ("paused", "blocked"):
            connection.close()  # the server may have been another one then
            with suppress(OperationalError, StateError):
                control.resume(self.dispatch)
                self.resume_count += 1

    def _count_connections(self) -> None:
        with suppress(OSError):
            now = int(self._scene.relay.tell("open"))
            self.open_connections = max(self.open_connections, now)
            self.most_connections = max(self.most_connections, now)
