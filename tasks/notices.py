"""Notices' tasks: each may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.notices import ledger, outbox


@shared_task(name="notices.tick")
def tick() -> None:
    """Look for what people are to be told, and tell what is due."""
    outbox.tick(timezone.now())


@shared_task(name="notices.forget")
def forget() -> None:
    """Remove what was told long ago."""
    ledger.forget(timezone.now())
