"""Bursts of refusals, and the people who would be suppressed for them: held until a person decides, then all as one.

What a burst is stands in `domain.refusal_bursts`. Those whom the burst had suppressed before it was seen are taken out
again when it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from distributor.audience.causes import Cause
from distributor.audience.models import HeldBurst, HeldRefusal, Suppression
from distributor.audience.suppression import add_suppressions, suppression
from distributor.domain.errors import BadInput
from distributor.domain.refusal_bursts import RefusalBurst

SLACK_SECONDS = 1.0  # other workers saw it begin a little earlier, by other clocks

_LOCK = "SELECT {function}(hashtextextended('held bursts', %s))"


def beginning(burst: RefusalBurst) -> datetime | None:
    """Return when a burst that was seen just now began at the earliest, None for with its dispatch."""
    return None if burst.seconds is None else timezone.now() - timedelta(seconds=burst.seconds + SLACK_SECONDS)


@transaction.atomic
def hold(dispatch: int, burst: RefusalBurst, *, since: datetime | None = None, also: Collection[int] = ()) -> HeldBurst:
    """Hold what a burst of refusals of a dispatch would do, and undo what it has done: `since` then, or at all.

    A burst at the same place that nobody has decided about is the same one, and counts on. With `since` it is
    everyone's, whatever the domain, since the first refusals of a relay that refuses all may well be of one domain; and
    all of that domain. It is one with what other dispatches did, too, that are named by `also`.
    """
    dispatches = sorted({dispatch, *also})
    for number in dispatches:
        _lock(number, alone=True)
    now = timezone.now()
    held_burst, is_new = HeldBurst.objects.get_or_create(
        dispatch_id=dispatch,
        domain=burst.domain,
        decision="",
        defaults={
            "tries": burst.tries,
            "refusal_count": burst.refusals,
            "example": burst.example[:300],
            "began_at": now,
            "last_at": now,
        },
    )
    if not is_new:
        counts = {"tries": F("tries") + burst.tries, "refusal_count": F("refusal_count") + burst.refusals}
        HeldBurst.objects.filter(pk=held_burst.pk).update(**counts, last_at=now)
    suppressions = Suppression.objects.filter(
        dispatch_id__in=dispatches, reason=Suppression.Reason.HARD_BOUNCE, email__isnull=False
    )
    at_domain = Q(email__iendswith=f"@{burst.domain}") if burst.domain else Q(pk=None)
    if since is not None:
        suppressions = suppressions.filter(Q(created_at__gte=since) | at_domain)
    elif burst.domain:
        suppressions = suppressions.filter(at_domain)
    _keep(held_burst, suppressions)
    suppressions.delete()
    return held_burst


@transaction.atomic
def suppress_or_hold(dispatch: int | None, suppressions: Sequence[Suppression]) -> int:
    """Suppress whose mailbox is gone, but for those who are part of a burst of the dispatch that is not decided about.

    Takes suppressions that are not stored yet, and returns how many are held.
    """
    if dispatch is None:
        add_suppressions(suppressions)
        return 0
    _lock(dispatch, alone=False)
    burst = newest_open(dispatch)
    if burst is None:
        add_suppressions(suppressions)
        return 0
    _keep(burst, suppressions)
    return len(suppressions)


def _keep(burst: HeldBurst, suppressions: QuerySet[Suppression] | Sequence[Suppression]) -> None:
    HeldRefusal.objects.bulk_create(
        (
            HeldRefusal(
                burst=burst,
                email=str(row.email),
                detail=row.detail,
                source=row.source,
                dispatch_id=row.dispatch_id,
                at=row.created_at,
            )
            for row in suppressions
        ),
        batch_size=5_000,
    )


def _lock(dispatch: int, *, alone: bool) -> None:
    """Let nobody suppress for a dispatch while one of its bursts begins or is decided about."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(function=function), [dispatch])


def open_bursts() -> QuerySet[HeldBurst]:
    """Return the bursts that a person has to decide about, the newest first."""
    return HeldBurst.objects.filter(decision="").order_by("-pk")


def newest_open(dispatch: int) -> HeldBurst | None:
    """Return the burst of a dispatch that came last and is not decided about."""
    return HeldBurst.objects.filter(dispatch_id=dispatch, decision="").order_by("-last_at").first()


def decided_at(dispatches: Collection[int]) -> datetime | None:
    """Return when a person last decided about a burst of one of these dispatches."""
    bursts = HeldBurst.objects.filter(dispatch_id__in=dispatches)
    moment: datetime | None = bursts.aggregate(last=Max("decided_at"))["last"]
    return moment


def is_open(dispatches: Collection[int]) -> bool:
    """Whether nobody has decided yet about a burst of all that one of these dispatches was sent to."""
    return open_bursts().filter(dispatch_id__in=dispatches, domain="").exists()


def suppressed_domains(dispatch: int) -> set[str]:
    """Return the domains of a dispatch's bursts ("" for the mail server's) whose people a person has said are gone."""
    bursts = HeldBurst.objects.filter(dispatch_id=dispatch, decision=HeldBurst.Decision.SUPPRESSED)
    return set(bursts.values_list("domain", flat=True))


def people(burst_id: int) -> int:
    """Return how many people a burst holds. Raises BadInput for a burst that there is not."""
    burst = HeldBurst.objects.filter(pk=burst_id).first()
    if burst is None:
        raise BadInput(f"There is no burst {burst_id}: “distributor returns held” lists them.")
    return burst.refusals.count()


def sentence(burst: HeldBurst) -> str:
    """Return what a burst says to an editor."""
    return RefusalBurst(burst.domain, burst.tries, burst.refusal_count, burst.example).sentence


@transaction.atomic
def decide(burst_id: int, decision: HeldBurst.Decision, *, actor: str) -> int:
    """Suppress everyone who is held for a burst, or nobody; return how many they are.

    Raises BadInput for a burst that there is not, or that was decided about before.
    """
    people(burst_id)
    burst = HeldBurst.objects.select_for_update().get(pk=burst_id)
    if burst.decision:
        raise BadInput(f"Burst {burst_id} was decided about before: {burst.decision} by {burst.actor}.")
    _lock(burst.dispatch_id, alone=True)
    refusals = burst.refusals.order_by("pk")
    count = refusals.count()
    if decision is HeldBurst.Decision.SUPPRESSED:
        reason = Suppression.Reason.HARD_BOUNCE
        add_suppressions(
            suppression(
                row.email,
                row.detail,
                reason=reason,
                cause=Cause(row.source, row.dispatch_id or burst.dispatch_id, row.at),
            )
            for row in refusals
        )
    refusals.delete()
    burst.decision, burst.actor, burst.decided_at, burst.held_count = decision, actor[:150], timezone.now(), count
    burst.save(update_fields=["decision", "actor", "decided_at", "held_count"])
    return count
