"""The feeds that letters come from: connected when they are read first, and which of their entries are news.

Whoever reads a feed calls `note_reading` once, before its entries are taken in, and asks `domain.feed_news` about each.
"""

from __future__ import annotations

from datetime import datetime

from distributor.letters.models import Publication, SourceFeed


def note_reading(publication: Publication, name: str, *, now: datetime) -> datetime | None:
    """Note that a feed was read, and return when it was connected: None where this is the first time.

    `name` is a draft's `feed`. `now` is aware.
    """
    feed, is_first = SourceFeed.objects.get_or_create(
        publication=publication, name=name, defaults={"connected_at": now, "read_at": now}
    )
    if is_first:
        return None
    feed.read_at = now
    feed.save(update_fields=["read_at"])
    return feed.connected_at
