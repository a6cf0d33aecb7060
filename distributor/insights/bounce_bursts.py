"""Bursts among the bounces of a dispatch: a mail server that took everything and then refused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from distributor.audience import held_bursts
from distributor.audience.mail_history import TRIES
from distributor.audience.models import HeldRefusal, Suppression
from distributor.domain.refusal_bursts import LEAST, RefusalBurst, is_burst, is_burst_of_domain


def judge(dispatch: int, emails: Iterable[str], example: str) -> None:
    """Hold what the bounces of a dispatch would do where they have become a burst with these addresses.

    `example` is what one of them was told.
    """
    refused = _gone(dispatch, Q())
    tried = TRIES.get().in_all(dispatch)
    if not tried:
        return  # a dispatch of which we know nothing any more
    if is_burst(tried, refused):
        held_bursts.hold(dispatch, RefusalBurst("", tried, refused, example), recent=None)
        return
    for domain, new_count in sorted(Counter(email.rpartition("@")[2].lower() for email in emails).items()):
        refused = _gone(dispatch, Q(email__iendswith=f"@{domain}"))
        # To count what a domain was sent reads the dispatch's deliveries: only at 20, 40, 80, … bounces.
        if (refused // LEAST).bit_length() == ((refused - new_count) // LEAST).bit_length():
            continue
        tried = TRIES.get().at(dispatch, domain)
        if is_burst_of_domain(tried, refused):
            held_bursts.hold(dispatch, RefusalBurst(domain, tried, refused, example), recent=None)


def _gone(dispatch: int, condition: Q) -> int:
    """Return how many of a dispatch were suppressed since their mailbox is gone, or would be."""
    suppressions = Suppression.objects.filter(
        condition, dispatch_id=dispatch, reason=Suppression.Reason.HARD_BOUNCE, email__isnull=False
    )
    refusals = HeldRefusal.objects.filter(condition, burst__dispatch_id=dispatch, burst__decision="")
    return suppressions.count() + refusals.count()
