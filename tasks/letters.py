"""Letters' tasks: each may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.letters import autosaves, pings


@shared_task(name="letters.ping")
def ping() -> None:
    """Tell the hub and search engines what changed."""
    pings.send_due()


@shared_task(name="letters.forget_autosaves")
def forget_autosaves() -> None:
    """Throw away the unsaved work that nobody came back to."""
    autosaves.forget_old(now=timezone.now())
