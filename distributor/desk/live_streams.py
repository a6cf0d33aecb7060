"""A mailing's figures while it is sent, pushed to the pages that show it (server-sent events).

Without a script the page is the same and is loaded anew. All streams of a process are fed by one look at the database
every two seconds, so that many editors who watch cost what one does; and there are only so many.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Collection
from typing import Final, cast
from weakref import WeakKeyDictionary

from django.core.handlers.asgi import ASGIRequest
from django.db import Error as DatabaseTrouble
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from distributor.delivery.models import Dispatch
from distributor.desk import results
from distributor.desk.access import writer
from distributor.desk.dispatches import dispatch_row
from distributor.domain.states import RESTING
from distributor.webhooks.stream_source import in_thread
from distributor.webhooks.streams import end_with_process

logger = logging.getLogger(__name__)

MOST_STREAMS: Final = 50  # of a process
MOST_OF_EDITOR: Final = 10
LOOK_SECONDS: Final = 2.0
STREAM_SECONDS: Final = 900.0  # then the page comes again, and its editor has to be logged in still
_PREAMBLE: Final = b"retry: 3000\n\n"  # milliseconds after which a page comes again
_AWAY: Final = b": the database is away\n\n"

View = tuple[int, str]
"""A dispatch, and the language in which somebody watches it."""
Feed = asyncio.Queue[bytes | None]
"""What a stream has yet to send; None is the end of it."""

_open_streams: Counter[str] = Counter()  # by editor
_count_lock = threading.RLock()  # views count in threads of their own; a finalizer may run in the midst of it


@writer
@require_GET
def live_stream(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Stream a mailing's figures as they change; 204 where nothing more comes, which tells a page to stop asking."""
    record = dispatch_row(dispatch_id)
    is_asgi = isinstance(request, ASGIRequest)  # elsewhere a stream would hold a thread
    if not is_asgi or record.state in RESTING or record.spread_from is None:
        return HttpResponse(status=204)
    name = request.user.get_username()
    with _count_lock:
        if _open_streams.total() >= MOST_STREAMS or _open_streams[name] >= MOST_OF_EDITOR:
            return HttpResponse(status=204)  # the page says as of when its figures are
        response = _FigureStream(name, (record.pk, translation.get_language() or "en"))
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return cast("HttpResponse", response)


class _FigureStream(StreamingHttpResponse):
    """A stream that is counted from the moment it is granted until it ends, also where nobody ever read of it."""

    def __init__(self, name: str, view: View) -> None:
        super().__init__(_lines(view), content_type="text/event-stream")
        with _count_lock:
            _open_streams[name] += 1
        self._leave = weakref.finalize(self, _count_out, name)

    def close(self) -> None:
        self._leave()
        super().close()


def _count_out(name: str) -> None:
    with _count_lock:
        _open_streams[name] -= 1
        if not _open_streams[name]:
            del _open_streams[name]


async def _lines(view: View) -> AsyncIterator[bytes]:
    until = time.monotonic() + STREAM_SECONDS
    watch = _watches.setdefault(asyncio.get_running_loop(), Watch())
    end_with_process(watch)
    feed = watch.join(view)
    try:
        yield _PREAMBLE
        while (seconds := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(seconds):
                    event = await feed.get()
            except TimeoutError:
                break
            if event is None:
                break
            yield event
    finally:
        watch.leave(view, feed)


class Watch:
    """Looks at what is watched for all streams of one event loop, while there are any."""

    def __init__(self) -> None:
        self._feeds: dict[View, set[Feed]] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, view: View) -> Feed:
        """Return a feed of what a dispatch's figures come to."""
        feed: Feed = asyncio.Queue()
        self._feeds.setdefault(view, set()).add(feed)
        if self._task is None:
            self._task = asyncio.create_task(self._look_on())
        return feed

    def leave(self, view: View, feed: Feed) -> None:
        """Stop filling a feed; with the last one the looking ends."""
        feeds = self._feeds.get(view, set())
        feeds.discard(feed)
        if not feeds:
            self._feeds.pop(view, None)
        if not self._feeds and self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """End all streams."""
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.put_nowait(None)

    async def _look_on(self) -> None:
        while True:
            try:
                events = await in_thread(_events, tuple(self._feeds))
            except DatabaseTrouble as error:  # it comes back
                logger.warning("The figures of mailings wait for the database: %s", type(error).__name__)
                events = dict.fromkeys(self._feeds, (_AWAY, False))
            for view, (event, is_last) in events.items():
                for feed in self._feeds.get(view, ()):
                    if feed.empty():  # a page that reads slowly gets the next look
                        feed.put_nowait(event)
                    if is_last:
                        feed.put_nowait(None)
            await asyncio.sleep(LOOK_SECONDS)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def _events(views: Collection[View]) -> dict[View, tuple[bytes, bool]]:
    """Return what each view's streams are to send, and whether nothing more comes after it."""
    dispatches = Dispatch.objects.select_related("publication").defer("variant", "approved_variant")
    records = dispatches.in_bulk({dispatch_id for dispatch_id, _ in views})
    figures = {number: results.live_figures(record) for number, record in records.items()}
    return {view: _event(figures.get(view[0]), view[1]) for view in views}


def _event(live: results.LiveFigures | None, language: str) -> tuple[bytes, bool]:
    if live is None:
        return _AWAY, True
    with translation.override(language):
        html = render_to_string("desk/results_live.html", {"live": live})
    data = json.dumps({"html": html, "state": live.dispatch.state})
    return b"event: figures\ndata: " + data.encode() + b"\n\n", live.dispatch.state in RESTING
