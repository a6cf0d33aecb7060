"""What LinkedIn's errors mean for a post: judged by status, `code` and `serviceErrorCode`, never by the message.

Sources: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling and …/rate-limits,
/linkedin/marketing/community-management/shares/posts-api (error table). `DUPLICATE_POST` stands in no table; it comes
with a 422 as `errorDetails.inputErrors[].code` (https://github.com/Arisamiga/Linkedin-RSS/issues/5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from distributor.channels.response_bodies import json_object, mapping
from distributor.channels.responses import excerpt, unclear
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected

DUPLICATE = "DUPLICATE_POST"
VERSION_GONE = frozenset({"NONEXISTENT_VERSION", "VERSION_MISSING"})
UPGRADE_REQUIRED = 426  # the status of a version that ended
TOKEN_EXPIRED = frozenset({"EXPIRED_ACCESS_TOKEN", "65602"})
TOO_LONG = "FIELD_LENGTH_TOO_LONG"
# The picture was uploaded and LinkedIn is not done with it: the post was not made.
PICTURE_NOT_READY = frozenset({"MEDIA_ASSET_WAITING_UPLOAD", "MEDIA_ASSET_PROCESSING"})
LONGEST_WAIT = 7 * 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error body. `codes` are all that it names, the most telling first; `message` holds no secret."""

    status: int
    codes: tuple[str, ...]
    message: str

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else str(self.status)

    @property
    def raw(self) -> dict[str, Any]:
        return {"status": self.status, "codes": list(self.codes), "message": self.message}


def read(response: httpx.Response, secrets: Iterable[str]) -> Refusal:
    """Read an error body, whatever came."""
    body = json_object(response)
    inputs = mapping(body.get("errorDetails")).get("inputErrors")
    inputs = inputs if isinstance(inputs, Sequence) and not isinstance(inputs, str) else ()
    input_codes = [*(item.get("code") for item in inputs if isinstance(item, Mapping)), body.get("code")]
    input_codes.append(body.get("serviceErrorCode"))
    codes = tuple(dict.fromkeys(str(code) for code in input_codes if isinstance(code, str | int) and code))
    return Refusal(response.status_code, codes, excerpt(str(body.get("message") or ""), secrets))


def outcome(response: httpx.Response, refusal: Refusal, now: datetime, *, renewable: bool) -> Outcome:
    """Say what an error means for a post. A duplicate is none of this one's: it has to be looked up first.

    `renewable`: the account has a refresh token.
    """
    codes, code, raw = set(refusal.codes), refusal.code, refusal.raw
    if is_version_gone(refusal):
        version_ended = "LinkedIn no longer speaks the version of its API that this account names"
        return Reconnect(f"{version_ended}: put a newer one into the settings and connect it again.", code, raw=raw)
    if refusal.status == httpx.codes.UNAUTHORIZED:
        if codes & TOKEN_EXPIRED:
            version_ended = "This account’s LinkedIn token has expired"
            return Reconnect(f"{version_ended}: connect it again.", code, expired=renewable, raw=raw)
        return Reconnect("LinkedIn no longer accepts this account’s token: connect it again.", code, raw=raw)
    if refusal.status == httpx.codes.FORBIDDEN:
        return Reconnect(f"LinkedIn does not let this account post: {refusal.message or code}", code, raw=raw)
    if refusal.status == httpx.codes.TOO_MANY_REQUESTS:
        reason = "LinkedIn takes no more posts of this account today."
        return Deferred(reason, retry_at(response, now), code, whole_account=True, raw=raw)
    if codes & PICTURE_NOT_READY:
        return Deferred("LinkedIn is not done with the picture; nothing was posted.", code=code, raw=raw)
    if TOO_LONG in codes:
        return Rejected(f"LinkedIn refused the post as too long: {refusal.message}", code, "shorten", raw)
    if response.is_client_error:
        return Rejected(f"LinkedIn refused the post: {refusal.message or code}", code, raw=raw)
    return replace(unclear("LinkedIn", response.status_code), raw=raw)


def is_version_gone(refusal: Refusal) -> bool:
    """Whether the version of the API that was asked for has ended."""
    return bool(VERSION_GONE & set(refusal.codes)) or refusal.status == UPGRADE_REQUIRED


def retry_at(response: httpx.Response, now: datetime) -> datetime:
    """Return when to come back: what the answer says, else the midnight (UTC) at which LinkedIn's days end."""
    seconds = response.headers.get("retry-after", "")
    wait = int(seconds) if re.fullmatch(r"[0-9]{1,9}", seconds) else 0
    if 0 < wait <= LONGEST_WAIT:
        return now + timedelta(seconds=wait)
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), UTC)
