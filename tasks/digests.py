"""Digests' task: it may run twice, and any number at once."""

from __future__ import annotations

from datetime import date

from celery import shared_task
from django.utils import timezone

from distributor.delivery import digests
from distributor.insights import actions as insights
from distributor.letters.models import Publication


@shared_task(name="digests.plan")
def plan() -> None:
    """Make the digests that are due by now."""
    digests.plan(now=timezone.now(), top=_top)


def _top(publication: Publication, today: date) -> list[int]:
    return [one.key for one in insights.top(publication, today=today)]
