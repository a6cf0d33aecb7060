"""The tasks of what comes in by itself: each may run twice, and any number at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from celery import shared_task
from django.conf import settings

from distributor.lazy_modules import LazyModule
from distributor.newsroom import feed_claims, hub_subscriptions

if TYPE_CHECKING:
    from distributor.newsroom import arrivals, feed_looks, mail_arrivals
else:  # they load what reads letters and mailboxes
    arrivals = LazyModule("distributor.newsroom.arrivals")
    feed_looks = LazyModule("distributor.newsroom.feed_looks")
    mail_arrivals = LazyModule("distributor.newsroom.mail_arrivals")


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


@shared_task(name="newsroom.arrivals")
def work_on_arrivals() -> None:
    """Do what was handed in at the doors."""
    arrivals.work()


@shared_task(name="newsroom.forget_arrivals")
def forget_arrivals() -> None:
    """Forget what arrived long ago."""
    arrivals.forget_old()


@shared_task(name="newsroom.fetch_mail")
def fetch_mail() -> None:
    """Take the letters that wait in mailboxes."""
    mail_arrivals.fetch_all(settings.LETTERS_URLS)
