"""Which lists an unsubscribe link leads out of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from distributor.audience.actions import set_cadence
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.letters.models import Publication


def lists_to_leave(subscriber_key: UUID, dispatch_key: UUID) -> list[MailingList]:
    """Return the lists that the mail with this link went to, of those that the person is or was on.

    A digest goes to all lists of a publication, and the names of the others are nobody's business. Where they are not
    known any more (an old mail, a list that is gone) it is every list that the person is or was on:
    a link to leave never fails to do so.
    """
    known = MailingList.objects.select_related("publication").order_by("name")
    theirs = known.filter(subscriptions__subscriber__key=subscriber_key)
    went_to = known.filter(dispatches__key=dispatch_key)
    return list(theirs.filter(dispatches__key=dispatch_key)) or list(went_to) or list(theirs)


def context(person: UUID, lists: Sequence[MailingList]) -> dict[str, Any]:
    """Return what the pages show: names in words, the publication where it is one, and when its digests come."""
    publications = {one.publication for one in lists}
    only = next(iter(publications)) if len(publications) == 1 else None
    digests = only if only and only.digests_from else None
    return {
        "names": ", ".join(one.name for one in lists) or "our letters",
        "single": len(lists) == 1,
        "publication": only,
        "digests": digests.digests_at if digests else None,
        "zone": _zone(person, digests).replace("_", " ") if digests else "",
    }


def _zone(person: UUID, publication: Publication) -> str:
    """Return the zone in which their digest's hour is meant, as the ledger reads it (`delivery.mail.queries`)."""
    own = Subscriber.objects.filter(key=person).values_list("time_zone", flat=True).first()
    return own if own in available_timezones() else publication.time_zone


def chosen_cadence(posted: Mapping[str, str]) -> Subscription.Cadence | None:
    """Return how often someone asks for mail instead of leaving, None for leaving: RFC 8058 posts say nothing of it."""
    setting = posted.get("cadence", "")
    return Subscription.Cadence(setting) if setting in Subscription.Cadence.values else None


def change(subscriber_key: UUID, lists: Sequence[MailingList], cadence: Subscription.Cadence) -> dict[str, Any]:
    """Let them have the lists' publications so often; return what the page shows."""
    for one in {known.publication for known in lists}:
        set_cadence(subscriber_key, publication=one, cadence=cadence)
    return {**context(subscriber_key, lists), "cadence": cadence.value}
