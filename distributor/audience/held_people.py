"""Whom bursts of refusals hold until a person decides: how many they are, and the sentences that every door says."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from distributor.audience.causes import REFUSAL
from distributor.audience.mail_history import TRIES
from distributor.audience.models import HeldBurst, HeldRefusal

PLACE = "under Returns → Held refusals, or with “distributor returns held”"


def held_people() -> int:
    """Return how many people are held in all."""
    return HeldRefusal.objects.filter(burst__decision="").count()


def counts(dispatches: Collection[int]) -> dict[int, int]:
    """Return how many people of each of these dispatches are held, for those that have any."""
    held_refusals = HeldRefusal.objects.filter(burst__decision="", burst__dispatch_id__in=dispatches)
    return dict(held_refusals.order_by().values_list("burst__dispatch_id").annotate(Count("pk")))


def refusals_in_all(burst: HeldBurst) -> int:
    """Return how many mails were refused for good at the burst's place, also before and after it was noticed."""
    bounces = burst.refusals.exclude(source=REFUSAL).count()
    refusals = TRIES.get().refused(burst.dispatch_id, burst.domain) + bounces
    return max(refusals, burst.refusal_count, burst.refusals.count())  # some may be other dispatches'


def headline(burst: HeldBurst) -> str:
    """Return what was refused by whom: “1,204 mails refused by mx.example”."""
    return f"{refusals_in_all(burst):,} mails refused by {burst.domain or 'the mail server'}"


def details(burst: HeldBurst) -> str:
    """Return at what it was noticed, and whom it holds."""
    people = _people(burst.refusals.count())
    return f"It was noticed when {burst.refusal_count:,} of {burst.tries:,} were refused; {people} held."


def question(count: int) -> str:
    """Return what is to be agreed to before the people of a burst are suppressed."""
    return f"{count:,} people will get no mail any more. Returns → Undo, or “distributor returns undo”, takes it back."


def result(decision: HeldBurst.Decision, count: int) -> str:
    """Return what was decided about so many people."""
    if decision is HeldBurst.Decision.SUPPRESSED:
        return f"Suppressed: {count:,} people get no mail any more."
    return f"Dropped: {count:,} people go on getting mail."


def reminder(count: int) -> str:
    """Return what whoever goes on with a dispatch should know while so many of its people are held; "" for none."""
    if not count:
        return ""
    return f"{_people(count)} still held, and nobody of them is suppressed until you decide about them, {PLACE}."


def _people(count: int) -> str:
    return f"{count:,} {'person is' if count == 1 else 'people are'}"
