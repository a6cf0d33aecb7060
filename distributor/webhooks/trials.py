"""A call with nothing in it, to see whether an endpoint takes it."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from distributor.domain.announcements import TEST_TYPE
from distributor.webhooks import calls, ledger
from distributor.webhooks.endpoints import locked
from distributor.webhooks.models import Announcement, WebhookAttempt, WebhookMessage

_POSITION = "SELECT nextval('webhooks_position')"
_TEXT = "This is a test: nothing has happened."


def send_test(endpoint_id: int) -> WebhookAttempt:
    """Call an endpoint once, also one that is switched off, and return what came of it; it takes seconds at most.

    Raises BadInput for none of this number, and CredentialsError.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        endpoint = locked(endpoint_id)
        now = timezone.now()
        cursor.execute(_POSITION)  # so that it is in nobody else's order
        announcement = Announcement.objects.create(
            type=TEST_TYPE,
            publication=endpoint.publication,
            at=now,
            data={"text": _TEXT},
            position=cursor.fetchone()[0],
        )
        # Never waiting, so that no turn makes the call as well.
        message = WebhookMessage.objects.create(
            endpoint=endpoint,
            announcement=announcement,
            state=WebhookMessage.State.FAILED,
            since=now,
            next_at=now,
        )
        attempt_call = ledger.begin(message, endpoint, now)
    ledger.conclude(attempt_call, calls.make(attempt_call.call), is_test=True)
    return WebhookAttempt.objects.select_related("message").get(pk=attempt_call.attempt)
