"""Letters' task: it may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task

from distributor.letters import pings


@shared_task(name="letters.ping")
def ping() -> None:
    """Tell the hub and search engines what changed."""
    pings.send_due()
