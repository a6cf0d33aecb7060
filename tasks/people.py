"""People's task: it may run twice, and any number at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.people import stored_answers


@shared_task(name="people.forget_answers")
def forget_answers() -> None:
    """Remove the API's answers that need not be kept any more."""
    stored_answers.forget(timezone.now())
