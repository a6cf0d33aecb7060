"""Bursts among the bounces of a dispatch: a mail server that took everything and then refused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from distributor.audience import held_bursts
from distributor.audience.mail_history import TRIES
from distributor.audience.models import HeldRefusal, Suppression
from distributor.domain.refusal_bursts import FEW, LEAST, RefusalBurst, is_burst, is_burst_of_domain


def judge(dispatch: int, emails: Iterable[str], example: str) -> None:
    """Hold what the bounces of a dispatch would do where they have become a burst with these addresses.

    `example` is what one of them was told. Where a person has said that those of a burst are gone, that stands.
    """
    refusals = _gone_mailboxes(dispatch, Q())
    tries = TRIES.get().in_all(dispatch)
    if not tries:
        return  # a dispatch of which we know nothing any more
    decided_domains = held_bursts.suppressed_domains(dispatch)
    if "" in decided_domains:
        return
    if is_burst(tries, refusals, few=tries < FEW):
        held_bursts.hold(dispatch, RefusalBurst("", tries, refusals, example))
        return
    for domain, new_count in sorted(Counter(email.rpartition("@")[2].lower() for email in emails).items()):
        if domain in decided_domains:
            continue
        refusals = _gone_mailboxes(dispatch, Q(email__iendswith=f"@{domain}"))
        # To count what a domain was sent reads the dispatch's deliveries: only at 20, 40, 80, … bounces.
        if (refusals // LEAST).bit_length() == ((refusals - new_count) // LEAST).bit_length():
            continue
        tries = TRIES.get().at(dispatch, domain)
        if is_burst_of_domain(tries, refusals):
            held_bursts.hold(dispatch, RefusalBurst(domain, tries, refusals, example))


def _gone_mailboxes(dispatch: int, condition: Q) -> int:
    """Return how many of a dispatch were suppressed since their mailbox is gone, or would be."""
    suppressions = Suppression.objects.filter(
        condition, dispatch_id=dispatch, reason=Suppression.Reason.HARD_BOUNCE, email__isnull=False
    )
    held_refusals = HeldRefusal.objects.filter(condition, burst__dispatch_id=dispatch, burst__decision="")
    return suppressions.count() + held_refusals.count()
