"""How far a mailing is, how fast it goes, and when it will be through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Min, Sum

from distributor.delivery.mail import ledger
from distributor.delivery.models import Batch, Dispatch
from distributor.domain.states import State

LATEST_BATCHES = 10  # so that a pause, or a slow beginning, is soon forgotten
_OUTCOMES = F("accepted") + F("rejected") + F("left") + F("failed") + F("cancelled")


@dataclass(frozen=True, slots=True)
class Progress:
    """Recipients by outcome; `per_second` is how many came to one lately, 0 where nothing is sent now.

    `ends_at` is when, at that pace, nobody waits any more; None where that can't be told.
    """

    counts: ledger.Counts
    per_second: float = 0.0
    ends_at: datetime | None = None


def of(dispatch: Dispatch, now: datetime) -> Progress:
    """Return the progress of a mailing at a moment (aware)."""
    counts = ledger.counts([dispatch])[dispatch.pk]
    if dispatch.state != State.SENDING.value:
        return Progress(counts)
    per_second = _per_second(dispatch, now)
    # Not while it is being spread: then more are to come than are waiting.
    if dispatch.spread_at is None or not per_second:
        return Progress(counts, per_second)
    ends_at = now + timedelta(seconds=counts.waiting / per_second)
    # Batches of a mailing that is spread over hours, and of the deferred, have a turn that is to come.
    open_batches = Batch.objects.filter(dispatch=dispatch).exclude(state=Batch.State.DONE)
    last_turn = open_batches.aggregate(last=Max("not_before"))["last"]
    return Progress(counts, per_second, max(ends_at, last_turn) if last_turn else ends_at)


def _per_second(dispatch: Dispatch, now: datetime) -> float:
    """Return how fast the batches went that were begun last. Deferred recipients come later, and say nothing of it."""
    first_rounds = Batch.objects.filter(dispatch=dispatch, round=0, first_tried_at__isnull=False)
    latest = first_rounds.order_by("-first_tried_at").values("pk")[:LATEST_BATCHES]
    figures = Batch.objects.filter(pk__in=latest).aggregate(count=Sum(_OUTCOMES), since=Min("first_tried_at"))
    if not figures["count"] or figures["since"] is None:
        return 0.0
    seconds = (now - figures["since"]).total_seconds()
    return float(figures["count"] / max(seconds, 1.0))
