"""Audience's tasks: each may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task

from distributor.audience import growth, search

PEOPLE = 5_000  # at a time: about a second


@shared_task(name="audience.index")
def index() -> None:
    """Let people who are new or renamed be found by the index."""
    search.index_backlog(PEOPLE)


@shared_task(name="audience.record_growth")
def record_growth() -> None:
    """Write down how the lists stand today."""
    growth.record()
