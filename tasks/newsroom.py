"""The tasks of what comes in by itself: each may run twice, and any number at once."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from distributor.newsroom import feed_claims, feed_looks, hub_subscriptions


@shared_task(name="newsroom.tick")
def tick() -> None:
    """Claim the feeds that are due, and wake workers for them."""
    feed_claims.claim_due()


@shared_task(name="newsroom.look")
def look(feed_id: int, claim: str) -> None:
    """Look at one feed."""
    feed_looks.look(feed_id, UUID(claim))


@shared_task(name="newsroom.hubs")
def hubs() -> None:
    """Ask the hubs of feeds to tell of news, before their leases end."""
    hub_subscriptions.ask_due()
