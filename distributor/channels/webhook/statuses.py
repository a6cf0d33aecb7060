"""What a receiver's answer means: the standard's “Delivery success and failure”, in outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from distributor.channels.base import REPEAT_POSSIBLE
from distributor.channels.responses import excerpt, retry_after
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.retries import DELAYS, POST_PATIENCE

# A lost answer after this has no further try before patience ends: then a person looks, instead of “given up”.
REPEAT_SPAN = POST_PATIENCE - DELAYS[-1]
PAUSE = timedelta(minutes=5)  # where a receiver asks to wait and does not say how long
_URL_LENGTH = 2000
# RFC 9110 §15.5.9, RFC 8470 §5.2: the request was not carried out, and may be sent again as it is.
_NOT_CARRIED_OUT = frozenset({408, 425})


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """What it means that nobody knows what became of a call: with `repeat` it is made again, with the same id."""

    repeat: bool

    def outcome(self, reason: str, raw: dict[str, Any] | None = None) -> Outcome:
        if self.repeat:
            again = f"{reason} It is called again with the same webhook-id."
            return Deferred(again, code=REPEAT_POSSIBLE, raw=raw or {})
        return Unconfirmed(reason, raw=raw or {})


def outcome(
    response: httpx.Response, body: bytes, *, key: str, now: datetime, lost_response: LostAnswer, secrets: Iterable[str]
) -> Outcome:
    """Say what an answer means for the call. `body` is the beginning of it; `key` the webhook-id."""
    status = response.status_code
    words = excerpt(body.decode("utf-8", "replace"), secrets)
    raw: dict[str, Any] = {"status": status, "said": words}
    if response.is_success:
        return Accepted(Receipt(remote_id=key, url=_url(body), at=now, raw={"status": status}))
    if response.is_redirect:
        reason = f"The receiver’s address leads on to another one ({status}): connect the account with that one."
        return Rejected(reason, code=str(status), remedy="settings", raw=raw)
    if status == httpx.codes.UNAUTHORIZED:
        reason = "The receiver does not accept the signature or the further header: connect the account again."
        return Reconnect(reason, code=str(status), raw=raw)
    if status == httpx.codes.GONE:
        reason = "The receiver says that it takes no more calls, for good: connect another one, or leave it out."
        return Reconnect(reason, code=str(status), raw=raw)
    wait = _wait(response, now, raw)
    if wait is not None:
        return wait
    if status < 500:
        reason = f"The receiver refused the call ({status}): {words}" if words else f"The receiver answered {status}."
        return Rejected(reason, code=str(status), raw=raw)
    return lost_response.outcome(
        f"The receiver had an error of its own ({status}), which does not say what became of the call.", raw
    )


def _wait(response: httpx.Response, now: datetime, raw: dict[str, Any]) -> Deferred | None:
    status, code = response.status_code, str(response.status_code)
    asks = "retry-after" in response.headers
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and asks):
        at = retry_after(response.headers, now, otherwise=PAUSE)
        return Deferred("The receiver takes no calls for now.", retry_at=at, code=code, whole_account=True, raw=raw)
    if status in _NOT_CARRIED_OUT:
        return Deferred("The receiver did not take the call.", code=code, raw=raw)
    return None


def _url(body: bytes) -> str:
    """Return the `url` of an answer in JSON, "" where it has none that a browser may open."""
    try:
        url = json.loads(body).get("url")
        parts = urlsplit(url) if isinstance(url, str) and len(url) <= _URL_LENGTH else None
    except (ValueError, AttributeError, RecursionError):
        return ""
    return str(url) if parts and parts.scheme in ("http", "https") and parts.netloc else ""
