"""The event stream: announcements as they happen, over one long answer (server-sent events), for dashboards.

`event_stream` is for a view that knows already who asks. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final, Protocol
from weakref import WeakSet

from django.http import HttpRequest, StreamingHttpResponse

from distributor.domain.errors import BadInput, ServiceAway
from distributor.webhooks.interest import keep_for_streams
from distributor.webhooks.models import Announcement
from distributor.webhooks.stream_source import StreamEvent, in_thread, read_after, source

MOST_STREAMS: Final = 100  # of a process
MOST_OF_LISTENER: Final = 20  # of these: one program that opens them in a loop leaves room for the others
HEARTBEAT_SECONDS: Final = 15.0  # proxies close what is silent for a minute
STREAM_SECONDS: Final = 900.0  # then the client comes again, and has to show anew who it is
_PREAMBLE: Final = b"retry: 3000\n\n"  # milliseconds after which a client comes again
_HEARTBEAT: Final = b": still here\n\n"
_open_streams: Counter[str] = Counter()  # by who listens
_count_lock = threading.RLock()  # views count in threads of their own; a finalizer may run in the midst of it


@dataclass(frozen=True, slots=True)
class Listener:
    """What somebody may and wants to hear of: publications (their numbers, None for all), and types by their names.

    Types are those of `domain.announcements.type_names`.
    """

    publications: frozenset[int] | None
    types: tuple[str, ...]
    name: str = ""  # by which streams of one listener are counted

    def wants(self, event: StreamEvent) -> bool:
        """Whether an event is for this listener."""
        return event.type in self.types and (self.publications is None or event.publication in self.publications)


def event_stream(request: HttpRequest, listener: Listener) -> StreamingHttpResponse:
    """Answer a GET with a stream of events for a listener that has shown who they are: the caller sees to that.

    Each event has the announcement's position as `id`, its type as `event`, and as `data` what a webhook's body is.
    `Last-Event-ID` (or `last_event_id` in the query, for clients that can set no header) goes on from there; what is
    not to be had any more is told by an event `stream.gap` with a `reason`. The stream ends after a quarter of an hour,
    and when the process is to end: clients come again by themselves. It needs ASGI, and holds no connection to the
    database while it waits. May be called by a view that is async or not.

    Raises BadInput for an id that is none, and ServiceAway where the process, or the listener in it, has as many
    streams as can be.
    """
    text = request.headers.get("Last-Event-ID", "") or request.GET.get("last_event_id", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadInput("Last-Event-ID has to be the id of an event of this stream: leave it out to begin now.")
    with _count_lock:
        if _open_streams.total() >= MOST_STREAMS or _open_streams[listener.name] >= MOST_OF_LISTENER:
            raise ServiceAway("There are as many event streams as can be: close some, or try again in a minute.")
        response = EventAnswer(listener, int(text) if text else None)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return response


class EventAnswer(StreamingHttpResponse):
    """A stream that is counted from the moment it is granted until it ends, also where nobody ever read of it."""

    def __init__(self, listener: Listener, last_id: int | None) -> None:
        super().__init__(_lines(listener, last_id), content_type="text/event-stream")
        with _count_lock:
            _open_streams[listener.name] += 1
        self._leave = weakref.finalize(self, _count_out, listener.name)

    def close(self) -> None:
        self._leave()
        super().close()


def _count_out(name: str) -> None:
    with _count_lock:
        _open_streams[name] -= 1
        if not _open_streams[name]:
            del _open_streams[name]


async def _lines(listener: Listener, last_id: int | None) -> AsyncIterator[bytes]:
    until = time.monotonic() + STREAM_SECONDS
    streams = source()
    end_with_process(streams)
    feed = None
    try:
        feed, position = await streams.join()
        yield _PREAMBLE
        gap = await in_thread(_gap, listener, last_id)
        if gap:
            yield _line("stream.gap", json.dumps({"reason": gap}).encode())
        if last_id is not None:
            async for event in _backlog(last_id, position):
                if listener.wants(event):
                    yield _event_line(event)
        while (seconds := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(min(seconds, HEARTBEAT_SECONDS)):
                    next_event = await feed.get()
            except TimeoutError:
                yield _HEARTBEAT
                continue
            if next_event is None:
                break
            if listener.wants(next_event):
                yield _event_line(next_event)
    finally:
        if feed is not None:
            streams.leave(feed)


async def _backlog(last_id: int, position: int) -> AsyncIterator[StreamEvent]:
    """Yield what is after an id, up to and with a position."""
    while last_id < position and (events := await in_thread(read_after, last_id, until=position)):
        for event in events:
            yield event
        last_id = events[-1].position


def _gap(listener: Listener, last_id: int | None) -> str:
    """Have what the listener wants written from now on; return why it misses something for good, else ""."""
    was_kept = keep_for_streams(listener.types, listener.publications)
    if last_id is None:
        return ""
    if not was_kept:
        return "What is about single readers is written only while somebody listens, and nobody did for a day."
    positions = Announcement.objects.filter(position__isnull=False).order_by("position")
    oldest = positions.values_list("position", flat=True).first()
    if oldest is not None and oldest > last_id + 1:
        return "What was announced more than 30 days ago is forgotten."
    return ""


def _event_line(event: StreamEvent) -> bytes:
    return b"id: %d\n" % event.position + _line(event.type, event.body)


def _line(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"


_Handler = Callable[[int, FrameType | None], Any]
_sources: WeakSet[Endable] = WeakSet()
_is_watched = False


class Endable(Protocol):
    """What feeds streams, and can end them all."""

    def close(self) -> None: ...


def end_with_process(streams: Endable) -> None:
    """End all streams when the web server is told to stop: it waits for answers that are under way.

    ASGI tells of the end only after that (lifespan), so that the server's own signal handlers are called after ours.
    """
    global _is_watched
    _sources.add(streams)
    if _is_watched or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        previous = signal.getsignal(number)
        if callable(previous):
            signal.signal(number, _shutdown_handler(loop, previous))
    _is_watched = True


def _shutdown_handler(loop: asyncio.AbstractEventLoop, previous: _Handler) -> _Handler:
    def close(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            for streams in tuple(_sources):
                loop.call_soon_threadsafe(streams.close)
        previous(number, frame)

    return close
