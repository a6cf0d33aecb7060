"""A dealer of KakaoTalk messages, as Solapi is: groups of messages that are made, filled, sent once, and listed.

What went out is one post for each group. At night in Korea a 브랜드 메시지 fails message by message, as with the real
one; `POST /kakaochannel/practice/clock` {"at": a time, or "" for the real one} sets the clock that decides it.

Source: https://developers.solapi.com/references/messages/groups
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, identities
from distributor.practice.identities import PracticeAccount
from distributor.practice.kakaochannel import keys, rules
from distributor.practice.kakaochannel.keys import CHANNEL, BadSignature
from distributor.practice.network import Network
from distributor.practice.store import Store, now

AT_ONCE = 10_000
SEOUL = ZoneInfo("Asia/Seoul")
DAY_FROM, DAY_UNTIL = 8, 20


def _routes(store: Store) -> list[Route]:
    """Return the dealer's addresses."""
    dealer = _Dealer(store)
    return [
        Route("/messages/v4/groups", dealer.create, methods=["POST"]),
        Route("/messages/v4/groups", dealer.groups),
        Route("/messages/v4/groups/{group}/messages", dealer.fill, methods=["PUT"]),
        Route("/messages/v4/groups/{group}/send", dealer.send, methods=["POST"]),
        Route("/kakao/v2/channels/{number}", dealer.channel),
        Route("/kakao/v2/templates/{number}", dealer.template),
        Route("/practice/clock", dealer.clock, methods=["POST"]),
    ]


NETWORK = Network(
    CHANNEL,
    "KakaoTalk channel",
    ("message to a KakaoTalk channel’s followers", "messages to a KakaoTalk channel’s followers"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice KakaoTalk channel",
        {
            "api_key": identities.SOLAPI_KEY,
            "api_secret": identities.SOLAPI_SECRET,
            "channel_id": identities.SOLAPI_CHANNEL,
            "recipients": "010-0000-0001\n010-0000-0002\n010-0000-0003",
        },
    ),
)


class _Dealer:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, request: Request) -> Response:
        payload = json.loads(await request.body() or b"{}")
        return self._answer(request, lambda owner: self._create(owner, payload))

    async def groups(self, request: Request) -> Response:
        return self._answer(request, lambda owner: self._list(owner, dict(request.query_params)))

    async def fill(self, request: Request) -> Response:
        payload = json.loads(await request.body() or b"{}")
        return self._answer(request, lambda owner: self._fill(owner, request.path_params["group"], payload))

    async def send(self, request: Request) -> Response:
        def accept() -> Response:
            return self._answer(request, lambda owner: self._send(owner, request.path_params["group"]))

        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=self._refuse, accept=accept)

    async def channel(self, request: Request) -> Response:
        return self._answer(request, lambda owner: self._channel(owner, request.path_params["number"]))

    async def template(self, request: Request) -> Response:
        return self._answer(request, lambda _owner: self._template(request.path_params["number"]))

    async def clock(self, request: Request) -> Response:
        payload = json.loads(await request.body())
        self._store.keep(CHANNEL, "clock", {"at": payload["at"]})
        return JSONResponse(payload)

    def _answer(self, request: Request, do: Callable[[str], Response]) -> Response:
        try:
            owner = keys.account(request, self._store)
        except BadSignature as error:
            return _error(error.code, "인증에 실패했습니다.", 401 if error.code == "Unauthorized" else 403)
        return do(owner)

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return _error("TooManyRequests", "요청이 너무 많습니다.", 429, {"Retry-After": "30"})
        if fault == faults.EXPIRY:
            return _error("InvalidAPIKey", "유효한 API Key가 아닙니다.", 403)
        return _error("InternalError", "서버 오류", 500)

    def _create(self, owner: str, payload: dict[str, Any]) -> Response:
        at = now().isoformat()
        group = {
            "groupId": f"G4V{now():%Y%m%d%H%M%S}{secrets.token_hex(8).upper()}",
            "accountId": owner,
            "status": "PENDING",
            "count": _counts(),
            "customFields": payload.get("customFields") or {},
            "dateCreated": at,
            "dateUpdated": at,
            "dateSent": None,
        }
        groups = self._store.note(CHANNEL, f"groups:{owner}") or {"ids": []}
        self._store.keep(CHANNEL, f"groups:{owner}", {"ids": [*groups["ids"], group["groupId"]]})
        self._keep(group, [])
        return JSONResponse(group)

    def _list(self, owner: str, payload: dict[str, str]) -> Response:
        ids = list(reversed((self._store.note(CHANNEL, f"groups:{owner}") or {"ids": []})["ids"]))
        since = datetime.fromisoformat(payload["startDate"].replace(" ", "+")) if payload.get("startDate") else None
        start = ids.index(payload["startKey"]) if payload.get("startKey") in ids else 0
        limit = int(payload.get("limit", "20"))
        page = [group for group_id in ids[start : start + limit] if (group := self._group(owner, group_id))]
        group_list = {
            group["groupId"]: group
            for group in page
            if since is None or datetime.fromisoformat(group["dateCreated"]) >= since
        }
        next_key = ids[start + limit] if start + limit < len(ids) else None
        return JSONResponse(
            {"startKey": payload.get("startKey"), "limit": limit, "nextKey": next_key, "groupList": group_list}
        )

    def _fill(self, owner: str, group_id: str, payload: dict[str, Any]) -> Response:
        group = self._group(owner, group_id)
        messages = payload.get("messages")
        if group is None or group["status"] != "PENDING":
            return _error("ResourceNotFound", "해당 그룹이 없음", 404)
        if not isinstance(messages, list) or not 0 < len(messages) <= AT_ONCE:
            return _error("ValidationError", f"messages must have 1 to {AT_ONCE} items.", 400)
        stored_messages = self._messages(group_id)
        results = []
        for message in messages:
            code, words = rules.judge(message, {stored["to"] for stored in stored_messages})
            if code == rules.ACCEPTED:
                stored_messages.append(
                    {"to": message["to"], "text": words, "type": message["type"], "options": message}
                )
            results.append({"to": message.get("to"), "type": message.get("type"), "statusCode": code})
        accepted_count = len([result for result in results if result["statusCode"] == rules.ACCEPTED])
        group["count"]["total"] += accepted_count
        group["count"]["registeredSuccess"] += accepted_count
        group["count"]["registeredFailed"] += len(results) - accepted_count
        self._keep(group, stored_messages)
        return JSONResponse({"errorCount": len(results) - accepted_count, "resultList": results})

    def _send(self, owner: str, group_id: str) -> Response:
        group = self._group(owner, group_id)
        if group is None:
            return _error("ResourceNotFound", "해당 그룹이 없음", 404)
        messages = self._messages(group_id)
        if group["status"] != "PENDING" or not messages:
            return _error("ValidationError", "이미 발송 요청된 그룹이거나 메시지가 없습니다.", 400)
        night = self._is_night()
        out = [message for message in messages if message["type"] == "ATA" or not night]
        group |= {"status": "SENDING", "dateSent": now().isoformat(), "dateUpdated": now().isoformat()}
        group["count"] |= {"sentTotal": len(messages), "sentSuccess": len(out), "sentFailed": len(messages) - len(out)}
        self._keep(group, messages)
        if out:
            self._store.add_post(
                CHANNEL,
                account=f"channel{owner}",
                remote_id=group_id,
                text=out[0]["text"],
                data={"to": [message["to"] for message in out], "kakaoOptions": out[0]["options"]["kakaoOptions"]},
            )
        return JSONResponse(group)

    def _is_night(self) -> bool:
        clock = (self._store.note(CHANNEL, "clock") or {}).get("at")
        at = datetime.fromisoformat(clock) if clock else now()
        return not DAY_FROM <= at.astimezone(SEOUL).hour < DAY_UNTIL

    def _channel(self, owner: str, number: str) -> Response:
        if number != identities.SOLAPI_CHANNEL:
            return _error("ResourceNotFound", "유효하지 않은 채널", 404)
        return JSONResponse({"channelId": number, "searchId": f"practice-letters{owner}", "sharedAccountIds": []})

    def _template(self, number: str) -> Response:
        if number not in rules.TEMPLATES:
            return _error("ResourceNotFound", "유효한 템플릿 아이디가 아닙니다.", 404)
        words, status = rules.TEMPLATES[number]
        names = [{"name": name} for name in rules.variables(words)]
        return JSONResponse({"templateId": number, "content": words, "status": status, "variables": names})

    def _group(self, owner: str, group_id: str) -> dict[str, Any] | None:
        stored_group = self._store.note(CHANNEL, f"group:{group_id}")
        return stored_group["group"] if stored_group and stored_group["group"]["accountId"] == owner else None

    def _messages(self, group_id: str) -> list[dict[str, Any]]:
        return list((self._store.note(CHANNEL, f"group:{group_id}") or {"messages": []})["messages"])

    def _keep(self, group: dict[str, Any], messages: list[dict[str, Any]]) -> None:
        self._store.keep(CHANNEL, f"group:{group['groupId']}", {"group": group, "messages": messages})


def _counts() -> dict[str, int]:
    names = ("total", "sentTotal", "sentFailed", "sentSuccess", "registeredFailed", "registeredSuccess")
    return dict.fromkeys(names, 0)


def _error(code: str, message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"errorCode": code, "errorMessage": message}, status_code=status, headers=headers)
