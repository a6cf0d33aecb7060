"""Bursts of refusals that one mailing's watch can't see: over several small mailings, and at small domains.

Looked for when a mailing is done. What was suppressed meanwhile is taken out again, and held.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import CharField, Count, F, Func, Max, QuerySet, Sum, Value
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience import held_bursts
from distributor.audience.causes import REFUSAL
from distributor.audience.models import Suppression
from distributor.delivery.mail import history
from distributor.delivery.models import Batch, Dispatch
from distributor.domain.refusal_bursts import (
    FEW,
    FEW_LEAST,
    LEAST,
    RefusalBurst,
    is_burst,
    is_burst_of_domain,
    is_burst_of_small_domain,
)

WINDOW = timedelta(days=1)
MOST_DOMAINS = 50  # that are looked at, those with most refusals first: each reads the mailing's deliveries


def review(dispatch: Dispatch) -> None:
    """Hold what a mailing's refusals did where they are a burst together with others', or at a small domain."""
    if dispatch.resend_of_id is not None or not _suppressions([dispatch.pk]).exists():
        return
    if not _review_account(dispatch):
        _review_domains(dispatch)


def burst_at(dispatch: Dispatch, domain: str) -> RefusalBurst | None:
    """Return the burst at one domain that all workers together have seen so far; what a person has decided stands."""
    if domain in held_bursts.suppressed_domains(dispatch.pk) or held_bursts.newest_open(dispatch.pk) is not None:
        return None
    suppressions = _suppressions([dispatch.pk]).filter(email__iendswith=f"@{domain}")
    refusals = suppressions.count()
    if refusals < LEAST:
        return None
    tries = history.tries_at(dispatch.pk, domain)
    if not is_burst_of_domain(tries, refusals):
        return None
    return RefusalBurst(domain, tries, refusals, suppressions.latest("pk").detail)


def is_refused(dispatch: Dispatch) -> bool:
    """Whether a dispatch's account was refused so much within a day that a person has to decide, and has not yet."""
    recent = Dispatch.objects.filter(account=dispatch.account_id, released_at__gte=timezone.now() - WINDOW)
    return held_bursts.is_open(list(recent.values_list("pk", flat=True)))


def _review_account(dispatch: Dispatch) -> bool:
    """Judge all mailings of the account within a day as one; return whether they are a burst.

    What a person has decided about this one stands.
    """
    if held_bursts.decided_at([dispatch.pk]) is not None:
        return False
    numbers = _recent(dispatch)
    sums = Batch.objects.filter(dispatch_id__in=numbers).aggregate(
        tries=Sum(F("accepted") + F("rejected")), refusals=Sum("rejected")
    )
    tries, refusals = int(sums["tries"] or 0), int(sums["refusals"] or 0)
    if not is_burst(tries, refusals, usual=history.usual_refusals(dispatch), few=tries < FEW):
        return False
    example = _suppressions([dispatch.pk]).latest("pk").detail
    held_bursts.hold(dispatch.pk, RefusalBurst("", tries, refusals, example), also=numbers)
    return True


def _recent(dispatch: Dispatch) -> Collection[int]:
    """Return the account's mailings within a day that a person has not decided about since, this one among them."""
    since = timezone.now() - WINDOW
    recent = Dispatch.objects.filter(account=dispatch.account_id, resend_of=None)
    numbers = list(recent.filter(released_at__gte=since).values_list("pk", flat=True))
    decided_at = held_bursts.decided_at(numbers)
    if decided_at is not None:
        numbers = list(recent.filter(released_at__gte=decided_at).values_list("pk", flat=True))
    return {*numbers, dispatch.pk}


def _review_domains(dispatch: Dispatch) -> None:
    decided_domains = held_bursts.suppressed_domains(dispatch.pk)
    domains = _suppressions([dispatch.pk]).annotate(
        domain=Func(Lower("email"), Value("@"), Value(-1), function="split_part", output_field=CharField())
    )
    counts = domains.values("domain").annotate(refusals=Count("pk"), example=Max("detail"))
    for row in counts.filter(refusals__gte=FEW_LEAST).order_by("-refusals")[:MOST_DOMAINS]:
        domain, refusals = row["domain"], row["refusals"]
        if domain in decided_domains:
            continue
        tries = history.tries_at(dispatch.pk, domain)
        if is_burst_of_small_domain(tries, refusals):
            held_bursts.hold(dispatch.pk, RefusalBurst(domain, tries, refusals, row["example"]))


def _suppressions(dispatches: Collection[int]) -> QuerySet[Suppression]:
    return Suppression.objects.filter(
        dispatch_id__in=dispatches, source=REFUSAL, reason=Suppression.Reason.HARD_BOUNCE, email__isnull=False
    )
