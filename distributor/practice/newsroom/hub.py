"""The practice newsroom's WebSub hub: it verifies who subscribes, and sends each of them the feed, signed.

Source: https://www.w3.org/TR/websub/, sections 5 and 7.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from distributor.practice.newsroom.letters import CHANNEL
from distributor.practice.store import Store

LONGEST_LEASE = 10 * 24 * 3600  # seconds
SECONDS = 5.0  # for one call to a subscriber


class Hub:
    """Keeps its subscribers in the practice world's store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, request: Request) -> Response:
        """Take a request to subscribe or unsubscribe; it is verified after the answer, as hubs do."""
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("hub.mode") not in ("subscribe", "unsubscribe") or not form.get("hub.callback"):
            return Response("hub.mode, hub.topic and hub.callback are needed", 400)
        return Response(status_code=202, background=BackgroundTask(self._verify, form))

    async def subscribers(self, _request: Request) -> Response:
        """Say how many are subscribed."""
        return JSONResponse({"subscribers": len(self._store.names(CHANNEL, "hub:"))})

    async def distribute(self, topic: str, feed: str) -> None:
        """Send a feed to all who subscribed to it."""
        for name in self._store.names(CHANNEL, "hub:"):
            subscriber = self._store.note(CHANNEL, name) or {}
            if subscriber.get("topic") != topic or subscriber.get("until", 0) < time.time():
                continue
            body = feed.encode()
            headers = {"Content-Type": "application/atom+xml", "Link": f'<{topic}>; rel="self"'}
            if subscriber.get("secret"):
                digest = hmac.new(subscriber["secret"].encode(), body, hashlib.sha256).hexdigest()
                headers["X-Hub-Signature"] = f"sha256={digest}"
            await _call("POST", subscriber["callback"], content=body, headers=headers)

    async def _verify(self, form: Mapping[str, str]) -> None:
        """Ask a callback whether it meant this, and do it only then."""
        callback, challenge = form["hub.callback"], secrets.token_urlsafe(16)
        lease_text = form.get("hub.lease_seconds", "")
        lease = min(int(lease_text), LONGEST_LEASE) if lease_text.isascii() and lease_text.isdigit() else LONGEST_LEASE
        parameters = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form.get("hub.topic", ""),
            "hub.challenge": challenge,
            "hub.lease_seconds": str(lease),
        }
        answer = await _call("GET", callback, params=parameters)
        if answer is None or not answer.is_success or answer.text != challenge:
            return
        if form["hub.mode"] == "unsubscribe":
            self._store.forget(CHANNEL, f"hub:{callback}")
            return
        values = {
            "callback": callback,
            "topic": form.get("hub.topic", ""),
            "secret": form.get("hub.secret", ""),
            "until": time.time() + lease,
        }
        self._store.keep(CHANNEL, f"hub:{callback}", values)


async def _call(method: str, url: str, **options: object) -> httpx.Response | None:
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            return await client.request(method, url, **options)  # type: ignore[arg-type]
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
