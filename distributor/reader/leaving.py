"""Which lists an unsubscribe link leads out of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from distributor.audience.models import MailingList


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
    return {
        "names": ", ".join(one.name for one in lists) or "our letters",
        "single": len(lists) == 1,
        "publication": publications.pop() if len(publications) == 1 else None,
    }
