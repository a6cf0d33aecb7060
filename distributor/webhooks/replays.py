"""Sending again what an endpoint has had, or has missed: with the same ids, by which it knows what it has."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from distributor.delivery import wakeups
from distributor.domain.errors import BadInput
from distributor.webhooks.endpoints import locked
from distributor.webhooks.models import Endpoint, WebhookMessage
from distributor.webhooks.outbox import TURN

_REPLAY = """
INSERT INTO webhooks_webhookmessage (endpoint_id, announcement_id, state, tries, since, next_at)
SELECT %(endpoint)s, a.id, 'waiting', 0, %(now)s, %(now)s FROM webhooks_announcement a
WHERE a.publication_id = %(publication)s AND a.type = ANY(%(types)s) AND a.position IS NOT NULL
    AND a.at >= %(since)s AND a.at < %(until)s
ORDER BY a.position
ON CONFLICT (endpoint_id, announcement_id) DO UPDATE
SET state = 'waiting', tries = 0, since = %(now)s, next_at = %(now)s, ended_at = NULL
WHERE webhooks_webhookmessage.state <> 'waiting'
"""


@transaction.atomic
def replay_message(endpoint_id: int, message_id: int) -> WebhookMessage:
    """Send one message again, and return it. Raises BadInput for none, for a test, and where the endpoint is off."""
    endpoint = _switched_on(endpoint_id)
    message = endpoint.messages.select_related("announcement").filter(pk=message_id).first()
    if message is None or message.announcement.type not in endpoint.types:
        raise BadInput(f"The endpoint {endpoint} has no message {message_id} to send again: its attempts name them.")
    message.state, message.tries, message.ended_at = WebhookMessage.State.WAITING, 0, None
    message.since = message.next_at = timezone.now()
    message.save(update_fields=["state", "tries", "ended_at", "since", "next_at"])
    wakeups.after_commit(TURN)
    return message


@transaction.atomic
def replay_span(endpoint_id: int, *, since: datetime, until: datetime | None = None) -> int:
    """Send all that was announced in a span, of the types that an endpoint wants, also what it never had.

    Times are aware; `until` is None for now. Return how many messages are sent. Raises BadInput where it is off, and
    for a span that is none.
    """
    endpoint = _switched_on(endpoint_id)
    now = timezone.now()
    until = until or now
    if since >= until:
        raise BadInput("The span has to begin before it ends: give another time.")
    with connection.cursor() as cursor:
        cursor.execute(
            _REPLAY,
            {
                "endpoint": endpoint.pk,
                "publication": endpoint.publication_id,
                "types": endpoint.types,
                "since": since,
                "until": until,
                "now": now,
            },
        )
        count = int(cursor.rowcount)
    wakeups.after_commit(TURN)
    return count


def _switched_on(endpoint_id: int) -> Endpoint:
    endpoint = locked(endpoint_id)
    if not endpoint.enabled:
        raise BadInput(f"The endpoint {endpoint} is switched off: switch it on first.")
    return endpoint
