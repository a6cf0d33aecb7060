"""What Meta's two Graph APIs (Facebook's and Threads') have in common: errors and usage headers.

Sources: https://developers.facebook.com/docs/graph-api/guides/error-handling/ and
/docs/graph-api/overview/rate-limiting/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from distributor.channels.response_bodies import json_object, mapping, whole
from distributor.channels.responses import excerpt, unclear
from distributor.domain.outcomes import Allowance, Deferred, Outcome, Reconnect, Rejected, Unconfirmed

USAGE_HIGH = 90  # percent of what the app may do; from 100 on calls fail
PAUSE = timedelta(minutes=15)  # limits are counted over a sliding hour; the answer names no time

TOKEN_CODES = frozenset({102, 104, 190})
PERMISSION_CODES = frozenset({3, 10, *range(200, 300)})
SLOW_DOWN_CODES = frozenset({4, 9, 17, 32, 341, 613, 1_390_008, *range(80_000, 80_015)})
HELD_BACK = 368
INVALID = 100
NOT_THERE = 33  # subcode of 100: “does not exist, cannot be loaded due to missing permissions, …”
# “Possibly a temporary issue due to downtime”. Posts have appeared, again and again, although the answer was this one
# (https://github.com/arsduo/koala/issues/699): so it is looked for, and never simply posted again.
UNKNOWN_CODES = frozenset({1, 2})

_WHY_TOKEN_ENDED = {
    458: "the app was removed from the account",
    459: "the account has to be unlocked by logging in there",
    460: "its password was changed",
    463: "the token has expired",
    464: "the account is not confirmed",
    467: "the token was revoked",
    492: "its user no longer has a role on the page",
}


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error body: `code` 0 where there was none. `message` is shortened and holds no secret."""

    status: int
    code: int
    subcode: int
    message: str
    trace: str = ""

    @property
    def code_text(self) -> str:
        """The code as outcomes name it."""
        return str(self.code or self.status)

    @property
    def raw(self) -> Mapping[str, Any]:
        """What is kept for support; the trace is what Meta asks for."""
        fields = {"code": self.code, "subcode": self.subcode, "message": self.message, "trace": self.trace}
        return {"status": self.status} | {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of its limits an app has used, in percent; `wait` is how long to wait, where the answer says so."""

    percent: int = 0
    wait: timedelta | None = field(default=None)

    def allowance(self, now: datetime) -> Allowance | None:
        """Return that nothing is left for a while where it is nearly used up, so that the account rests in time."""
        return Allowance(0, now + (self.wait or PAUSE)) if self.percent > USAGE_HIGH else None


def read_error(response: httpx.Response, secrets: Iterable[str]) -> GraphError:
    """Read an error body, whatever came."""
    error = json_object(response).get("error")
    if not isinstance(error, Mapping):
        return GraphError(response.status_code, 0, 0, "")
    secrets = tuple(secrets)
    text = error.get("error_user_msg") or error.get("message") or ""
    return GraphError(
        response.status_code,
        whole(error.get("code")),
        whole(error.get("error_subcode")),
        excerpt(str(text), secrets),
        excerpt(str(error.get("fbtrace_id") or ""), secrets),
    )


def outcome(network: str, error: GraphError, response: httpx.Response, now: datetime) -> Outcome:
    """Say what an error means for a post, as far as both networks mean the same by it."""
    if error.code in TOKEN_CODES:
        cause = _WHY_TOKEN_ENDED.get(error.subcode)
        token_ended = f"{network} no longer accepts this account’s token"
        sentence = f"{token_ended}: {cause}. Connect it again." if cause else f"{token_ended}: connect it again."
        return Reconnect(sentence, code=error.code_text, raw=error.raw)
    if error.code in SLOW_DOWN_CODES or (not error.code and error.status == httpx.codes.TOO_MANY_REQUESTS):
        retry_at = now + (read_usage(response).wait or PAUSE)
        reason = f"{network} takes no more from this account for now; it goes on by itself."
        return Deferred(reason, retry_at=retry_at, code=error.code_text, whole_account=True, raw=error.raw)
    if error.code in UNKNOWN_CODES:
        network_error = (
            f"{network} had an error of its own ({error.code_text}), which does not say what became of the post."
        )
        return Unconfirmed(network_error, raw=error.raw)
    if not response.is_client_error:  # also with a code of a permission: such posts have appeared all the same
        return Unconfirmed(unclear(network, error.status).reason, raw=error.raw)
    if error.code in PERMISSION_CODES:
        cause = (error.message or error.code_text).rstrip(".")
        reason = f"{network} does not let this account post: {cause}. Connect it again."
        return Reconnect(reason, code=error.code_text, raw=error.raw)
    if error.code == INVALID and error.subcode == NOT_THERE:
        reason = f"{network} no longer shows this account to our app: connect it again."
        return Reconnect(reason, code=error.code_text, raw=error.raw)
    if error.code == HELD_BACK:
        reason = f"{network} holds this account back for its rules: see what it says there. {error.message}".strip()
        return Rejected(reason, code=error.code_text, remedy="settings", raw=error.raw)
    return Rejected(
        f"{network} refused the post: {error.message or error.code_text}", code=error.code_text, raw=error.raw
    )


def read_usage(response: httpx.Response) -> Usage:
    """Return the highest figures of `x-app-usage` and `x-business-use-case-usage`."""
    cases = _header(response, "x-business-use-case-usage")
    entries: list[Any] = [entry for listing in cases.values() if isinstance(listing, list) for entry in listing]
    figures = [entry for entry in (_header(response, "x-app-usage"), *entries) if isinstance(entry, Mapping)]
    shares = (figure.get(name) for figure in figures for name in ("call_count", "total_cputime", "total_time"))
    minutes = max((whole(figure.get("estimated_time_to_regain_access")) for figure in figures), default=0)
    return Usage(
        percent=max((int(share) for share in shares if isinstance(share, int | float)), default=0),
        wait=timedelta(minutes=minutes) if minutes > 0 else None,
    )


def read_id(response: httpx.Response, name: str = "id") -> str:
    """Return an id from an answer; "" when it has none."""
    value = json_object(response).get(name)
    return value if isinstance(value, str) else ""


def read_list(response: httpx.Response) -> tuple[list[Mapping[str, Any]], str] | None:
    """Return the entries of a page of a list, and the cursor after them, "" at the end; None when it is no list.

    The body's own `next` link is never used: Graph puts the token into it.
    """
    body = json_object(response)
    entries = body.get("data")
    if not response.is_success or not isinstance(entries, list):
        return None
    cursor = mapping(body.get("paging"))
    after = str(mapping(cursor.get("cursors")).get("after", "")) if "next" in cursor else ""
    return [entry for entry in entries if isinstance(entry, Mapping)], after


def read_time(value: object) -> datetime | None:
    """Return a time as both networks write it, such as 2026-11-25T09:30:00+0000."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None


def _header(response: httpx.Response, name: str) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(response.headers.get(name, "{}")))
    except ValueError:
        return {}
