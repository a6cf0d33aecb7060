"""A Mastodon server's REST API over the guarded client, and what its errors mean.

Why not Mastodon.py: it brings a `requests` session of its own, which knows no guard against private addresses although
an editor names the server; it takes a token that is a file's name for that file; and a connection that was refused and
an answer that was lost are the same error to it. What is needed is a few calls.

Sources: https://docs.joinmastodon.org/methods/ (statuses, media, accounts), /api/rate-limits/, and for errors
https://github.com/mastodon/mastodon, app/controllers/api/base_controller.rb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from distributor.channels.calls import CallFailure, Refused, ask, failure_outcome
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import excerpt, unclear
from distributor.domain.outcomes import Allowance, Deferred, Outcome, Reconnect, Rejected, Unconfirmed

NETWORK = "Mastodon"
PAUSE = timedelta(minutes=5)  # the shortest of Mastodon’s windows, where an answer names no time


@dataclass
class Server:
    """One server, asked with one account's token. Every call raises CallFailure.

    `allowance` is what the last answer said is left.
    """

    client: httpx.Client
    root: str
    token: str = field(default="", repr=False)
    allowance: Allowance | None = None

    def get(self, path: str, **params: str) -> httpx.Response:
        return self._ask("GET", path, params=params)

    def post(self, path: str, **request: Any) -> httpx.Response:
        return self._ask("POST", path, **request)

    def delete(self, path: str) -> httpx.Response:
        return self._ask("DELETE", path)

    def _ask(self, verb: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= request.pop("headers", {})
        response = ask(self.client, verb, f"{self.root}{path}", headers=headers, **request)
        self.allowance = _allowance(response) or self.allowance
        if response.is_success:
            return response
        message = excerpt(str(json_object(response).get("error") or ""), (self.token,))
        raise Refused(response.status_code, message=message, retry_at=_reset(response))


def outcome(failure: CallFailure, now: datetime) -> Outcome:
    """Say what a failed call means for the post. Mastodon's errors have no words of their own: the status says it."""
    if not isinstance(failure, Refused):
        return failure_outcome(failure, NETWORK)
    code, raw, status = failure.code, failure.raw, failure.status
    if status == httpx.codes.TOO_MANY_REQUESTS:
        retry_at = max(failure.retry_at or now + PAUSE, now + timedelta(seconds=1))
        reason = "The Mastodon server takes no more from this account for now."
        return Deferred(reason, retry_at=retry_at, code=code, whole_account=True, raw=raw)
    if status == httpx.codes.UNAUTHORIZED:
        reason = "The Mastodon server no longer accepts this account’s token: connect it again."
        return Reconnect(reason, code=code, raw=raw)
    if status == httpx.codes.FORBIDDEN:
        cause = failure.message or code
        return Reconnect(f"The Mastodon server does not let this account post: {cause}", code=code, raw=raw)
    if httpx.codes.is_client_error(status):
        return Rejected(f"The Mastodon server refused the post: {failure.message or code}", code=code, raw=raw)
    return Unconfirmed(unclear("The Mastodon server", status).reason, raw=raw)


def _allowance(response: httpx.Response) -> Allowance | None:
    calls_left, until = response.headers.get("x-ratelimit-remaining", ""), _reset(response)
    return Allowance(int(calls_left), until) if calls_left.isascii() and calls_left.isdigit() and until else None


def _reset(response: httpx.Response) -> datetime | None:
    """Return when the limit begins anew: a time (Mastodon), or seconds since 1970 (others)."""
    value = response.headers.get("x-ratelimit-reset", "")
    try:
        if value.isascii() and value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else None


def the_id(body: Mapping[str, Any]) -> str:
    """Return the number of what an answer describes, "" where it has none; servers differ in what it looks like."""
    number = body.get("id")
    return str(number) if isinstance(number, str | int) and not isinstance(number, bool) else ""
