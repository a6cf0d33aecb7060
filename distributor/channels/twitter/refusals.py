"""What X's errors mean for a post.

Sources: https://docs.x.com/x-api/fundamentals/response-codes-and-errors and /x-api/fundamentals/rate-limits; the
wording of refusals as users have reported it (v2 gives them no codes).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import requests
import tweepy

from distributor.channels.answers import lost, said, unclear, unreachable
from distributor.channels.twitter.client import never_sent
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected

DUPLICATE = "duplicate content"  # “You are not allowed to create a Tweet with duplicate content.”
PERMISSIONS = ("oauth1-permissions", "client-forbidden", "unsupported-authentication")
PAYMENT_REQUIRED = 402
SERVER_ERROR = 500


def outcome(error: Exception, secrets: Iterable[str]) -> Outcome:
    """Say what a failed call means. `error` is one of tweepy's or requests'."""
    if isinstance(error, tweepy.TooManyRequests):
        return Deferred("X takes no more posts for now.", retry_at=_reset(error.response.headers), code="429")
    if isinstance(error, tweepy.Unauthorized):
        return Reconnect("X no longer accepts this account’s token: connect it again.", code="401")
    if isinstance(error, tweepy.HTTPException):
        return _refused(error, secrets)
    if isinstance(error, requests.RequestException) and never_sent(error):
        return unreachable("X")
    return lost("X")


def is_duplicate(error: Exception) -> bool:
    """Whether X says that it has this text already."""
    return isinstance(error, tweepy.Forbidden) and DUPLICATE in _detail(error).lower()


def _refused(error: tweepy.HTTPException, secrets: Iterable[str]) -> Outcome:
    status = int(error.response.status_code)
    if status >= SERVER_ERROR:
        # 5xx comes from X's outer servers as well, when the inner ones were too slow to say that they had posted it.
        return unclear("X", status)
    detail = said(_detail(error), secrets)
    code = str(status)
    if any(kind in _problem_type(error) for kind in PERMISSIONS):
        return Reconnect(f"X does not let this account’s app post: {detail}", code=code)
    if status == PAYMENT_REQUIRED:
        return Rejected("The X app has used up its credits: add some, then send it again.", code=code)
    return Rejected(f"X refused the post: {detail or status}", code=code)


def _detail(error: tweepy.HTTPException) -> str:
    return " ".join(str(message) for message in error.api_messages)


def _problem_type(error: tweepy.HTTPException) -> str:
    try:
        body = error.response.json()
    except requests.JSONDecodeError:
        return ""
    return str(body.get("type", "")) if isinstance(body, Mapping) else ""


def _reset(headers: Mapping[str, Any]) -> datetime | None:
    """Return when the limit that was hit ends: the last one of those that have nothing left."""
    resets = [
        int(headers[f"{limit}-reset"])
        for limit in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
        if str(headers.get(f"{limit}-remaining", "0")) == "0" and str(headers.get(f"{limit}-reset", "")).isdigit()
    ]
    return datetime.fromtimestamp(max(resets), UTC) if resets else None
