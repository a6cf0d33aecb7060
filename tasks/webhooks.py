"""Tasks of what is announced: each may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.webhooks import outbox, turns


@shared_task(name="webhooks.fan_out")
def fan_out() -> None:
    """Give new announcements their order, and endpoints their messages; ask for a turn where a call is due."""
    outbox.fan_out()
    turns.wake_if_due()


@shared_task(name="webhooks.turn")
def turn() -> None:
    """Call endpoints for some seconds."""
    turns.take_turn()


@shared_task(name="webhooks.forget")
def forget() -> None:
    """Remove what was announced long ago."""
    outbox.forget(timezone.now())
