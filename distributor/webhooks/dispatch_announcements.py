"""What is announced of dispatches: some of what happens to them, and each post that is out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from distributor.delivery.models import Dispatch
from distributor.delivery.planning.claims import is_addressed
from distributor.domain.announcements import OF_EVENT
from distributor.domain.states import FINISHED, Event
from distributor.webhooks.outbox import News, announce


def announce_event(dispatch_ids: Collection[int], event: Event) -> None:
    """Announce what has just happened to dispatches, where that is announced at all."""
    type_name = OF_EVENT.get(event)
    if type_name is None:
        return
    dispatches = list(
        Dispatch.objects.filter(pk__in=dispatch_ids)
        .select_related("letter", "digest")
        .defer("variant", "approved_variant")
        .order_by("pk")
    )
    announce(type_name, [News(dispatch.publication_id, _data(dispatch)) for dispatch in dispatches])
    if type_name == "dispatch.sent":
        posts = [dispatch for dispatch in dispatches if not is_addressed(dispatch.channel)]
        announce("post.published", [News(dispatch.publication_id, _post_data(dispatch)) for dispatch in posts])


def _data(dispatch: Dispatch) -> dict[str, Any]:
    return {
        "dispatch": dispatch.pk,
        "letter": dispatch.letter_id,
        "title": dispatch.title,
        "channel": dispatch.channel,
        "target": dispatch.target,
        "state": dispatch.state,
        "reason": dispatch.reason,
        "due_at": dispatch.due_at.isoformat(),
        "recipients": _recipients(dispatch),
    }


def _recipients(dispatch: Dispatch) -> int | None:
    """Return how many people a mailing goes to, None where they are not counted yet; 0 for a post."""
    is_counted = not is_addressed(dispatch.channel) or dispatch.state in FINISHED
    return dispatch.recipients or (0 if is_counted else None)


def _post_data(dispatch: Dispatch) -> dict[str, Any]:
    receipt = dispatch.receipt or {}
    return {
        "dispatch": dispatch.pk,
        "letter": dispatch.letter_id,
        "title": dispatch.title,
        "channel": dispatch.channel,
        "target": dispatch.target,
        "url": receipt.get("url", ""),
        "remote_id": receipt.get("remote_id", ""),
    }
