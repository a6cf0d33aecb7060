"""Telegram's Bot API, as far as writing messages and deleting them goes.

Sources: https://core.telegram.org/bots/api, https://core.telegram.org/bots/faq#broadcasting-to-users; error bodies as
the API's own server writes them (https://github.com/tdlib/telegram-bot-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults
from distributor.practice.identities import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Store, now
from distributor.practice.telegram.chats import BOT_ID, BOT_NAME, CHANNEL_NAME, TOKEN, Chat, find_chat
from distributor.practice.telegram.parts import (
    BadRequest,
    number_of,
    picture_problem,
    read_request,
    set_off,
    utf16_length,
)

CHANNEL = "telegram"
TEXT_LIMIT = 4_096
CAPTION_LIMIT = 1_024
MESSAGES_A_MINUTE = 20  # to one chat
DELETED_WITHIN = timedelta(hours=48)
TROUBLE_LASTS = 30  # seconds


def _routes(store: Store) -> list[Route]:
    """Return the Bot API's addresses."""
    return [Route("/bot{token}/{method}", _Telegram(store).call, methods=["GET", "POST"])]


NETWORK = Network(
    CHANNEL,
    "Telegram",
    ("message on Telegram", "messages on Telegram"),
    _routes,
    PracticeAccount(CHANNEL, "Practice Telegram channel", {"bot_token": TOKEN, "chat_id": f"@{CHANNEL_NAME}"}),
)


class _Telegram:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def call(self, request: Request) -> Response:
        number = _account(request.path_params["token"])
        if number is None:
            known_form = request.path_params["token"].partition(":")[0].isdigit()
            return _error(401, "Unauthorized") if known_form else _error(404, "Not Found")
        method = request.path_params["method"].lower()
        values, photo = await read_request(request)
        if method in ("sendmessage", "sendphoto"):
            return await faults.answer_or_fail(
                request,
                self._store,
                CHANNEL,
                refuse=_refuse,
                accept=lambda: self._respond(number, method, values, photo),
            )
        return self._respond(number, method, values, photo)

    def _respond(self, number: int, method: str, values: Mapping[str, Any], photo: bytes) -> Response:
        try:
            return JSONResponse({"ok": True, "result": self._result(number, method, values, photo)})
        except BadRequest as error:
            return _error(error.code, str(error), **error.parameters)

    def _result(self, number: int, method: str, values: Mapping[str, Any], photo: bytes) -> Any:
        if method == "getme":
            return {"id": BOT_ID, "is_bot": True, "first_name": "Practice", "username": BOT_NAME}
        if method not in ("sendmessage", "sendphoto", "deletemessages", "getchat", "getchatmember"):
            raise BadRequest("Not Found", code=404)
        chat = find_chat(str(values.get("chat_id", "")), number)
        if method == "getchat":
            return chat.to_json()
        if method == "getchatmember":
            return {"user": {"id": BOT_ID, "is_bot": True}, **chat.member}
        chat.check_write()
        if method == "deletemessages":
            return self._delete(chat, values)
        self._check_pace(chat)
        return self._send(chat, method, values, photo)

    def _check_pace(self, chat: Chat) -> None:
        minute = timedelta(minutes=1)
        if self._store.count_posts(CHANNEL, account=str(chat.id), within=minute) < MESSAGES_A_MINUTE:
            return
        first = self._store.first_post_at(CHANNEL, account=str(chat.id), within=minute) or now()
        raise _too_many(max(int((first + minute - now()).total_seconds()), 1))

    def _send(self, chat: Chat, method: str, values: Mapping[str, Any], photo: bytes) -> dict[str, Any]:
        with_photo = method == "sendphoto"
        text = str(values.get("caption" if with_photo else "text", "")).strip()
        if not text and not with_photo:
            raise BadRequest("Bad Request: message text is empty")
        if utf16_length(text) > (CAPTION_LIMIT if with_photo else TEXT_LIMIT):
            raise BadRequest(f"Bad Request: message {'caption ' if with_photo else ''}is too long")
        entities = values.get("caption_entities" if with_photo else "entities") or []
        data: dict[str, Any] = {
            "set_off": set_off(text, entities),
            "silent": values.get("disable_notification") is True,
            "protected": values.get("protect_content") is True,
        }
        if with_photo and picture_problem(photo):
            raise BadRequest(f"Bad Request: {picture_problem(photo)}")
        counter = (self._store.note(CHANNEL, "counter") or {"last": 0})["last"] + 1
        self._store.keep(CHANNEL, "counter", {"last": counter})
        preview = values.get("link_preview_options") or {}
        if with_photo:
            file = f"telegram-{counter}"
            self._store.keep_file(file, "image/png" if photo.startswith(b"\x89PNG") else "image/jpeg", photo)
            data["pictures"] = [{"file": file, "alt": ""}]
        else:
            data["preview"] = preview
        remote_id, link = f"{chat.id}_{counter}", str(preview.get("url") or "")
        post = self._store.add_post(CHANNEL, account=str(chat.id), remote_id=remote_id, text=text, link=link, data=data)
        message = {"message_id": counter, "date": int(post.created_at.timestamp()), "chat": chat.to_json()}
        return message | {"caption" if with_photo else "text": text}

    def _delete(self, chat: Chat, values: Mapping[str, Any]) -> bool:
        """Delete several messages; those that are not there are skipped."""
        message_ids = values.get("message_ids")
        if not isinstance(message_ids, list) or not message_ids:
            raise BadRequest("Bad Request: message identifiers are not specified")
        for message_id in message_ids:
            post = self._store.post(CHANNEL, f"{chat.id}_{number_of(message_id)}")
            if post is not None and post.created_at < now() - DELETED_WITHIN:
                raise BadRequest("Bad Request: message can't be deleted")
            self._store.remove_post(CHANNEL, f"{chat.id}_{number_of(message_id)}")
        return True


def _account(token: str) -> int | None:
    """Return which account a token is: 1 the practice account, 2 and so on further ones; None: nobody's."""
    if token == TOKEN:
        return 1
    number = token.removeprefix(f"{TOKEN}-")
    return int(number) if number != token and number.isascii() and number.isdigit() else None


def _refuse(fault: str) -> Response:
    if fault == faults.TOO_MANY:
        error = _too_many(TROUBLE_LASTS)
        return _error(error.code, str(error), **error.parameters)
    if fault == faults.EXPIRY:
        return _error(401, "Unauthorized")
    return _error(500, "Internal Server Error")


def _too_many(seconds: int) -> BadRequest:
    return BadRequest(f"Too Many Requests: retry after {seconds}", code=429, retry_after=seconds)


def _error(code: int, description: str, **parameters: int) -> Response:
    response: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        response["parameters"] = parameters
    return JSONResponse(response, status_code=code)
