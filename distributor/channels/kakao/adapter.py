"""The KakaoTalk channel: one message card to the connected account's own chat room (“send to me”).

Source: https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import httpx

from distributor.channels import http
from distributor.channels.answers import is_token, lost, said, unclear, unreachable
from distributor.channels.base import Credentials, Field, Intent
from distributor.channels.kakao import compose as composing
from distributor.channels.kakao.capabilities import CAPABILITIES
from distributor.channels.network import NetworkChannel
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import (
    Accepted,
    Deferred,
    Outcome,
    Receipt,
    Reconnect,
    Rejected,
    Unconfirmed,
)
from distributor.domain.variants import Variant

ROOT = "https://kapi.kakao.com"
PATH = "/v2/api/talk/memo/default/send"
SEOUL = timezone(timedelta(hours=9))  # no daylight saving; Kakao's days end at its midnight

# https://developers.kakao.com/docs/latest/en/rest-api/error-code and …/kakaotalk-message/trouble-shooting
TOKEN = frozenset({-401})
PERMISSION = frozenset({-3, -4, -5, -12, -402, -903})  # scope not agreed to, feature off, account or app blocked
QUOTA = frozenset({-10})
DAILY_QUOTA = frozenset({-532, -533, -536})
MAINTENANCE = frozenset({-7, -9798})
# “An error occurred while the server was processing”: it may have been sent all the same.
UNCLEAR = frozenset({-1, -603})
QUOTA_PAUSE = timedelta(hours=1)

FIELDS = (
    Field(
        "access_token",
        "Access token",
        help="A user access token of your Kakao app with the consent item talk_message.",
        secret=True,
    ),
)


class KakaoChannel(NetworkChannel):
    """KakaoTalk. What was sent can’t be listed, so what is unclear stays for a person."""

    name = "kakao"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[Field, ...] = FIELDS
    compose = staticmethod(composing.compose)
    check = staticmethod(composing.check)

    def send(self, account: Credentials, variant: Variant, intent: Intent) -> Outcome:  # noqa: ARG002 # no idempotency
        token = account.values.get("access_token", "")
        template = variant.data.get("template_object")
        if not is_token(token):
            return Reconnect("The Kakao account has no usable token: connect it again.")
        if not template:
            return Rejected("There is nothing to send: the variant holds no Kakao template.")
        try:
            with self.client(account) as client:
                answer = client.post(
                    f"{account.endpoint or ROOT}{PATH}",
                    headers={"Authorization": f"Bearer {token}"},
                    data={"template_object": json.dumps(template, ensure_ascii=False)},
                )
        except http.NEVER_SENT:
            return unreachable("Kakao")
        except httpx.RequestError:
            return lost("Kakao")
        return self._outcome(answer, account)

    def _outcome(self, answer: httpx.Response, account: Credentials) -> Outcome:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            body = {}
        if answer.is_success:
            if body.get("result_code") == 0:
                # Kakao gives a message no id and no address.
                url = account.endpoint if account.practice else ""
                return Accepted(Receipt(remote_id="", url=url, at=self._clock(), raw={"result_code": 0}))
            return Unconfirmed("Kakao answered without saying whether the message was sent.")
        code = body.get("code")
        if not isinstance(code, int):
            return self._without_code(answer)
        return self._refused(code, said(str(body.get("msg", "")), account.values.values()))

    def _without_code(self, answer: httpx.Response) -> Outcome:
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return Deferred("Kakao takes no more requests for now.", retry_at=self._clock() + QUOTA_PAUSE, code="429")
        if answer.is_client_error:
            return Rejected(f"Kakao refused the message ({answer.status_code}).", code=str(answer.status_code))
        return unclear("Kakao", answer.status_code)

    def _refused(self, code: int, message: str) -> Outcome:
        shown = str(code)
        if code in TOKEN:
            return Reconnect("Kakao no longer accepts this account’s token: connect it again.", code=shown)
        if code in PERMISSION:
            return Reconnect(f"Kakao does not let this account send messages: {message}", code=shown)
        if code in QUOTA:
            retry_at = self._clock() + QUOTA_PAUSE
            return Deferred("Kakao’s quota is used up for now.", retry_at=retry_at, code=shown)
        if code in DAILY_QUOTA:
            retry_at = next_day_in_seoul(self._clock())
            return Deferred("Kakao’s quota for today is used up.", retry_at=retry_at, code=shown)
        if code in MAINTENANCE:
            return Deferred("Kakao is under maintenance.", code=shown)
        if code in UNCLEAR:
            return Unconfirmed(f"Kakao had an error of its own ({shown}), which does not say what became of it.")
        return Rejected(f"Kakao refused the message: {message or shown}", code=shown)


def next_day_in_seoul(now: datetime) -> datetime:
    """Return the beginning of the next day in Seoul (aware, UTC), when daily quotas begin anew."""
    tomorrow = now.astimezone(SEOUL).date() + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), SEOUL).astimezone(now.tzinfo)
