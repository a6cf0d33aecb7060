"""Solapi (formerly CoolSMS), a dealer of KakaoTalk messages.

Sources: https://developers.solapi.com/references/authentication/api-key (HMAC), …/references/messages/groups (make,
fill, send, list), …/references/kakao (channels, templates), …/references/message-status-codes; its public SDKs for the
fields of 브랜드 메시지.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from distributor.channels import http
from distributor.channels.base import Credentials
from distributor.channels.kakaochannel.gateway import Batch, FillResult, GatewayRefused, Message, Template
from distributor.channels.response_bodies import json_object, mapping, moment
from distributor.channels.responses import excerpt, lost_answer, retry_after, unclear, unreachable, utc_now
from distributor.domain.message_kinds import APPROVED
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected, Unconfirmed

SOLAPI = "Solapi"
ROOT = "https://api.solapi.com"
INTENT, CONTENTS = "intent", "contents"  # our custom fields: a name has at most 30 characters, a value 100
SUCCESS_CODE = "2000"
PAGE = 100
MOST_PAGES = 50
CLOCKS_APART = timedelta(minutes=15)  # what it allows between our clock and its own
PAUSE = timedelta(minutes=1)
LOG = "https://solapi.net/message-log/detail"  # what became of each message, for who is logged in there
WRONG_KEY = frozenset({"InvalidAPIKey", "SignatureDoesNotMatch"})
RELEASED_STATUSES = frozenset({"SENDING", "COMPLETE", "SCHEDULED"})
# What an editor can do about the commonest refusals of single messages.
REFUSAL_REASONS = {
    "1026": "they are in it twice",
    "1030": "the balance is too low",
    "1031": "the message is too long",
    "1041": "the KakaoTalk channel’s number is wrong",
    "1042": "there is no such approved template",
    "1043": "the template’s words differ",
    "1060": "they are blocked",
    "1061": "they declined such messages",
}


class SolapiGateway:
    """Solapi over HTTP. `client` is the guarded one; it is not closed here."""

    def __init__(self, client: httpx.Client, credentials: Credentials) -> None:
        self._client = client
        self._root = credentials.endpoint or ROOT
        self._key = credentials.values.get("api_key", "")
        self._secret = credentials.values.get("api_secret", "")
        self._channel = credentials.values.get("channel_id", "")

    def owner(self) -> tuple[str, str]:
        body = self._ask("GET", f"/kakao/v2/channels/{quote(self._channel, safe='')}")
        return str(body.get("channelId") or self._channel), str(body.get("searchId") or self._channel)

    def template(self, number: str) -> Template:
        try:
            body = self._ask("GET", f"/kakao/v2/templates/{quote(number, safe='')}")
        except GatewayRefused as error:
            if isinstance(error.outcome, Rejected):
                return Template(number, "")
            raise
        status = str(body.get("status") or "").lower()
        names = [variable.get("name") for variable in _list(body, "variables") if isinstance(variable, Mapping)]
        return Template(number, APPROVED if status == "approved" else status, tuple(map(str, filter(None, names))))

    def find(self, intent: str, *, since: datetime, contents: str = "") -> Batch | None:
        query: dict[str, Any] = {
            "startDate": (since - CLOCKS_APART).astimezone(UTC).isoformat(),
            "limit": PAGE,
        }
        own_batch: Batch | None = None
        for _ in range(MOST_PAGES):
            body = self._ask("GET", "/messages/v4/groups", query=query)
            for group in map(mapping, mapping(body.get("groupList")).values()):
                fields = mapping(group.get("customFields"))
                if fields.get(INTENT) != intent:
                    continue
                batch = _batch(group)
                if batch.released:
                    return batch
                if group.get("status") == "PENDING" and contents and fields.get(CONTENTS) == contents:
                    own_batch = own_batch or batch
            if not body.get("nextKey"):
                break
            query["startKey"] = body["nextKey"]
        return own_batch

    def prepare(self, intent: str, contents: str) -> Batch:
        payload = {"allowDuplicates": False, "customFields": {INTENT: intent, CONTENTS: contents}}
        return _batch(self._ask("POST", "/messages/v4/groups", body=payload))

    def fill(self, batch: Batch, message: Message, recipients: Sequence[str]) -> FillResult:
        payload = {"messages": [{"to": number, **self._message_body(message)} for number in recipients]}
        body = self._ask("PUT", f"/messages/v4/groups/{quote(batch.remote_id, safe='')}/messages", body=payload)
        codes = Counter(
            str(result.get("statusCode", "")) for result in _list(body, "resultList") if isinstance(result, Mapping)
        )
        accepted_count = codes.pop(SUCCESS_CODE, 0)
        return FillResult(
            accepted_count, dict(codes), "; ".join(REFUSAL_REASONS[code] for code in codes if code in REFUSAL_REASONS)
        )

    def release(self, batch: Batch) -> Batch:
        body = self._ask("POST", f"/messages/v4/groups/{quote(batch.remote_id, safe='')}/send", releases=True)
        if body.get("groupId") != batch.remote_id or body.get("status") not in RELEASED_STATUSES:
            raise GatewayRefused(Unconfirmed(f"{SOLAPI} answered without saying whether the messages went out."))
        return _batch(body)

    def _message_body(self, message: Message) -> dict[str, Any]:
        # No text message (SMS) in its place where a recipient can't get it: nobody asked for that, and it costs more.
        options: dict[str, Any] = {"pfId": self._channel, "disableSms": True}
        if message.template:
            options |= {"templateId": message.template, "variables": dict(message.variables)}
            return {"type": "ATA", "kakaoOptions": options}
        buttons = [
            {"linkType": "WL", "name": button.label, "linkMobile": button.url, "linkPc": button.url}
            for button in message.buttons
        ]
        # I: of these numbers those who follow the channel. M and N need a permission of Kakao's and 50,000 followers.
        options["bms"] = {"targeting": "I", "chatBubbleType": "TEXT", "buttons": buttons}
        return {"type": "BMS_FREE", "text": message.text, "kakaoOptions": options}

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        releases: bool = False,
    ) -> Mapping[str, Any]:
        """Ask once; `releases` says that a lost answer may mean that something went out. Raises GatewayRefused."""
        try:
            response = self._client.request(
                method,
                f"{self._root}{path}",
                params=query,
                json=body,
                headers={"Authorization": authorization(self._key, self._secret)},
            )
        except http.NEVER_SENT:
            raise GatewayRefused(unreachable(SOLAPI)) from None
        except httpx.RequestError:
            raise GatewayRefused(lost_answer(SOLAPI) if releases else _not_sent()) from None
        body_object = json_object(response)
        if not response.is_success:
            raise GatewayRefused(self._refusal(response, body_object, releases=releases))
        return body_object

    def _refusal(self, response: httpx.Response, body: Mapping[str, Any], *, releases: bool) -> Outcome:
        code = str(body.get("errorCode") or response.status_code)
        reason = excerpt(str(body.get("errorMessage") or ""), (self._key, self._secret))
        raw = {"status": response.status_code, "code": code, "message": reason}
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return Deferred(
                f"{SOLAPI} takes no more requests for now.",
                retry_after(response.headers, utc_now(), otherwise=PAUSE),
                code,
                whole_account=True,
                raw=raw,
            )
        if status >= 500 or response.is_redirect:
            return unclear(SOLAPI, status) if releases else _not_sent(raw)
        if status in (401, 403) and code in ("RequestTimeTooSkewed", "DuplicatedSignature"):
            return Deferred(f"{SOLAPI} finds that this machine’s clock is wrong: set it.", code=code, raw=raw)
        if status in (401, 403):
            sent_batches = (
                "no longer accepts this account’s keys" if code in WRONG_KEY else f"does not let this account: {reason}"
            )
            return Reconnect(f"{SOLAPI} {sent_batches}: connect it again.", code, raw=raw)
        if status == httpx.codes.PAYMENT_REQUIRED:
            return Rejected(f"The balance at {SOLAPI} is too low: top it up, then send again.", code, "settings", raw)
        return Rejected(f"{SOLAPI} refused the messages: {reason or code}", code, raw=raw)


def authorization(key: str, secret: str) -> str:
    """Return a fresh header; a signature holds once and within a quarter of an hour, so it is always of this moment."""
    date, salt = utc_now().isoformat(timespec="seconds"), secrets.token_hex(16)
    signature = hmac.new(secret.encode(), f"{date}{salt}".encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


def _not_sent(raw: Mapping[str, Any] | None = None) -> Deferred:
    return Deferred(f"{SOLAPI} did not prepare the messages; none went out.", raw=raw or {})


def _batch(group: Mapping[str, Any]) -> Batch:
    number = group.get("groupId")
    if not isinstance(number, str) or not number:
        raise GatewayRefused(_not_sent())
    counts = dict(mapping(group.get("count")))
    total = counts.get("total", 0)
    return Batch(
        remote_id=number,
        released=group.get("status") in RELEASED_STATUSES,
        size=total if isinstance(total, int) else 0,
        at=moment(group.get("dateSent") or group.get("dateUpdated") or group.get("dateCreated")),
        url=LOG,
        raw={"status": group.get("status"), "count": counts},
    )


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []
