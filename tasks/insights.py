"""Insights' tasks: each calls one action, and may run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from distributor.insights import fetching, keeping


@shared_task(name="insights.fetch_returns")
def fetch_returns() -> None:
    """Take in what waits in the mailboxes that bounces come to."""
    fetching.fetch_all(settings.RETURNS_URLS)


@shared_task(name="insights.forget_returns")
def forget_returns() -> None:
    """Remove what came back long ago."""
    keeping.forget_before(timezone.now() - timedelta(days=settings.RETURNS_DAYS))
