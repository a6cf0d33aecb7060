"""What readers did with a mail, and what came back of it, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """One link of a mail, how many people followed it, and how often; for how many recipients a scanner did."""

    url: str
    people: int
    total: int
    machines: int = 0


@dataclass(frozen=True, slots=True)
class MailFigures:
    """What readers did with a mail: who opened it, who followed its links (the most followed first)."""

    opens: tracking.ClickCount
    clicks: tracking.Clicks
    links: tuple[LinkFigures, ...]


def of(dispatch_id: int, variant: Mapping[str, Any] | None) -> MailFigures | None:
    """Return what readers did with a mail that went out as this stored variant; None where nothing is tracked."""
    urls = tracked_links(variant)
    if not urls:
        return None
    clicks = tracking.clicks_of(dispatch_id)
    return MailFigures(tracking.opens_of(dispatch_id), clicks, by_link(urls, clicks))


def tracked_links(variant: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return where the tracked links of a stored variant lead, from 0; () where nothing is tracked."""
    payload = stored_variants.read(variant).payload if variant else None
    return payload.links if isinstance(payload, AddressedPayload) else ()


def by_link(urls: Sequence[str], clicks: tracking.Clicks) -> tuple[LinkFigures, ...]:
    """Return the clicks of each link, the most followed first, also of those that nobody followed."""
    counts_by_number = dict(clicks.links)
    counts = [counts_by_number.get(number, _NO_ONE) for number in range(len(urls))]
    links = [
        LinkFigures(url, count.people, count.total, count.machines) for url, count in zip(urls, counts, strict=True)
    ]
    return tuple(sorted(links, key=lambda link: -link.people))


def returns_of(dispatch_id: int) -> dict[str, int]:
    """Return how many of a mailing's recipients came back, by kind (`hard bounce`); what is not proven is not in it."""
    events = ReturnedEvent.objects.filter(dispatch_id=dispatch_id, certain=True)
    counts = events.values_list("kind").annotate(people=Count("email", distinct=True)).order_by("kind")
    return dict(counts)
