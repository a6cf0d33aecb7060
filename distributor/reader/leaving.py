"""Which lists an unsubscribe link leads out of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from distributor.audience.actions import set_cadence
from distributor.audience.models import MailingList, Subscription


def lists_to_leave(subscriber_key: UUID, dispatch_key: UUID) -> list[MailingList]:
    """Return the lists that the mail with this link went to.

    Where they are not known any more (an old mail, a list that is gone) it is every list that the person is or was on:
    a link to leave never fails to do so.
    """
    known = MailingList.objects.select_related("publication").order_by("name")
    return list(known.filter(dispatches__key=dispatch_key)) or list(
        known.filter(subscriptions__subscriber__key=subscriber_key)
    )


def context(lists: Sequence[MailingList]) -> dict[str, Any]:
    """Return what the pages show: names in words, and the publication where it is one."""
    publications = {one.publication for one in lists}
    only = next(iter(publications)) if len(publications) == 1 else None
    return {
        "names": ", ".join(one.name for one in lists) or "our letters",
        "single": len(lists) == 1,
        "publication": only,
        "digests": only is not None and only.digests_from is not None,
    }


def wished_cadence(posted: Mapping[str, str]) -> Subscription.Cadence | None:
    """Return how often someone asks for mail instead of leaving, None for leaving: RFC 8058 posts say nothing of it."""
    wish = posted.get("cadence", "")
    return Subscription.Cadence(wish) if wish in Subscription.Cadence.values else None


def change(subscriber_key: UUID, lists: Sequence[MailingList], cadence: Subscription.Cadence) -> dict[str, Any]:
    """Let them have the lists' publications so often; return what the page shows."""
    for one in {known.publication for known in lists}:
        set_cadence(subscriber_key, publication=one, cadence=cadence)
    return {**context(lists), "cadence": cadence.value}
