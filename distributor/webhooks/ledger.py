"""What became of messages: each attempt is a row before its call, and what it came to right after it."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from distributor.domain.webhook_retries import FAILURE_SPAN, is_hopeless, next_try, pause
from distributor.webhooks.calls import Call, CallResult
from distributor.webhooks.endpoints import signing_secrets
from distributor.webhooks.models import Endpoint, WebhookAttempt, WebhookMessage

logger = logging.getLogger(__name__)

# Longer than a call takes: nobody else calls meanwhile, and what a dead worker had attempt_call is tried again.
CLAIM_TIME: Final = timedelta(seconds=20)
CUT_OFF: Final = "The worker ended before an answer came; it was tried again."


@dataclass(frozen=True, slots=True)
class AttemptCall:
    """An attempt that is written down: by its number, with the call that is to be made now."""

    attempt: int
    endpoint: int
    call: Call


@transaction.atomic
def begin_next(endpoint_id: int, claim: UUID) -> AttemptCall | None:
    """Begin the next attempt that is due at an endpoint; None where nothing is, or the claim is not ours any more."""
    now = timezone.now()
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id, claim=claim, enabled=True).first()
    if endpoint is None or (endpoint.resting_until is not None and endpoint.resting_until > now):
        return None
    due = WebhookMessage.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "announcement__publication"
    )
    queue = due.filter(endpoint=endpoint, state=WebhookMessage.State.WAITING, next_at__lte=now)
    message = queue.order_by("next_at", "announcement__position").first()
    if message is None:
        return None
    Endpoint.objects.filter(pk=endpoint_id).update(claimed_until=now + CLAIM_TIME, called_at=now)
    return begin(message, endpoint, now)


def begin(message: WebhookMessage, endpoint: Endpoint, now: datetime) -> AttemptCall:
    """Write an attempt for a locked message, at `now` (aware). Raises CredentialsError."""
    assert transaction.get_connection().in_atomic_block, "an attempt is written as a whole"
    announcement = message.announcement
    message.attempts.filter(ended_at=None).update(ended_at=now, excerpt=CUT_OFF)
    message.tries += 1
    message.next_at = now + CLAIM_TIME
    message.save(update_fields=["tries", "next_at"])
    attempt = WebhookAttempt.objects.create(message=message, started_at=now)
    call = Call(
        url=endpoint.url,
        message_id=announcement.message_id,
        body=announcement.body,
        signing_secrets=signing_secrets(endpoint, now),
        private=tuple(filter(None, (str(announcement.data.get("email", "")),))),
    )
    return AttemptCall(attempt.pk, endpoint.pk, call)


@transaction.atomic
def conclude(attempt_call: AttemptCall, result: CallResult, *, is_test: bool = False) -> None:
    """Write down what a call came to, and what follows for its message and endpoint.

    A test is not tried again, and does not count against its endpoint. What was removed meanwhile needs no record.
    """
    now = timezone.now()
    endpoint = Endpoint.objects.select_for_update().filter(pk=attempt_call.endpoint).first()
    attempt = WebhookAttempt.objects.select_related("message").filter(pk=attempt_call.attempt).first()
    if endpoint is None or attempt is None:
        return
    attempt.ended_at, attempt.milliseconds = now, result.milliseconds
    attempt.status, attempt.excerpt = result.status, result.excerpt
    attempt.save(update_fields=["ended_at", "milliseconds", "status", "excerpt"])
    message = attempt.message
    if message.state == WebhookMessage.State.DELIVERED:  # by another worker, which took this one for dead
        return
    if result.is_taken:
        _end(message, WebhookMessage.State.DELIVERED, now)
        endpoint.failing_since, endpoint.failures, endpoint.resting_until = None, 0, None
        endpoint.save(update_fields=["failing_since", "failures", "resting_until"])
        return
    again = None if is_test else next_try(
        message.tries, since=message.since, now=now, chance=random.random(), earliest=result.earliest  # noqa: S311
    )  # fmt: skip
    if again is None:
        _end(message, WebhookMessage.State.FAILED, now)
    else:
        message.next_at = again
        message.save(update_fields=["next_at"])
    if not is_test:
        _note_failure(endpoint, result, now)


def _end(message: WebhookMessage, state: WebhookMessage.State, now: datetime) -> None:
    message.state, message.ended_at = state, now
    message.save(update_fields=["state", "ended_at"])


def _note_failure(endpoint: Endpoint, result: CallResult, now: datetime) -> None:
    """Leave a failing endpoint alone for a while, and switch off one that is gone or has failed for days."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.resting_until = now + pause(endpoint.failures)
    if result.is_gone:
        endpoint.disabled_reason = "It answered that it is gone for good (410)."
    elif is_hopeless(failing_since=endpoint.failing_since, failures=endpoint.failures, now=now):
        endpoint.disabled_reason = f"It failed for {FAILURE_SPAN.days} days. The last time: {result.excerpt}"[:300]
    if endpoint.disabled_reason:
        endpoint.enabled = False
        logger.warning("The endpoint %s is switched off: %s", endpoint.pk, endpoint.disabled_reason)
    endpoint.save(update_fields=["failures", "failing_since", "resting_until", "enabled", "disabled_reason"])
