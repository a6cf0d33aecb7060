"""Calling endpoints: one turn at a time in an installation, several endpoints at once within it.

However many endpoints are slow, they hold one worker process, and each of them one of the turn's threads: what is quick
goes on beside it. An endpoint has one call at a time. Threads make calls only; rows are read and written by the turn.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.domain.errors import CredentialsError
from distributor.webhooks import calls, ledger
from distributor.webhooks.calls import CallResult
from distributor.webhooks.ledger import CLAIM_TIME, AttemptCall
from distributor.webhooks.models import Endpoint, WebhookMessage
from distributor.webhooks.outbox import TURN

PARALLEL: Final = 8  # calls at once
TURN_SECONDS: Final = 10.0  # then other tasks get theirs; calls that are under way end first
LOOK_SECONDS: Final = 0.25  # between looks for endpoints that have become due
SHARE: Final = 20  # calls of an endpoint, one after another: then those that wait for a place have theirs
CLAIM_LOCK: Final = 0x7765_6268  # any number that only we use

_Calls = dict["Future[CallResult]", AttemptCall]


def take_turn() -> None:
    """Make the calls that are due, for some seconds; another turn is asked for where some are left.

    Where another turn is under way it does nothing: that one sees what is due.
    """
    claim = uuid4()
    until = time.monotonic() + TURN_SECONDS
    calls_under_way: _Calls = {}
    call_counts: Counter[int] = Counter()
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="webhook") as pool:
        try:
            while True:
                if time.monotonic() < until:
                    for endpoint_id in _claim(claim, PARALLEL - len(calls_under_way)):
                        _begin(endpoint_id, claim, pool, calls_under_way)
                if not calls_under_way:
                    break
                futures, _ = wait(calls_under_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for future in futures:
                    attempt_call = calls_under_way.pop(future)
                    ledger.conclude(attempt_call, future.result())
                    call_counts[attempt_call.endpoint] += 1
                    if time.monotonic() > until or call_counts[attempt_call.endpoint] % SHARE == 0:
                        _let_go(attempt_call.endpoint, claim)
                    else:
                        _begin(attempt_call.endpoint, claim, pool, calls_under_way)
        finally:
            Endpoint.objects.filter(claim=claim).update(claim=None, claimed_until=None)
    wake_if_due()


def wake_if_due() -> None:
    """Ask for a turn where a call is due."""
    if _due_endpoints().exists():
        wakeups.after_commit(TURN)


def _begin(endpoint_id: int, claim: UUID, pool: ThreadPoolExecutor, calls_under_way: _Calls) -> None:
    """Begin an endpoint's next call, or let go of it where nothing is due."""
    try:
        attempt_call = ledger.begin_next(endpoint_id, claim)
    except CredentialsError as error:
        Endpoint.objects.filter(pk=endpoint_id).update(enabled=False, disabled_reason=str(error)[:300])
        attempt_call = None
    if attempt_call is None:
        _let_go(endpoint_id, claim)
    else:
        calls_under_way[pool.submit(calls.make, attempt_call.call)] = attempt_call


def _let_go(endpoint_id: int, claim: UUID) -> None:
    Endpoint.objects.filter(pk=endpoint_id, claim=claim).update(claim=None, claimed_until=None)


@transaction.atomic
def _claim(claim: UUID, room: int) -> Collection[int]:
    """Claim up to `room` endpoints with something due, who waits longest first; none while another turn goes on."""
    if room < 1 or not _due_endpoints().exists():
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
    now = timezone.now()
    if Endpoint.objects.filter(claimed_until__gt=now).exclude(claim=claim).exists():
        return ()
    free = _due_endpoints().select_for_update(skip_locked=True).order_by(F("called_at").asc(nulls_first=True), "pk")
    claimed_ids = list(free.values_list("pk", flat=True)[:room])
    Endpoint.objects.filter(pk__in=claimed_ids).update(claim=claim, claimed_until=now + CLAIM_TIME)
    return claimed_ids


def _due_endpoints() -> QuerySet[Endpoint]:
    """Return endpoints that nobody holds, that are not left alone, and for which a message is due."""
    now = timezone.now()
    messages = WebhookMessage.objects.filter(
        endpoint=OuterRef("pk"), state=WebhookMessage.State.WAITING, next_at__lte=now
    )
    return Endpoint.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        Q(resting_until=None) | Q(resting_until__lte=now),
        Exists(messages),
        enabled=True,
    )
