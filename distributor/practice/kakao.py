"""Kakao's “send to me”: one message to the connected account's own chat room.

Sources: https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api,
/docs/latest/en/message-template/default, /docs/latest/en/rest-api/error-code.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import cast, misbehaving
from distributor.practice.cast import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Store

CHANNEL = "kakao"
ACCOUNT = "me"
TEXT_LIMIT = 200
BUTTONS_LIMIT = 2
MESSAGES_A_DAY = 100  # of one sender
_LINKS = ("web_url", "mobile_web_url", "android_execution_params", "ios_execution_params")


def _routes(store: Store) -> list[Route]:
    """Return Kakao's addresses."""
    return [Route("/v2/api/talk/memo/default/send", _Kakao(store).send, methods=["POST"])]


NETWORK = Network(
    CHANNEL,
    "KakaoTalk",
    ("KakaoTalk message", "KakaoTalk messages"),
    _routes,
    PracticeAccount(CHANNEL, "Practice Kakao account", {"access_token": cast.KAKAO_TOKEN}),
    page="kakao",
)


class _Kakao:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def send(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        return await misbehaving.guarded(
            request, self._store, CHANNEL, refuse=self._refuse, accept=lambda: self._send(request, form)
        )

    def _refuse(self, fault: str) -> Response:
        if fault == misbehaving.TOO_MANY:
            return _error(-10, "API limit has been exceeded.")
        if fault == misbehaving.EXPIRED:
            return _error(-401, "this access token is already expired", status=401)
        return _error(-9798, "Service is under maintenance.", status=503)

    def _send(self, request: Request, form: Mapping[str, str]) -> Response:
        if request.headers.get("authorization", "") != f"Bearer {cast.KAKAO_TOKEN}":
            return _error(-401, "this access token does not exist", status=401)
        if self._store.count_posts(CHANNEL, within=timedelta(days=1)) >= MESSAGES_A_DAY:
            return _error(-532, "daily message limit per sender has been exceeded.")
        if "template_object" not in form:
            return _error(-2, "template_object can't be null.")
        try:
            template = json.loads(form["template_object"])
        except ValueError:
            return _error(-2, "failed to parse parameter. name=template_object")
        problem = _problem(template)
        if problem:
            return _error(-2, problem)
        text = template["text"] if template["object_type"] == "text" else template["content"].get("title", "")
        self._store.add_post(
            CHANNEL,
            account=ACCOUNT,
            remote_id=str(uuid.uuid4()),
            text=text,
            link=_first_link(template),
            data=template,
        )
        return JSONResponse({"result_code": 0})


def _problem(template: object) -> str:
    """Say what is wrong with a template object; "" when nothing is."""
    if not isinstance(template, dict):
        return "template_object must be a JSON object."
    kind = template.get("object_type")
    if kind == "text":
        return _text_problem(template) or _buttons_problem(template)
    if kind == "feed":
        return _feed_problem(template.get("content")) or _buttons_problem(template)
    return f"object_type [{kind}] is not supported."


def _text_problem(template: Mapping[str, Any]) -> str:
    text = template.get("text")
    if not isinstance(text, str) or not text:
        return "text can't be blank."
    if len(text) > TEXT_LIMIT:
        return f"text can't be longer than {TEXT_LIMIT} characters."
    return "" if _is_link(template.get("link")) else "link can't be null."


def _feed_problem(content: object) -> str:
    if not isinstance(content, dict):
        return "content can't be null."
    for name in ("title", "description", "image_url"):
        value = content.get(name, "")
        if not isinstance(value, str):
            return f"content.{name} must be a string."
        if name != "image_url" and len(value) > TEXT_LIMIT:
            return f"content.{name} can't be longer than {TEXT_LIMIT} characters."
    if not content.get("title") and not content.get("image_url"):
        return "content.title can't be blank."
    return "" if _is_link(content.get("link")) else "content.link can't be null."


def _buttons_problem(template: Mapping[str, Any]) -> str:
    buttons = template.get("buttons", [])
    if not isinstance(buttons, list) or len(buttons) > BUTTONS_LIMIT:
        return f"buttons can't be more than {BUTTONS_LIMIT}."
    for button in buttons:
        if not isinstance(button, dict) or not button.get("title") or not _is_link(button.get("link")):
            return "buttons need a title and a link."
    return ""


def _is_link(link: object) -> bool:
    return isinstance(link, dict) and any(isinstance(link.get(name), str) and link[name] for name in _LINKS)


def _first_link(template: Mapping[str, Any]) -> str:
    link = template.get("link") or template.get("content", {}).get("link") or {}
    return str(link.get("web_url") or link.get("mobile_web_url") or "")


def _error(code: int, message: str, *, status: int = 400) -> Response:
    return JSONResponse({"msg": message, "code": code}, status_code=status)
