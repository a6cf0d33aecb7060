"""Insights' tasks: each calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from distributor.insights import fetching


@shared_task(name="insights.fetch_returns")
def fetch_returns() -> None:
    """Take in what waits in the mailboxes that bounces come to."""
    fetching.fetch_all(settings.RETURNS_URLS)
