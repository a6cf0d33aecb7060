"""What is kept here about one person: the announcements that are about them."""

from __future__ import annotations

from typing import Any

from distributor.audience.privacy import Person
from distributor.webhooks.models import Announcement


def tell(person: Person) -> list[dict[str, Any]]:
    """Return what was announced of them as JSON values, the oldest first, and to whom."""
    if person.subscriber is None:
        return []
    rows = Announcement.objects.filter(subscriber_id=person.subscriber).prefetch_related("messages__endpoint")
    return [
        {
            "type": row.type,
            "at": row.at.isoformat(),
            "to": [str(message.endpoint) for message in row.messages.all() if message.state == message.State.DELIVERED],
        }
        for row in rows.order_by("pk")
    ]


def forget(person: Person) -> None:
    """Remove what is about them, with what endpoints answered to it; what is not told by then is not told any more."""
    if person.subscriber is not None:
        Announcement.objects.filter(subscriber_id=person.subscriber).delete()
