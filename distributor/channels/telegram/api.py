"""The Bot API: calls whose addresses hold the bot's token, and what is read from answers.

Telegram wants the token in the path of every address. httpx logs addresses, and its errors and answers carry the
request. So no request of ours has it: it is put in below httpx, on the way to the connection, and nowhere else.

Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from distributor.channels.base import Credentials
from distributor.channels.response_bodies import json_object, mapping, whole
from distributor.channels.responses import excerpt

ROOT = "https://api.telegram.org"

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{3,100}")
_CHAT = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,40}|-?[0-9]{1,20}")


class WithToken(httpx.BaseTransport):
    """Puts the token into the last step's address: …/sendMessage goes out as …/bot<token>/sendMessage."""

    def __init__(self, network: httpx.BaseTransport, token: str) -> None:
        self._network = network
        self._token = token

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        before, _, method = request.url.raw_path.rpartition(b"/")
        path = b"/".join((before, b"bot" + self._token.encode("ascii"), method))
        return self._network.handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(raw_path=path),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        self._network.close()


@dataclass(frozen=True, slots=True)
class TelegramResponse:
    """An answer. `result` is an object, or empty where it is something else; `description` holds no token.

    `code` is Telegram's error code, 0 for none; `retry_after` seconds and `new_chat` (the number that a group has now)
    are 0 where they are not given.
    """

    ok: bool
    result: Mapping[str, Any]
    code: int = 0
    description: str = ""
    retry_after: int = 0
    new_chat: int = 0

    @property
    def raw(self) -> dict[str, Any]:
        return {"error_code": self.code, "description": self.description}


def missing_value(credentials: Credentials) -> str:
    """Return what of an account's values can't be used, as words for a sentence; "" when it is complete."""
    if not _TOKEN.fullmatch(credentials.values.get("bot_token", "")):
        return "bot token"
    return "" if _CHAT.fullmatch(credentials.values.get("chat_id", "")) else "chat ID (“@name” or a number)"


def address(credentials: Credentials, method: str) -> str:
    """Return a method's address, without the token."""
    return f"{credentials.endpoint or ROOT}/{method}"


def read(response: httpx.Response, credentials: Credentials) -> TelegramResponse:
    """Read an answer, whatever came."""
    body = json_object(response)
    if response.is_success and body.get("ok") is True:
        return TelegramResponse(True, mapping(body.get("result")))
    parameters = mapping(body.get("parameters"))
    return TelegramResponse(
        False,
        {},
        code=whole(body.get("error_code")) or response.status_code,
        description=excerpt(str(body.get("description") or ""), (credentials.values.get("bot_token", ""),)),
        retry_after=whole(parameters.get("retry_after")),
        new_chat=whole(parameters.get("migrate_to_chat_id")),
    )
