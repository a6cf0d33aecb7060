"""What holds a dispatch's mail back: its relay, its recipients' domains, its publication's first days."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from distributor.channels.base import AddressedChannel, Credentials
from distributor.delivery.mail import queries
from distributor.delivery.mail.pacing import Pacer, PublicationPace, WarmUp
from distributor.delivery.models import Dispatch
from distributor.domain.pacing import START_RATE
from distributor.domain.times import at_local
from distributor.letters.models import Publication


def pacer(dispatch: Dispatch, channel: AddressedChannel, credentials: Credentials) -> Pacer:
    """Return what says when each of the dispatch's mails may go out, shared with all other workers."""
    pace = channel.pace(credentials)
    return Pacer(
        f"account:{credentials.account_id}",
        rate=pace.rate or None,
        domain_start=pace.domain_start or START_RATE,
        publication=_warm_up_pace(dispatch.publication),
    )


def _warm_up_pace(publication: Publication) -> PublicationPace | None:
    if publication.warm_up_from is None:
        return None
    zone = ZoneInfo(publication.time_zone)
    domain = publication.sender_email.rpartition("@")[2].lower()
    return PublicationPace(
        sender=domain,
        zone=zone,
        warm_up=WarmUp(publication.warm_up_from),
        sent_today=partial(_sent_today, domain, zone),
    )


def _sent_today(domain: str, zone: ZoneInfo) -> int:
    """Count what left from a sending domain since midnight in `zone`."""
    midnight = at_local(datetime.combine(timezone.now().astimezone(zone).date(), time()), zone)
    with connection.cursor() as cursor:
        cursor.execute(queries.SENT_SINCE, {"domain": domain, "since": midnight})
        return int(cursor.fetchone()[0])
