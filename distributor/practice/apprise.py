"""A service for Apprise's plugin “JSON”, as somebody would write one: whoever knows the address may send.

Source: https://appriseit.com/services/json/
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, identities
from distributor.practice.identities import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Store

CHANNEL = "apprise"
TEXT_LIMIT = 4000  # characters
RETRY_SECONDS = 30


def _routes(store: Store) -> list[Route]:
    """Return the service's address; the token in it says whose messages these are."""
    return [Route("/notify/{token}", _Service(store).notify, methods=["POST"])]


NETWORK = Network(
    CHANNEL,
    "Apprise",
    ("message through Apprise", "messages through Apprise"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice service of Apprise",
        {"url": f"jsons://apprise.practice.invalid/notify/{identities.APPRISE_TOKEN}"},
    ),
    another=lambda number: {"url": f"jsons://apprise.practice.invalid/notify/{identities.APPRISE_TOKEN}-{number}"},
)


class _Service:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def notify(self, request: Request) -> Response:
        body = await request.body()
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=self._refuse, accept=lambda: self._notify(request, body)
        )

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return JSONResponse({"error": "slow down"}, 429, headers={"Retry-After": str(RETRY_SECONDS)})
        if fault == faults.EXPIRY:
            return JSONResponse({"error": "this address has ended"}, 401)
        return JSONResponse({"error": "internal error"}, 500)

    def _notify(self, request: Request, body: bytes) -> Response:
        account = _account(request.path_params["token"])
        if account is None:
            return JSONResponse({"error": "nobody has this address"}, 403)
        notification = _read(body)
        if notification is None:
            return JSONResponse({"error": "this is no notification"}, 400)
        text = "\n\n".join(part for part in (notification["title"], notification["message"]) if part)
        if len(text) > TEXT_LIMIT:
            return JSONResponse({"error": "too long"}, 413)
        self._store.add_post(
            CHANNEL, account=account, remote_id=str(uuid.uuid4()), text=text, data={"said": notification}
        )
        return JSONResponse({"ok": True})


def _account(token: str) -> str | None:
    """Return whose token it is: "1" the practice account's, "2" and so on a further one's; None: nobody's."""
    if token == identities.APPRISE_TOKEN:
        return "1"
    number = token.removeprefix(f"{identities.APPRISE_TOKEN}-")
    return number if number != token and number.isascii() and number.isdigit() else None


def _read(body: bytes) -> dict[str, Any] | None:
    """Return a notification as the plugin writes it; None for anything else."""
    try:
        notification = json.loads(body)
        right = all(isinstance(notification[name], str) for name in ("version", "title", "message", "type"))
    except (ValueError, KeyError, TypeError):
        return None
    return notification if right and notification["message"] else None
