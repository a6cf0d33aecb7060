"""Whether this process is alive, and whether the installation does its work: for load balancers and containers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.log import log_response
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from distributor.broker_connections import broker_connection
from distributor.delivery import heartbeats

logger = logging.getLogger(__name__)
WAIT_SECONDS = 2
OLDEST_TICK = 10.0  # seconds
READY = "ready"  # the name under which the check of writing writes
_all_are_applied = Event()


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 without touching anything: this process takes requests. Where it does not, it has to be restarted."""
    return _answer({"alive": True}, status=200)


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 where letters go out, else 503; which check failed is said, and why only in the log."""
    troubles = {name: _trouble(check) for name, check in _CHECKS}
    checks = {name: not trouble for name, trouble in troubles.items()}
    if all(checks.values()):
        return _answer({"ready": True, "checks": checks}, status=200)
    response = _answer({"ready": False, "checks": checks}, status=503)
    reasons = "; ".join(f"{name}: {trouble}" for name, trouble in troubles.items() if trouble)
    # Also keeps Django from telling of it as of an error in a page.
    log_response("Not ready, %s", reasons, response=response, request=request, logger=logger, level="warning")
    return response


def _answer(value: dict[str, object], *, status: int) -> JsonResponse:
    return JsonResponse(value, status=status, headers={"Cache-Control": "no-store"})


def _trouble(check: Callable[[], str]) -> str:
    """Return what a check finds wrong, "" for nothing."""
    try:
        return check()
    except (DatabaseError, OperationalError, RedisError, OSError) as error:
        return type(error).__name__


def _database() -> str:
    """Write a row: a database that is full, or a copy that can only be read, answers all the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{WAIT_SECONDS}s'")
        heartbeats.beat(READY)
    return ""


def _redis() -> str:
    with broker_connection(max_retries=0) as broker:
        broker.ensure_connection(max_retries=0, timeout=WAIT_SECONDS, reraise_as_library_errors=False)
    return ""


def _migrations() -> str:
    """Look until all are applied: none is taken back while we run, and looking reads every one from disk."""
    if not _all_are_applied.is_set():
        count = missing_migrations()
        if count:
            return f"{count} are not applied"
        _all_are_applied.set()
    return ""


def missing_migrations() -> int:
    """Return how many migrations are not applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _tick() -> str:
    age = heartbeats.age(heartbeats.TICK)
    if age is None:
        return "there was none yet"
    return f"the last one was {age:.0f} s ago" if age > OLDEST_TICK else ""


_CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("database", _database),
    ("redis", _redis),
    ("migrations", _migrations),
    ("tick", _tick),
)
