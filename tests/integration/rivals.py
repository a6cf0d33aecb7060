"""Two transactions at once, one of which waits for the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from django.db import connection, connections, transaction

from tests.patience import PATIENCE

Value = TypeVar("Value")


def while_open(deed: Callable[[], object], rival: Callable[[], Value]) -> Future[Value]:
    """Do a deed in a transaction, and commit it once the rival, in a thread of its own, waits for a lock of it."""

    def in_thread() -> Value:
        try:
            return rival()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        deed()
        future = pool.submit(in_thread)
        deadline = monotonic() + PATIENCE
        while not (_is_waited_for() or future.done()):
            assert monotonic() < deadline, "nobody waits for a lock"
    return future


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return bool(cursor.fetchone()[0])
