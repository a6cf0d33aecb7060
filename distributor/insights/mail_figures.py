"""What readers did with a mail, and what came back of it, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from distributor.channels import stored_variants
from distributor.channels.payloads import AddressedPayload
from distributor.insights import tracking
from distributor.insights.models import ReturnedEvent

_NO_ONE = tracking.ClickCount(0, 0)


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """One link of a mail, how many people followed it, and how often."""

    url: str
    people: int
    total: int


@dataclass(frozen=True, slots=True)
class MailFigures:
    """What readers did with a mail: who opened it, who followed its links (the most followed first)."""

    opens: tracking.ClickCount
    clicks: tracking.Clicks
    links: tuple[LinkFigures, ...]


def of(dispatch_id: int, variant: Mapping[str, Any] | None) -> MailFigures | None:
    """Return what readers did with a mail that went out as this stored variant; None where nothing is tracked."""
    payload = stored_variants.read(variant).payload if variant else None
    urls = payload.links if isinstance(payload, AddressedPayload) else ()
    if not urls:
        return None
    clicks = tracking.clicks_of(dispatch_id)
    by_link = dict(clicks.links)
    counts = [by_link.get(number, _NO_ONE) for number in range(len(urls))]
    links = [LinkFigures(url, count.people, count.total) for url, count in zip(urls, counts, strict=True)]
    return MailFigures(tracking.opens_of(dispatch_id), clicks, tuple(sorted(links, key=lambda link: -link.people)))


def returns_of(dispatch_id: int) -> dict[str, int]:
    """Return how many of a mailing's recipients came back, by kind (`hard bounce`); what is not proven is not in it."""
    events = ReturnedEvent.objects.filter(dispatch_id=dispatch_id, certain=True)
    counts = events.values_list("kind").annotate(people=Count("email", distinct=True)).order_by("kind")
    return dict(counts)
