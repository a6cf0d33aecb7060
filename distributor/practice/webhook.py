"""A receiver of webhooks, as somebody would write one by the standard: it checks, and takes each call once.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, identities
from distributor.practice.identities import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Store

CHANNEL = "webhook"
TOLERANCE = 5 * 60  # seconds between a call's timestamp and now
BODY_LIMIT = 1_000_000  # bytes
RETRY_SECONDS = 30
HEADER = "x-practice-token"  # a further header that this receiver asks for
_TEXTS = ("title", "url", "text")


def _routes(store: Store) -> list[Route]:
    """Return the receiver's addresses: `/letters`, and `/letters-2`, … of further receivers."""
    return [Route("/{receiver}", _Receiver(store).take, methods=["POST"])]


NETWORK = Network(
    CHANNEL,
    "Webhook",
    ("webhook call", "webhook calls"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice receiver of webhooks",
        {
            "url": "https://receiver.practice.invalid/letters",
            "secret": identities.WEBHOOK_SECRET,
            "header_name": HEADER,
            "header_value": identities.WEBHOOK_TOKEN,
        },
    ),
    owner="The Practice System",
    another=lambda number: {"url": f"https://receiver.practice.invalid/letters-{number}"},
)


class _Receiver:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, request: Request) -> Response:
        body = await request.body()
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=self._refuse, accept=lambda: self._take(request, body)
        )

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return JSONResponse({"error": "too many calls"}, 429, headers={"Retry-After": str(RETRY_SECONDS)})
        if fault == faults.EXPIRY:
            return JSONResponse({"error": "this token has expired"}, 401)
        return Response("Internal Server Error", 500)

    def _take(self, request: Request, body: bytes) -> Response:
        account = _account(request.path_params["receiver"])
        if account is None:
            return JSONResponse({"error": "there is no such receiver"}, 404)
        if len(body) > BODY_LIMIT:
            return JSONResponse({"error": "the call is too large"}, 413)
        if not _is_ours(request, account) or not _is_signed(request, body):
            return JSONResponse({"error": "the call could not be verified"}, 401)
        earlier = self._store.note(CHANNEL, _note(request, account))
        if earlier is not None:
            return _receipt(request, str(earlier["post"]))
        event = _read(body)
        if event is None or not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "the call is not a letter.published event"}, 422)
        post_id = f"{account or '1'}-{request.headers['webhook-id']}"
        letter = event["data"]
        image = letter.get("image") or {}
        self._store.add_post(
            CHANNEL,
            account=account or "1",
            remote_id=post_id,
            text=letter["text"],
            link=letter["url"],
            data={"event": event, "image": image},
        )
        self._store.keep(CHANNEL, _note(request, account), {"post": post_id})
        return _receipt(request, post_id)


def _receipt(request: Request, post_id: str) -> Response:
    return JSONResponse({"received": True, "url": f"{request.base_url}{CHANNEL}#post-{post_id}"})


def _note(request: Request, account: str) -> str:
    return f"id:{account}:{request.headers['webhook-id']}"


def _account(receiver: str) -> str | None:
    """Return whose address it is: "" the practice account's, "2" and so on a further one's; None: nobody's."""
    match = re.fullmatch(r"letters(?:-([0-9]{1,6}))?", receiver)
    return (match[1] or "") if match else None


def _is_ours(request: Request, account: str) -> bool:
    token = request.headers.get(HEADER, "")
    return token == identities.WEBHOOK_TOKEN or bool(account and token == f"{identities.WEBHOOK_TOKEN}-{account}")


def _is_signed(request: Request, body: bytes) -> bool:
    """Check the signature by hand: HMAC-SHA256 over id, timestamp and body, and the timestamp itself."""
    key, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not key or "." in key or not at.isascii() or not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE:
        return False
    secret = base64.b64decode(identities.WEBHOOK_SECRET.removeprefix("whsec_"))
    expected_digest = hmac.new(secret, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
    signatures = (
        signature.split(",", 1)
        for signature in request.headers.get("webhook-signature", "").split(" ")
        if "," in signature
    )
    return any(version == "v1" and hmac.compare_digest(_decode(text), expected_digest) for version, text in signatures)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _read(body: bytes) -> dict[str, Any] | None:
    """Return a letter.published event; None for anything else."""
    try:
        event = json.loads(body)
        letter = event["data"]
        right = event["type"] == "letter.published" and isinstance(event["timestamp"], str)
        return event if right and all(isinstance(letter[name], str) for name in _TEXTS) else None
    except (ValueError, KeyError, TypeError):
        return None
