"""KakaoTalk messages: to the connected account's own chat room, and to its friends who use the same app.

Each account has twelve friends; `POST /kakao/practice/friends` {"account", "count", "no_messages": [numbers]} makes it
others. The 30,000 messages of an app are not counted.

Sources: https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api, …/kakaotalk-social/rest-api,
…/rest-api/error-code, …/kakaotalk-message/trouble-shooting.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, forms, identities
from distributor.practice.identities import PracticeAccount
from distributor.practice.kakao import templates
from distributor.practice.kakao.login import CHANNEL, FIRST_NUMBER, Login
from distributor.practice.network import Network
from distributor.practice.refusals import Refused
from distributor.practice.store import Store, now

DAY = timedelta(days=1)
MESSAGES_A_DAY = 100  # of one sender, and to one recipient
MESSAGES_OF_A_PAIR = 20
RECEIVERS_LIMIT = 5
PAGE_LIMIT = 100
FRIENDS = 12


def _routes(store: Store) -> list[Route]:
    """Return Kakao's addresses."""
    login = Login(store)
    kakao = _Kakao(store, login)
    return [
        *login.routes(),
        Route("/v2/api/talk/memo/default/send", kakao.to_me, methods=["POST"]),
        Route("/v1/api/talk/friends/message/default/send", kakao.to_friends, methods=["POST"]),
        Route("/v1/api/talk/friends", kakao.friends),
        Route("/practice/friends", kakao.befriend, methods=["POST"]),
    ]


NETWORK = Network(
    CHANNEL,
    "KakaoTalk",
    ("KakaoTalk message", "KakaoTalk messages"),
    _routes,
    PracticeAccount(CHANNEL, "Practice Kakao account", {"access_token": identities.KAKAO_TOKEN}),
    app={"rest_api_key": identities.KAKAO_REST_KEY, "client_secret": identities.KAKAO_CLIENT_SECRET},
    page="kakao",
)


class _Refused(Refused):
    """A request that Kakao answers with an error."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(JSONResponse({"msg": message, "code": code}, status_code=status))


class _Kakao:
    def __init__(self, store: Store, login: Login) -> None:
        self._store = store
        self._login = login

    async def to_me(self, request: Request) -> Response:
        return await self._with_faults(request, self._to_me)

    async def to_friends(self, request: Request) -> Response:
        return await self._with_faults(request, self._to_friends)

    async def _with_faults(self, request: Request, take: Any) -> Response:
        form = (await forms.read(request)).texts

        def accept() -> Response:
            return JSONResponse(take(request, form))

        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=self._refuse, accept=accept)

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return _Refused(-10, "API limit has been exceeded.").answer
        if fault == faults.EXPIRY:
            return _Refused(-401, "this access token is already expired", 401).answer
        return _Refused(-9798, "Service is under maintenance.", 503).answer

    def _sender(self, request: Request, scope: str) -> str:
        account = self._login.account(request)
        if account is None:
            raise _Refused(-401, "this access token does not exist", 401)
        if not self._login.has_agreed(request, scope):
            raise _Refused(-402, "insufficient scopes.", 403)
        return f"me{account}"

    def _to_me(self, request: Request, form: Mapping[str, str]) -> dict[str, Any]:
        sender = self._sender(request, "talk_message")
        if self._sent_count(sender) >= MESSAGES_A_DAY:
            raise _Refused(-532, "daily message limit per sender has been exceeded.")
        self._deliver(_template(form), sender)
        return {"result_code": 0}

    def _to_friends(self, request: Request, form: Mapping[str, str]) -> dict[str, Any]:
        sender = self._sender(request, "talk_message")
        template, uuids = _template(form), _uuids(form)
        friends = {friend["uuid"]: friend for friend in self._friends(sender)}
        receivers: list[str] = []
        failures: dict[int, list[str]] = {}
        for receiver in uuids:
            code = self._problem(sender, friends.get(receiver))
            if code and len(uuids) == 1:
                raise _Refused(code, _REASONS[code])
            if code:
                failures.setdefault(code, []).append(receiver)
            else:
                self._deliver(template, sender, friends[receiver])
                receivers.append(receiver)
        response: dict[str, Any] = {"successful_receiver_uuids": receivers}
        if failures:
            response["failure_info"] = [
                {"code": code, "msg": _REASONS[code], "receiver_uuids": failed_uuids}
                for code, failed_uuids in failures.items()
            ]
        return response

    def _problem(self, sender: str, friend: Mapping[str, Any] | None) -> int:
        if friend is None:
            return -502
        if not friend["allowed_msg"]:
            return -530
        if self._sent_count(sender) >= MESSAGES_A_DAY:
            return -532
        if friend["full"]:
            return -533
        return -536 if self._sent_count(sender, friend["uuid"]) >= MESSAGES_OF_A_PAIR else 0

    def _sent_count(self, sender: str, receiver: str = "") -> int:
        """Return how many messages a sender has sent within a day, to everybody or to one receiver."""
        if not receiver:
            return self._store.count_posts(CHANNEL, account=sender, within=DAY)
        posts = self._store.posts(CHANNEL, account=sender, since=now() - DAY, limit=MESSAGES_A_DAY)
        return sum(post.data.get("practice_receiver") == receiver for post in posts)

    def _deliver(self, template: Mapping[str, Any], sender: str, friend: Mapping[str, Any] | None = None) -> None:
        to = {"practice_receiver": friend["uuid"], "practice_to": friend["profile_nickname"]} if friend else {}
        self._store.add_post(
            CHANNEL,
            account=sender,
            remote_id=str(uuid.uuid4()),
            text=templates.words(template),
            link=templates.first_link(template),
            data={**template, **to},
        )

    async def friends(self, request: Request) -> Response:
        try:
            sender = self._sender(request, "friends")
        except _Refused as refusal:
            return refusal.answer
        payload = request.query_params
        try:
            offset, limit = int(payload.get("offset", "0")), int(payload.get("limit", "10"))
        except ValueError:
            return _Refused(-2, "offset and limit must be numbers.").answer
        if offset < 0 or not 1 <= limit <= PAGE_LIMIT:
            return _Refused(-2, f"limit must be between 1 and {PAGE_LIMIT}.").answer
        all_friends = self._friends(sender)
        response: dict[str, Any] = {
            "elements": [{key: value for key, value in friend.items() if key != "full"} for friend in all_friends][
                offset : offset + limit
            ],
            "total_count": len(all_friends),
            "favorite_count": 0,
        }
        if offset + limit < len(all_friends):
            response["after_url"] = f"https://kapi.kakao.com/v1/api/talk/friends?offset={offset + limit}&limit={limit}"
        return JSONResponse(response)

    def _friends(self, sender: str) -> list[dict[str, Any]]:
        payload = self._store.note(CHANNEL, f"friends:{sender}") or {"count": FRIENDS}
        return [
            {
                "id": FIRST_NUMBER * 2 + number,
                "uuid": f"friend-of-{sender}-{number}",
                "favorite": False,
                "profile_nickname": f"Friend {number}",
                "profile_thumbnail_image": "",
                "allowed_msg": number not in payload.get("no_messages", []),
                "full": number in payload.get("full", []),
            }
            for number in range(1, payload["count"] + 1)
        ]

    async def befriend(self, request: Request) -> Response:
        """Make an account's friends others: `full` ones have their day's messages, `no_messages` ones take none."""
        payload = json.loads(await request.body())
        self._store.keep(CHANNEL, f"friends:me{payload.get('account', '')}", payload)
        return JSONResponse(payload)


_REASONS = {
    -502: "receiver is not a friend of the sender.",
    -530: "receiver does not allow messages.",
    -532: "daily message limit per sender has been exceeded.",
    -533: "daily message limit per receiver has been exceeded.",
    -536: "daily message limit per sender and receiver has been exceeded.",
}


def _template(form: Mapping[str, str]) -> dict[str, Any]:
    if "template_object" not in form:
        raise _Refused(-2, "template_object can't be null.")
    try:
        template = json.loads(form["template_object"])
    except ValueError:
        raise _Refused(-2, "failed to parse parameter. name=template_object") from None
    if problem := templates.problem(template):
        raise _Refused(-2, problem)
    return dict(template)


def _uuids(form: Mapping[str, str]) -> list[str]:
    try:
        uuids = json.loads(form.get("receiver_uuids", ""))
    except ValueError:
        raise _Refused(-2, "failed to parse parameter. name=receiver_uuids") from None
    if not isinstance(uuids, list) or not all(isinstance(receiver, str) for receiver in uuids) or not uuids:
        raise _Refused(-2, "receiver_uuids must be a list of uuids.")
    if len(uuids) > RECEIVERS_LIMIT:
        raise _Refused(-2, f"receiver_uuids can't be more than {RECEIVERS_LIMIT}.")
    return uuids
