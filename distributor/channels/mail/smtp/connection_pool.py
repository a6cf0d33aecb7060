"""Keeps connections from one of a worker's turns to the next: it need not connect, encrypt and log in again.

What a process holds is its own: after a fork the child lets go of what it inherited, without a word to the relay.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from distributor.channels.base import PermitsFor
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.smtp.connection_share import UnsharedConnections
from distributor.channels.mail.smtp.engine import Engine
from distributor.channels.mail.smtp.timeouts import Timeouts

KEEP_SECONDS: Final = 10.0

Identity = tuple[tuple[Relay, ...], Timeouts, PermitsFor]  # with user and password: nobody gets another's connection


class ConnectionPool:
    """The engines of this process that nobody uses right now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle_engines: dict[Identity, list[tuple[Engine, threading.Timer]]] = {}
        self._engines: weakref.WeakSet[Engine] = weakref.WeakSet()
        self._inherited_engines: list[
            Engine
        ] = []  # never collected: closing them would reach into the parent's selector

    @contextmanager
    def lend(self, relays: Sequence[Relay], timeouts: Timeouts, permits: PermitsFor | None = None) -> Iterator[Engine]:
        """Give an engine for these relays, for one user at a time, and keep it for the next one."""
        permits = permits or UnsharedConnections
        identity = (tuple(relays), timeouts, permits)
        engine = self._take(identity)
        if engine is None:
            engine = Engine(relays, timeouts, permits)
            with self._lock:
                self._engines.add(engine)
        try:
            yield engine
        finally:
            self._keep(identity, engine)

    def close(self) -> None:
        """Say goodbye on all connections that nobody uses."""
        with self._lock:
            engines = [entry for engines in self._idle_engines.values() for entry in engines]
            self._idle_engines.clear()
        for engine, timer in engines:
            timer.cancel()
            engine.close()

    def _take(self, identity: Identity) -> Engine | None:
        with self._lock:
            engines = self._idle_engines.get(identity)
            if not engines:
                return None
            engine, timer = engines.pop()
        timer.cancel()
        return engine

    def _keep(self, identity: Identity, engine: Engine) -> None:
        if not engine.rest():
            engine.close()
            return
        timer = threading.Timer(KEEP_SECONDS, self._let_go, (identity, engine))
        timer.daemon = True
        with self._lock:
            self._idle_engines.setdefault(identity, []).append((engine, timer))
        timer.start()

    def _let_go(self, identity: Identity, engine: Engine) -> None:
        """End what nobody took in all that time."""
        with self._lock:
            engines = self._idle_engines.get(identity, [])
            entries = [entry for entry in engines if entry[0] is engine]
            if not entries:
                return
            engines.remove(entries[0])
            if not engines:
                del self._idle_engines[identity]
        engine.close()

    def forget(self) -> None:
        """Let go of everything, in a child that was forked: the relay must hear nothing from two processes.

        Each connection's descriptor becomes one of the null device, so that the parent's goodbye is the last word.
        """
        self._inherited_engines.extend(self._engines)
        for engine in self._inherited_engines:
            for descriptor in engine.descriptors():
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(null, descriptor, inheritable=False)
                os.close(null)
        self._lock = threading.Lock()
        self._idle_engines = {}
        self._engines = weakref.WeakSet()


keeper = ConnectionPool()
os.register_at_fork(after_in_child=keeper.forget)
atexit.register(keeper.close)
