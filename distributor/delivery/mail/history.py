"""What the ledger tells of mails that went out: how many were tried, what is usual, and when the last was accepted."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.db.models import F, Max, Sum

from distributor.delivery.mail import queries
from distributor.delivery.models import Batch, Delivery, Dispatch


def tries(dispatch_id: int) -> int:
    """Return how many mails of a dispatch a server took or refused."""
    sums = Batch.objects.filter(dispatch_id=dispatch_id).aggregate(tries=Sum(F("accepted") + F("rejected")))
    return int(sums["tries"] or 0)


def tries_at(dispatch_id: int, domain: str) -> int:
    """Return how many of them were to addresses of one domain. Reads the dispatch's deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(queries.TRIES_AT, {"dispatch": dispatch_id, "domain": domain.lower()})
        return int(cursor.fetchone()[0])


def refusals(dispatch_id: int, domain: str) -> int:
    """Return how many mails of a dispatch were refused for good, at one domain or, for "", in all."""
    if not domain:
        return int(Batch.objects.filter(dispatch_id=dispatch_id).aggregate(count=Sum("rejected"))["count"] or 0)
    with connection.cursor() as cursor:
        cursor.execute(queries.REFUSALS_AT, {"dispatch": dispatch_id, "domain": domain.lower()})
        return int(cursor.fetchone()[0])


def usual_refusals(dispatch: Dispatch) -> float:
    """Return the share of refusals for good (0 to 1) among the outcomes of the publication's last few mailings."""
    with connection.cursor() as cursor:
        cursor.execute(queries.USUAL_REFUSALS, {"publication": dispatch.publication_id, "dispatch": dispatch.pk})
        (share,) = cursor.fetchone()
    return float(share or 0)


def last_accepted(dispatch_id: int) -> datetime:
    """Return when a mail of the dispatch was accepted last, the beginning of time where none was.

    Reads all of the dispatch’s deliveries: for what happens rarely.
    """
    acceptances = Delivery.objects.filter(dispatch_id=dispatch_id, outcome=Delivery.Outcome.ACCEPTED)
    moment: datetime | None = acceptances.aggregate(last=Max("at"))["last"]
    return moment or datetime.min.replace(tzinfo=UTC)
