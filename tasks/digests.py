"""Digests' task: it may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.delivery.mail import digests


@shared_task(name="digests.plan")
def plan() -> None:
    """Make the digests that are due by now."""
    digests.plan(now=timezone.now())
