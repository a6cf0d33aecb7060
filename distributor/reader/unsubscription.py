"""What the pages of an unsubscribe link show, and what readers choose there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from distributor.audience.actions import set_cadence
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.letters.models import Publication


def context(person: UUID, lists: Sequence[MailingList]) -> dict[str, Any]:
    """Return what the pages show: names in words, the publication where it is one, and when its digests come."""
    publications = {mailing_list.publication for mailing_list in lists}
    only = next(iter(publications)) if len(publications) == 1 else None
    digests = only if only and only.digests_from else None
    return {
        "names": ", ".join(mailing_list.name for mailing_list in lists) or "our letters",
        "single": len(lists) == 1,
        "publication": only,
        "digests": digests.digests_at if digests else None,
        "zone": _zone(person, digests).replace("_", " ") if digests else "",
    }


def _zone(person: UUID, publication: Publication) -> str:
    """Return the zone in which their digest's hour is meant, as the ledger reads it (`delivery.mail.queries`)."""
    zone = Subscriber.objects.filter(key=person).values_list("time_zone", flat=True).first()
    return zone if zone in available_timezones() else publication.time_zone


def chosen_cadence(form: Mapping[str, str]) -> Subscription.Cadence | None:
    """Return how often someone asks for mail instead of leaving, None for leaving: RFC 8058 posts say nothing of it."""
    setting = form.get("cadence", "")
    return Subscription.Cadence(setting) if setting in Subscription.Cadence.values else None


def change(subscriber_key: UUID, lists: Sequence[MailingList], cadence: Subscription.Cadence) -> dict[str, Any]:
    """Let them have the lists' publications so often; return what the page shows."""
    for publication in {mailing_list.publication for mailing_list in lists}:
        set_cadence(subscriber_key, publication=publication, cadence=cadence)
    return {**context(subscriber_key, lists), "cadence": cadence.value}
