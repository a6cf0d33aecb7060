"""The ledger of mail: who is to get it, which worker holds which batch, and what became of everyone.

Deliveries are only ever inserted. A worker that dies leaves a lease that runs out; whoever takes the batch over skips
the recipients that have a delivery already, so at most what was accepted and not yet appended is repeated.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from distributor.audience import segments
from distributor.channels.base import REPEAT_POSSIBLE
from distributor.delivery.mail import nonopeners, queries, unreached
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.delivery.models import Attempt, Batch, Delivery, Digest, Dispatch
from distributor.domain.recipients import Recipient
from distributor.domain.states import State
from distributor.prepared_statements import run_prepared

BATCH_SIZE = 1_000
SPREAD_BATCH_SECONDS = 60.0  # a mailing that is spread over hours goes out in batches of so long, or of one recipient


class LeaseTerm:
    """Until when a lease is known to stand, by the monotonic clock: that goes on while a process is stopped.

    Another worker takes the batch when the database's clock says so, which is never before: a term counts from before
    the statement that renewed it.
    """

    def __init__(self, began: float) -> None:
        self.renew(began)

    def stands(self) -> bool:
        return time.monotonic() < self._until

    def renew(self, began: float) -> None:
        """Let it stand for another while after a renewal that began at this moment of the monotonic clock."""
        self._until = began + settings.LEASE_SECONDS

    def end(self) -> None:
        self._until = 0.0


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's hold on one batch. `round` counts from 0; deferred recipients come again in a later round."""

    batch: int
    dispatch: int
    key: UUID
    round: int
    first_tried_at: datetime
    subscribers: tuple[int, ...]
    term: LeaseTerm


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one recipient: an outcome of `Delivery.Outcome` and a detail for the desk (status, queue id)."""

    subscriber: int
    outcome: Delivery.Outcome
    detail: str = ""
    may_have_arrived: bool = False  # though it failed

    @property
    def reached(self) -> bool:
        """Whether they have it, as far as anyone can tell."""
        return self.outcome is Delivery.Outcome.ACCEPTED or self.may_have_arrived


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients ended how. `remaining` are those without an outcome yet; `repeats` counts possible repeats.

    `recalled` counts posts that were deleted at their network: nobody can see them any more.
    """

    recipients: int = 0
    accepted: int = 0
    rejected: int = 0
    left: int = 0
    failed: int = 0
    cancelled: int = 0
    repeats: int = 0
    recalled: int = 0

    @property
    def waiting(self) -> int:
        return (
            self.recipients - self.accepted - self.rejected - self.left - self.failed - self.cancelled - self.recalled
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of spreading: the recipients it added, the last candidate's number, and whether it was the last."""

    recipients: int
    through: int
    last: bool


def spread(dispatch: Dispatch, *, most: int) -> Step:
    """Write batches for the next `most` candidates of a mail dispatch, whose row is locked."""
    condition, extra_parameters = _condition(dispatch)
    apart = dispatch.spread_apart
    with connection.cursor() as cursor:
        parameters = {
            "dispatch": dispatch.pk,
            "before": dispatch.spread_from,
            "after": dispatch.spread_through,
            "most": most,
            "done": dispatch.recipients,
            "apart": apart,
            "size": max(1, min(BATCH_SIZE, int(SPREAD_BATCH_SECONDS / apart))) if apart else BATCH_SIZE,
        }
        if dispatch.digest is None:
            cursor.execute(queries.SPREAD.replace("{also}", condition), {**parameters, **extra_parameters})
        else:
            cursor.execute(queries.SPREAD_DIGEST, {**parameters, **digest_parameters(dispatch.digest)})
        through, goes_on, count = cursor.fetchone()
    return Step(int(count), through or dispatch.spread_through, last=not goes_on)


def digest_parameters(digest: Digest) -> dict[str, Any]:
    """Return what the statements that look for a digest's recipients ask with."""
    home = digest.publication.time_zone
    zones = sorted(available_timezones() - {home})
    return {"cadence": digest.cadence, "zone": digest.zone, "home": home, "zones": zones, "newest": digest.newest}


def seconds_apart(dispatch: Dispatch) -> float | None:
    """Return how long after one recipient's turn the next one's should come, None where all go out at once.

    Counts all candidates: to be asked once, before the first step.
    """
    if not dispatch.spread_hours:
        return None
    condition, extra_parameters = _condition(dispatch)
    with connection.cursor() as cursor:
        cursor.execute(queries.ON_LISTS.replace("{also}", condition), {"dispatch": dispatch.pk, **extra_parameters})
        return dispatch.spread_hours * 3600 / max(1, int(cursor.fetchone()[0]))


def _condition(dispatch: Dispatch) -> tuple[str, Mapping[str, Any]]:
    """Return the condition that says which of the people on the lists are recipients at all, and its parameters."""
    if dispatch.to_nonopeners:
        return nonopeners.condition(dispatch)
    if dispatch.resend_of_id is not None:
        return unreached.condition(dispatch)
    return segments.condition(dispatch.segment) if dispatch.segment else ("true", {})


def lease(dispatch_id: int) -> Lease | None:
    """Take the next batch of a dispatch that is `sending`, or None when there is none to take now."""
    key, began = uuid4(), time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(queries.LEASE, {"dispatch": dispatch_id, "key": key, "seconds": settings.LEASE_SECONDS})
        row = cursor.fetchone()
    return Lease(row[0], dispatch_id, key, row[1], row[2], tuple(row[3]), LeaseTerm(began)) if row else None


def pending_recipients(
    lease: Lease,
    lists: Sequence[int],
    ids: Sequence[int],
    *,
    digest: Digest | None = None,
    unless_read: Sequence[int] = (),
) -> tuple[list[Recipient], list[int]]:
    """Return (who of these is still to be sent to, who has left since). Those with a delivery are in neither.

    Of a `digest`, whoever has had its newest letter by another one counts as having left, and so does whoever has read
    one of the mailings `unless_read`.
    """
    parameters = {"dispatch": lease.dispatch, "lists": list(lists), "ids": _array(map(str, ids))}
    if unless_read:
        mailings = nonopeners.array(unless_read)
        rows = run_prepared(nonopeners.pending_statement(), {**parameters, "mailings": mailings})
    elif digest is None:
        rows = run_prepared(queries.PENDING_RECIPIENTS, parameters)
    else:
        rows = run_prepared(queries.PENDING_DIGEST, {**parameters, "newest": digest.newest})
    links = RecipientLinks(lease.dispatch)
    recipients = [
        Recipient(id_, email, name, language, _attributes(attributes), **links.of(id_), since=since[0] if since else 0)
        for id_, email, name, language, attributes, is_wanted, *since in rows
        if is_wanted
    ]
    return recipients, [row[0] for row in rows if not row[5]]


def _attributes(value: Any) -> Mapping[str, Any]:
    # Django asks psycopg for JSON as text, so that its own decoders apply.
    attributes = json.loads(value) if isinstance(value, str) else value
    return attributes if isinstance(attributes, dict) else {}


def append(
    lease: Lease,
    entries: Sequence[LedgerEntry],
    deferrals: Sequence[Attempt] = (),
    *,
    repeats: int = 0,
    digest: Digest | None = None,
) -> bool:
    """Record a group and renew the lease, in one transaction; return whether to go on with this batch.

    The entries are kept even when the lease was lost: those mails are out. `repeats` counts those that may have arrived
    and are sent again. Doing it again changes nothing but `repeats`. Whom a `digest` reached has had its letters.
    """
    group: dict[str, Any] = {
        "dispatch": lease.dispatch,
        "batch": lease.batch,
        "key": lease.key,
        "seconds": settings.LEASE_SECONDS,
        "ids": _array(str(entry.subscriber) for entry in entries),
        "outcomes": _array(entry.outcome.value for entry in entries),
        "details": _array(_quote(entry.detail[:300]) for entry in entries),
        "repeats": repeats,
    }
    began = time.monotonic()
    with transaction.atomic() if deferrals else nullcontext():
        Attempt.objects.bulk_create(deferrals)
        if digest is None:
            rows = run_prepared(queries.APPEND, group)
        else:
            group["reached"] = _array(str(entry.subscriber) for entry in entries if entry.reached)
            group |= {"publication": digest.publication_id, "cutoff": digest.cutoff}
            rows = run_prepared(queries.APPEND_DIGEST, group)
    if not any(is_ours for _state, is_ours in rows):
        lease.term.end()
        return False
    lease.term.renew(began)
    return any(state == State.SENDING.value for state, _is_ours in rows)


def _array(values: Iterable[str]) -> str:
    """Return an array as PostgreSQL reads it: psycopg's own way of writing one costs twice what the rest does."""
    return f"{{{','.join(values)}}}"


def _quote(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "")
    return f'"{text}"'


@dataclass(frozen=True, slots=True)
class Later:
    """Who of a batch comes again, by time: `deferrals` after a try, `pace_waits` without one: they have to wait."""

    deferrals: Mapping[datetime, Sequence[int]]
    pace_waits: Mapping[datetime, Sequence[int]]


def finish(lease: Lease, later: Later) -> None:
    """End a batch whose recipients all have an outcome, but for those that come again `later`."""
    _end(lease, Batch.State.DONE, lease.subscribers, later)


def give_back(lease: Lease, later: Later, *, open_ids: Sequence[int]) -> None:
    """Let go of a batch that is not finished: who is `open_ids` is for its next worker, some come again `later`."""
    _end(lease, Batch.State.WAITING, open_ids, later)


@transaction.atomic
def _end(lease: Lease, state: Batch.State, subscribers: Sequence[int], later: Later) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            queries.END_LEASE,
            {"batch": lease.batch, "key": lease.key, "state": state.value, "subscribers": list(subscribers)},
        )
        if cursor.fetchone() is None:
            return  # another worker has it by now and will see to the rest
    Batch.objects.bulk_create(
        Batch(
            dispatch_id=lease.dispatch,
            subscribers=list(ids),
            round=round_,
            first_tried_at=lease.first_tried_at if round_ else None,
            not_before=at,
        )
        for round_, groups in ((lease.round + 1, later.deferrals), (lease.round, later.pace_waits))
        for at, ids in groups.items()
    )


def renew(lease: Lease) -> bool:
    """Keep the lease for another while; return whether to go on with this batch."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(queries.RENEW, {"batch": lease.batch, "key": lease.key, "seconds": settings.LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        lease.term.end()
        return False
    lease.term.renew(began)
    return bool(row[0] == State.SENDING.value)


def put_off(dispatch_id: int, not_before: datetime) -> None:
    """Let no batch of the dispatch be taken before a time."""
    with connection.cursor() as cursor:
        cursor.execute(queries.PUT_OFF, {"dispatch": dispatch_id, "not_before": not_before})


def close_cancelled(dispatch_id: int, *, batches: int = 100) -> bool:
    """Give recipients of a cancelled dispatch whose turn never came the outcome `cancelled`, so many batches of them.

    Returns whether there were as many, so that there may be more.
    """
    with connection.cursor() as cursor:
        cursor.execute(queries.CLOSE_CANCELLED, {"dispatch": dispatch_id, "most": batches})
        return bool(cursor.rowcount >= batches)


def has_begun(dispatch_id: int) -> bool:
    """Whether some recipient of the dispatch has an outcome that says its mail could be made."""
    condition = Q(accepted__gt=0) | Q(rejected__gt=0) | Q(round__gt=0)
    return Batch.objects.filter(condition, dispatch_id=dispatch_id).exists()


def is_open(dispatch_id: int) -> bool:
    """Whether some batch of the dispatch is not done."""
    return Batch.objects.filter(dispatch_id=dispatch_id).exclude(state=Batch.State.DONE).exists()


def claimable() -> list[int]:
    """Return the dispatches with a batch that a worker could take now."""
    with connection.cursor() as cursor:
        cursor.execute(queries.CLAIMABLE)
        return [id_ for (id_,) in cursor.fetchall()]


def counts(dispatches: Iterable[Dispatch]) -> dict[int, Counts]:
    """Return how many recipients of each dispatch ended how, by the dispatch's number."""
    by_id = {dispatch.pk: dispatch for dispatch in dispatches}
    with connection.cursor() as cursor:
        cursor.execute(queries.COUNTS, {"dispatches": list(by_id)})
        numbers_by_id = {id_: tuple(map(int, numbers)) for id_, *numbers in cursor.fetchall()}
    return {id_: Counts(by_id[id_].recipients, *numbers_by_id.get(id_, ())) for id_ in by_id}


def was_repeated(lease: Lease, subscriber: int) -> bool:
    """Whether this recipient's answer was lost before, so that the mail may have gone out already."""
    tries = Attempt.objects.filter(dispatch_id=lease.dispatch, subscriber_id=subscriber)
    return tries.filter(code=REPEAT_POSSIBLE).exists()


def deferral(lease: Lease, subscriber: int, *, reason: str, code: str, retry_at: datetime) -> Attempt:
    """Return the (unsaved) record of one recipient's deferred try."""
    now = timezone.now()
    return Attempt(
        dispatch_id=lease.dispatch,
        number=lease.round + 1,
        subscriber_id=subscriber,
        started_at=now,
        ended_at=now,
        outcome="deferred",
        reason=reason[:500],
        code=code[:40],
        retry_at=retry_at,
    )
