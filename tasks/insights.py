"""Insights' tasks: each calls one action, and may run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from distributor.delivery.reports import mailings
from distributor.domain.tally_times import LONGEST
from distributor.insights import personal_data, tallies
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    from distributor.insights import mailbox_fetch
else:  # it loads what reads mailboxes, and bounces of all kinds
    mailbox_fetch = LazyModule("distributor.insights.mailbox_fetch")


@shared_task(name="insights.fetch_returns")
def fetch_returns() -> None:
    """Take in what waits in the mailboxes that bounces come to."""
    mailbox_fetch.fetch_all(settings.RETURNS_URLS)


@shared_task(name="insights.forget_returns")
def forget_returns() -> None:
    """Remove what came back long ago."""
    personal_data.forget_before(timezone.now() - timedelta(days=settings.RETURNS_DAYS))


@shared_task(name="insights.renew_tallies")
def renew_tallies() -> None:
    """Add up what readers did with large mailings."""
    now = timezone.now()
    tallies.renew(mailings.released_since(now - LONGEST, larger_than=tallies.LARGE), now=now)
