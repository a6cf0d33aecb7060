"""Which mailings went out lately."""

from __future__ import annotations

from datetime import datetime

from distributor.delivery.models import Dispatch


def released_since(moment: datetime, *, larger_than: int) -> list[tuple[int, datetime]]:
    """Return the mailings (number, release) to more than so many people since a moment (aware), the latest first."""
    rows = Dispatch.objects.filter(released_at__gte=moment, spread_from__isnull=False, recipients__gt=larger_than)
    pairs = rows.order_by("-released_at").values_list("pk", "released_at")
    return [(number, released_at) for number, released_at in pairs if released_at is not None]
