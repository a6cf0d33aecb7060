"""What X's errors mean for a post: judged by status and problem type, since v2 has no codes.

Sources: https://docs.x.com/x-api/fundamentals/response-codes-and-errors and /x-api/fundamentals/rate-limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from distributor.channels.base import Credentials
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import excerpt, lost_answer, unclear, unreachable
from distributor.channels.twitter.client import never_sent
from distributor.domain.outcomes import Allowance, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    import requests
    import tweepy
else:
    requests, tweepy = LazyModule("requests"), LazyModule("tweepy")

DUPLICATE = "duplicate content"  # “You are not allowed to create a Tweet with duplicate content.”: it has no code
PERMISSIONS = frozenset({"oauth1-permissions", "client-forbidden", "unsupported-authentication"})
USED_UP = "usage-capped"  # comes as a 429, though no short wait ends it where the period is a month
UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN, NOT_FOUND, TOO_MANY, SERVER_ERROR = 401, 402, 403, 404, 429, 500

# A user's 15 minutes, a user's day, and the day of the whole app.
_LIMITS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


@cache
def failures() -> tuple[type[Exception], ...]:
    """Return what the client's calls raise.

    tweepy reads errors without looking at their shape, so an odd body surfaces as one of the last two.
    """
    return (tweepy.TweepyException, requests.RequestException, AttributeError, TypeError)


def outcome(error: Exception, credentials: Credentials) -> Outcome:
    """Say what a failed call means for a post. `error` is one of `failures`."""
    if isinstance(error, tweepy.HTTPException):
        return _refusal(error, credentials)
    if isinstance(error, requests.RequestException) and never_sent(error):
        return unreachable("X")
    return lost_answer("X")


def status(error: Exception) -> int:
    """Return the HTTP status of a refusal; 0 where there was no answer."""
    return int(error.response.status_code) if isinstance(error, tweepy.HTTPException) else 0


def is_duplicate(error: Exception) -> bool:
    """Whether X says that it has this text already."""
    return status(error) == FORBIDDEN and DUPLICATE in _detail(error).lower()


def raw(error: Exception, credentials: Credentials) -> dict[str, Any]:
    """Return X's answer as it may be kept: status, type, title and message, without secrets."""
    if not isinstance(error, tweepy.HTTPException):
        return {}
    body, secrets = json_object(error.response), tuple(credentials.values.values())
    texts = {
        name: excerpt(str(body[name]), secrets) for name in ("type", "title", "reason", "period") if body.get(name)
    }
    return {"status": status(error), **texts, "message": excerpt(_detail(error), secrets)}


def allowance(headers: Mapping[str, Any]) -> Allowance | None:
    """Return how many posts are left by the limit that is nearest to its end."""
    limits = [
        Allowance(int(calls_left), _time(headers[f"{limit}-reset"]))
        for limit in _LIMITS
        if (calls_left := str(headers.get(f"{limit}-remaining", ""))).isdecimal()
        and _is_time(headers.get(f"{limit}-reset"))
    ]
    return min(limits, key=lambda limit: (limit.calls, -limit.ends_at.timestamp()), default=None)


def _refusal(error: tweepy.HTTPException, credentials: Credentials) -> Outcome:
    code, raw_error = str(status(error)), raw(error, credentials)
    detail = raw_error["message"]
    kind = _problem(error)
    if status(error) >= SERVER_ERROR:
        # 5xx comes from X's outer servers as well, when the inner ones were too slow to say that they had posted it.
        return Unconfirmed(unclear("X", status(error)).reason, raw=raw_error)
    if status(error) == UNAUTHORIZED:
        expired = bool(credentials.values.get("refresh_token"))
        return Reconnect(
            "X no longer accepts this account’s token: connect it again.", code, expired=expired, raw=raw_error
        )
    if kind in PERMISSIONS:
        todo = "Give the app “Read and write” permission at X, then connect the account again."
        return Reconnect(f"X does not let this account’s app post: {_sentence(detail)} {todo}", code, raw=raw_error)
    if status(error) == PAYMENT_REQUIRED:
        reason = "The X app has used up its credits: add some at console.x.com, then send it again."
        return Rejected(reason, code, "settings", raw_error)
    if status(error) == TOO_MANY:
        return _too_many(error, kind, raw_error)
    todo = "Change the post, or look on X whether the account is restricted, then send it again."
    return Rejected(f"X refused the post: {_sentence(detail or code)} {todo}", code, "change", raw_error)


def _too_many(error: tweepy.HTTPException, kind: str, raw_error: dict[str, Any]) -> Outcome:
    if kind == USED_UP and str(raw_error.get("period", "")).lower() == "monthly":
        reason = "The X app has used up its month: raise its limit at console.x.com, then send it again."
        return Rejected(reason, "429", "settings", raw_error)
    retry_at = _reset(error.response.headers)
    return Deferred(
        "X takes no more posts for now: it goes out later by itself.",
        retry_at,
        "429",
        whole_account=True,
        raw=raw_error,
    )


def _detail(error: Exception) -> str:
    return " ".join(str(message) for message in getattr(error, "api_messages", ()))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _problem(error: tweepy.HTTPException) -> str:
    """Return the last word of the problem's type, which is a URL."""
    return str(json_object(error.response).get("type", "")).rpartition("/")[2]


def _reset(headers: Mapping[str, Any]) -> datetime | None:
    """Return when the limit that was hit ends: the last one of those that have nothing left."""
    resets = [
        _time(headers[f"{limit}-reset"])
        for limit in _LIMITS
        if str(headers.get(f"{limit}-remaining", "0")) == "0" and _is_time(headers.get(f"{limit}-reset"))
    ]
    return max(resets, default=None)


def _is_time(value: object) -> bool:
    """Whether a header is a Unix time before the year 5000."""
    return str(value).isdecimal() and str(value).isascii() and len(str(value)) <= 10


def _time(value: object) -> datetime:
    return datetime.fromtimestamp(int(str(value)), UTC)
