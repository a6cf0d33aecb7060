"""The practice newsroom's site: its feed and pages for readers, and where letters are published."""

from __future__ import annotations

import hashlib
import json
from html import escape

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from distributor.practice.newsroom import letters, senders
from distributor.practice.newsroom.hub import Hub
from distributor.practice.newsroom.lies import LIES
from distributor.practice.store import Store, now

FEED = "/newsroom/feed.atom"


def routes(store: Store) -> list[Route]:
    """Return the newsroom's addresses."""
    site = _Site(store)
    return [
        Route("/newsroom", site.overview),
        Route(FEED, site.feed),
        Route("/newsroom/letters", site.publish, methods=["POST"]),
        Route("/newsroom/letters/{number:int}", site.letter),
        Route("/newsroom/hub", site.hub.ask, methods=["POST"]),
        Route("/newsroom/hub", site.hub.subscribers),
        Route("/newsroom/send", site.send, methods=["POST"]),
        Route("/newsroom/lies/{kind}", site.lie),
    ]


class _Site:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.hub = Hub(store)

    async def overview(self, _request: Request) -> Response:
        titles = [
            f'<li><a href="{letter.path}">{escape(letter.title)}</a></li>' for letter in letters.letters(self._store)
        ]
        link = f'<link rel="alternate" type="application/atom+xml" href="{FEED}">'
        return HTMLResponse(
            f"<!doctype html><title>{letters.NAME}</title>{link}<h1>{letters.NAME}</h1><ul>{''.join(titles)}</ul>"
        )

    async def letter(self, request: Request) -> Response:
        number = request.path_params["number"]
        letter = next((row for row in letters.letters(self._store) if row.number == number), None)
        if letter is None:
            return Response(status_code=404)
        return HTMLResponse(
            f"<!doctype html><title>{escape(letter.title)}</title><h1>{escape(letter.title)}</h1>{letter.html}"
        )

    async def feed(self, request: Request) -> Response:
        """The honest feed: it tells who has it already that nothing changed."""
        text = self._text(request)
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        links = f'<{_origin(request)}/newsroom/hub>; rel="hub", <{_origin(request)}{FEED}>; rel="self"'
        return Response(text, media_type="application/atom+xml", headers={"ETag": tag, "Link": links})

    async def publish(self, request: Request) -> Response:
        """Take {"title", "html", "author", "at"}; whoever subscribed is told right after the answer."""
        try:
            letter = letters.publish(self._store, json.loads(await request.body()))
        except (ValueError, TypeError, AttributeError):
            return JSONResponse({"error": "Give a title and html."}, 400)
        topic = f"{_origin(request)}{FEED}"
        task = BackgroundTask(self.hub.distribute, topic, self._text(request))
        return JSONResponse({"url": f"{_origin(request)}{letter.path}"}, 201, background=task)

    async def send(self, request: Request) -> Response:
        """Hand a letter in at a door, as the system of that kind does: {"kind", "address", "secret", "title", "html"}.

        The answer is the door's status; of a mail it is the mail, to be handed to “distributor doors take”.
        """
        try:
            order = json.loads(await request.body())
            call = senders.call_of(order, at=now().timestamp())
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"error": "Give kind, address, secret, title and html."}, 400)
        if isinstance(call, bytes):
            return Response(call, media_type="message/rfc822")
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.post(order["address"], content=call.body, headers=call.headers)
        return JSONResponse({"status": answer.status_code})

    async def lie(self, request: Request) -> Response:
        tell = LIES.get(request.path_params["kind"])
        if tell is None:
            return Response(f"Choose from {', '.join(LIES)}.", 404)
        return tell(request, letters.letters(self._store), _origin(request))

    def _text(self, request: Request) -> str:
        origin = _origin(request)
        return letters.atom(letters.letters(self._store), site=origin, hub=f"{origin}/newsroom/hub")


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
