"""The calls that a post needs, as plain XRPC over the guarded client, and what their errors mean.

Why not the SDK (`atproto`): it takes a lost answer, a refused connection and a 502 for the same error, so that nobody
could tell what may be sent again; it also brings its own client, outside of the guard. What is needed is a few calls.

Sources: https://atproto.com/specs/xrpc, the lexicons com.atproto.{server,repo,identity}, and
https://docs.bsky.app/docs/advanced-guides/rate-limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from distributor.channels.calls import CallFailure, Refused, ask, failure_outcome
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import excerpt, unclear
from distributor.domain.outcomes import Allowance, Deferred, Outcome, Reconnect, Rejected, Unconfirmed

NETWORK = "Bluesky"
POSTS = "app.bsky.feed.post"
PAUSE = timedelta(minutes=5)  # the shortest of Bluesky’s windows, where an answer names no time

TOKEN_OVER = frozenset({"ExpiredToken", "InvalidToken"})  # a fresh one may do
BLOB_GONE = "BlobNotFound"
NOT_THERE = "RecordNotFound"
SWAP = "InvalidSwap"


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that is there: where, and which content (a strong reference)."""

    uri: str
    cid: str

    def to_json(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


@dataclass
class Service:
    """One PDS (or what stands before several), asked with one account's token. Every call raises CallFailure.

    `allowance` is what the last answer said is left, in points, and until when.
    """

    client: httpx.Client
    root: str
    token: str = field(default="", repr=False)
    secrets: Iterable[str] = field(default=(), repr=False)
    allowance: tuple[int, datetime] | None = None

    def get(self, method: str, **params: str) -> Mapping[str, Any]:
        return self._ask("GET", method, params=params)

    def post(self, method: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return self._ask("POST", method, json=body) if body is not None else self._ask("POST", method)

    def upload(self, content: bytes, type_: str) -> Mapping[str, Any]:
        """Return the blob reference of an uploaded file; the same bytes give the same one again."""
        response = self._ask("POST", "com.atproto.repo.uploadBlob", content=content, headers={"Content-Type": type_})
        blob = response.get("blob")
        if not isinstance(blob, Mapping):
            raise Refused(200, message="no blob")
        return blob

    def put(self, repo: str, key: str, record: Mapping[str, Any]) -> Ref:
        """Make the record of this key; where it is there already, leave it as it is and return it."""
        body = {"repo": repo, "collection": POSTS, "rkey": key, "record": record, "swapRecord": None}
        try:
            return _ref(self.post("com.atproto.repo.putRecord", body))
        except Refused as error:
            existing_record = self.find(repo, key) if error.error == SWAP else None
            if existing_record is None:
                raise
            return existing_record

    def find(self, repo: str, key: str) -> Ref | None:
        """Return the record of this key, None where there is none."""
        try:
            return _ref(self.get("com.atproto.repo.getRecord", repo=repo, collection=POSTS, rkey=key))
        except Refused as error:
            if error.error == NOT_THERE:
                return None
            raise

    def delete(self, repo: str, key: str) -> None:
        """Delete the record of this key; one that is not there is no error."""
        self.post("com.atproto.repo.deleteRecord", {"repo": repo, "collection": POSTS, "rkey": key})

    def _ask(self, verb: str, method: str, **request: Any) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= request.pop("headers", {})
        response = ask(self.client, verb, f"{self.root}/xrpc/{method}", headers=headers, **request)
        self.allowance = _rate_limit(response) or self.allowance
        body = json_object(response)
        if response.is_success and (body or response.text.strip() == "{}"):
            return body
        secrets = (self.token, *self.secrets)
        error, message = (excerpt(str(body.get(name) or ""), secrets) for name in ("error", "message"))
        raise Refused(response.status_code, error, message, _reset(response))


def outcome(failure: CallFailure, now: datetime) -> Outcome:
    """Say what a failed call means for the post."""
    if not isinstance(failure, Refused):
        return failure_outcome(failure, NETWORK)
    code, raw = failure.code, failure.raw
    if failure.status == httpx.codes.TOO_MANY_REQUESTS:
        retry_at = max(failure.retry_at or now + PAUSE, now + timedelta(seconds=1))
        reason = "Bluesky takes no more from this account for now."
        return Deferred(reason, retry_at=retry_at, code=code, whole_account=True, raw=raw)
    if failure.error in TOKEN_OVER:
        return Reconnect("The session with Bluesky is over: it has to log in again.", code=code, expired=True, raw=raw)
    if failure.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        cause = failure.message or code
        return Reconnect(f"Bluesky does not let this account in ({cause}): connect it again.", code=code, raw=raw)
    if failure.error == BLOB_GONE:
        return Deferred("Bluesky has lost the picture, which is uploaded anew.", code=code, raw=raw)
    if httpx.codes.is_client_error(failure.status):
        return Rejected(f"Bluesky refused the post: {failure.message or code}", code=code, raw=raw)
    unknown = unclear(NETWORK, failure.status)
    return Unconfirmed(unknown.reason, raw=raw)


def allowance(service: Service, points: int) -> Allowance | None:
    """Return how many posts of so many points the account may still make by the last answer.

    Bluesky names the limit that is nearest, which may be that of all requests from one address: each post takes at
    least one request, so this is never too much.
    """
    if service.allowance is None:
        return None
    calls_left, until = service.allowance
    return Allowance(calls_left // points, until)


def _ref(body: Mapping[str, Any]) -> Ref:
    uri, cid = body.get("uri"), body.get("cid")
    if not (isinstance(uri, str) and isinstance(cid, str) and uri.startswith("at://") and cid):
        raise Refused(200, message="no record")
    return Ref(uri, cid)


def _rate_limit(response: httpx.Response) -> tuple[int, datetime] | None:
    calls_left, until = response.headers.get("ratelimit-remaining", ""), _reset(response)
    return (int(calls_left), until) if calls_left.isascii() and calls_left.isdigit() and until else None


def _reset(response: httpx.Response) -> datetime | None:
    """Return when the limit begins anew that the answer names."""
    value = response.headers.get("ratelimit-reset", "")
    if not (value.isascii() and value.isdigit() and len(value) < 12):
        return None
    return datetime.fromtimestamp(int(value), UTC)
