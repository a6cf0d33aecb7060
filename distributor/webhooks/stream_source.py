"""What is new, read once for all streams of a process: one look at the table a second, while there are any."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseTrouble
from django.db import connections

from distributor.webhooks.models import Announcement

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
PAGE: Final = 500  # announcements read at once
BEHIND: Final = 2_000  # announcements that wait for one stream: its client is too slow, and comes back for the rest
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One announcement as streams send it. `position` is its id there."""

    position: int
    publication: int
    type: str
    body: bytes


Feed = asyncio.Queue[StreamEvent | None]
"""What a stream has yet to send; None is the end of it."""


class StreamSource:
    """Reads the table for all streams of one event loop. `position` is up to where it has read."""

    def __init__(self) -> None:
        self.position = 0
        self._feeds: set[Feed] = set()
        self._task: asyncio.Task[None] | None = None
        self._start = asyncio.Lock()

    async def join(self) -> tuple[Feed, int]:
        """Return a feed of all that comes after a position, and that position."""
        async with self._start:
            if self._task is None:
                self.position = await in_thread(newest_position)
                self._task = asyncio.create_task(self._read_on())
        feed: Feed = asyncio.Queue(BEHIND)
        self._feeds.add(feed)
        return feed, self.position

    def leave(self, feed: Feed) -> None:
        """Stop filling a feed; with the last one the reading ends."""
        self._feeds.discard(feed)
        if not self._feeds and self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """End all streams."""
        for feed in tuple(self._feeds):
            _end(feed)

    async def _read_on(self) -> None:
        while True:
            try:
                events = await in_thread(read_after, self.position)
            except DatabaseTrouble as error:  # it comes back, and nothing is lost meanwhile
                logger.warning("Streams wait for the database: %s", type(error).__name__)
                events = []
            for event in events:
                self.position = event.position
                for feed in tuple(self._feeds):
                    self._put(feed, event)
            if len(events) < PAGE:
                await asyncio.sleep(LOOK_SECONDS)

    def _put(self, feed: Feed, event: StreamEvent) -> None:
        try:
            feed.put_nowait(event)
        except asyncio.QueueFull:
            self._feeds.discard(feed)
            _end(feed)


_sources: WeakKeyDictionary[asyncio.AbstractEventLoop, StreamSource] = WeakKeyDictionary()


def source() -> StreamSource:
    """Return the source of the event loop that runs."""
    return _sources.setdefault(asyncio.get_running_loop(), StreamSource())


def read_after(position: int, *, until: int | None = None) -> Sequence[StreamEvent]:
    """Return the first events after a position, up to and with `until` where that is given."""
    rows = Announcement.objects.filter(position__gt=position).select_related("publication")
    if until is not None:
        rows = rows.filter(position__lte=until)
    return [
        StreamEvent(row.position or 0, row.publication_id, row.type, row.body)
        for row in rows.order_by("position")[:PAGE]
    ]


def newest_position() -> int:
    """Return the position of what was announced last, 0 for nothing."""
    return Announcement.objects.filter(position__isnull=False).order_by("-position").values_list(
        "position", flat=True
    ).first() or 0  # fmt: skip


async def in_thread(read: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Run what reads the database in a thread, and hold no connection afterwards."""

    def run() -> T:
        try:
            return read(*arguments, **options)
        finally:
            connections.close_all()

    return await sync_to_async(run, thread_sensitive=False)()


def _end(feed: Feed) -> None:
    while feed.full():
        feed.get_nowait()
    feed.put_nowait(None)
