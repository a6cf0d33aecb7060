"""What Kakao's error codes mean.

Sources: https://developers.kakao.com/docs/latest/en/rest-api/error-code and …/kakaotalk-message/trouble-shooting
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import httpx

from distributor.channels.kakao.api import KakaoResponse
from distributor.channels.responses import unclear
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected, Unconfirmed

SEOUL = timezone(timedelta(hours=9))  # no daylight saving; Kakao's days end at its midnight

TOKEN = frozenset({-401})
SCOPE = frozenset({-402})
PERMISSION = frozenset({-3, -4, -5, -12, -903})  # feature off, account or app blocked, permission not granted
QUOTA = frozenset({-10})
SENDER_QUOTA = frozenset({-532})
RECIPIENT_QUOTA = frozenset({-533, -536})  # of the recipient, and of this sender and recipient together
DAILY_QUOTA = SENDER_QUOTA | RECIPIENT_QUOTA
RECIPIENT = frozenset({-501, -502, -530})  # not on KakaoTalk, no friend, takes no messages
MAINTENANCE = frozenset({-7, -9798})
# “An error occurred while the server was processing”: it may have been sent all the same.
UNCLEAR = frozenset({-1, -603})
QUOTA_PAUSE = timedelta(hours=1)


def judge(response: KakaoResponse, now: datetime, *, renewable: bool) -> Outcome:
    """Return what an answer without success means. `renewable`: a fresh token can be had without a person."""
    if response.code is None:
        return _without_code(response, now)
    code, code_text, raw = response.code, str(response.code), response.raw
    if code in TOKEN:
        if renewable:
            return Reconnect("The Kakao account’s token has expired.", code=code_text, expired=True, raw=raw)
        return Reconnect("Kakao no longer accepts this account’s token: connect it again.", code=code_text, raw=raw)
    if code in SCOPE:
        reason = (
            "This account has not allowed the newsroom’s Kakao app to do that: connect it again and agree to all items."
        )
        return Reconnect(reason, code=code_text, raw=raw)
    if code in PERMISSION:
        reason = response.message or code_text
        return Reconnect(f"Kakao does not let this account or app send messages: {reason}", code=code_text, raw=raw)
    if code in QUOTA:
        reason = "Kakao’s quota for the newsroom’s app is used up for now."
        return Deferred(reason, now + QUOTA_PAUSE, code_text, whole_account=True, raw=raw)
    if code in DAILY_QUOTA:
        reason = "Kakao’s quota for today is used up."
        return Deferred(reason, next_day_in_seoul(now), code_text, whole_account=code in SENDER_QUOTA, raw=raw)
    if code in MAINTENANCE:
        return Deferred("Kakao is under maintenance.", code=code_text, raw=raw)
    if code in UNCLEAR:
        return Unconfirmed(f"Kakao had an error of its own ({code_text}), which does not say what became of it.", raw)
    return Rejected(f"Kakao refused the message: {response.message or code_text}", code=code_text, raw=raw)


def _without_code(response: KakaoResponse, now: datetime) -> Outcome:
    if response.status == httpx.codes.TOO_MANY_REQUESTS:
        reason = "Kakao takes no more requests for now."
        return Deferred(reason, now + QUOTA_PAUSE, "429", whole_account=True, raw=response.raw)
    if 400 <= response.status < 500:
        return Rejected(f"Kakao refused the message ({response.status}).", code=str(response.status), raw=response.raw)
    return unclear("Kakao", response.status)


def next_day_in_seoul(now: datetime) -> datetime:
    """Return the beginning of the next day in Seoul (aware, in `now`'s zone), when daily quotas begin anew."""
    tomorrow = now.astimezone(SEOUL).date() + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), SEOUL).astimezone(now.tzinfo)
