"""Bluesky's own service (a PDS), as far as posting goes: sessions, records, blobs, handles.

Sources: the lexicons com.atproto.{server,repo,identity} and app.bsky.feed.post, and how the reference PDS
(https://github.com/bluesky-social/atproto, packages/pds) answers: error words, statuses and headers were tried there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults
from distributor.practice.bluesky.names import HANDLE, cid_for, did_of, handle_of, jwt
from distributor.practice.bluesky.records import POSTS, Invalid, check_post, pictures_of
from distributor.practice.identities import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.oauth import Server
from distributor.practice.refusals import Refused
from distributor.practice.store import Store, now

CHANNEL = "bluesky"
TOKEN = "practice-bluesky-access-token"  # noqa: S105
PASSWORD = "practice-bluesky-app-password"  # noqa: S105
FRIEND = "kim.bsky.social"  # somebody to mention

ACCESS_LASTS, REFRESH_LASTS = timedelta(hours=2), timedelta(days=90)
LOGINS, LOGINS_WITHIN = 30, timedelta(minutes=5)
POINTS, POINTS_WITHIN, POINTS_A_POST = 5_000, timedelta(hours=1), 3
LARGEST_BLOB = 5 * 1024 * 1024


def _routes(store: Store) -> list[Route]:
    """Return the service's addresses."""
    pds = _Pds(store)
    return [
        Route("/xrpc/com.atproto.server.createSession", pds.create_session, methods=["POST"]),
        Route("/xrpc/com.atproto.server.refreshSession", pds.refresh_session, methods=["POST"]),
        Route("/xrpc/com.atproto.server.getSession", pds.get_session),
        Route("/xrpc/com.atproto.identity.resolveHandle", pds.resolve_handle),
        Route("/xrpc/com.atproto.repo.uploadBlob", pds.upload_blob, methods=["POST"]),
        Route("/xrpc/com.atproto.repo.putRecord", pds.put_record, methods=["POST"]),
        Route("/xrpc/com.atproto.repo.deleteRecord", pds.delete_record, methods=["POST"]),
        Route("/xrpc/com.atproto.repo.getRecord", pds.get_record),
        Route("/xrpc/{method}", pds.unknown, methods=["GET", "POST"]),
    ]


NETWORK = Network(
    CHANNEL,
    "Bluesky",
    ("post on Bluesky", "posts on Bluesky"),
    _routes,
    PracticeAccount(
        CHANNEL, "Practice Bluesky account", {"handle": HANDLE, "app_password": PASSWORD, "access_token": TOKEN}
    ),
)


class Refusal(Refused):
    """An XRPC error: a status, a word and a sentence."""

    def __init__(self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(JSONResponse({"error": error, "message": message}, status, headers=headers))


class _Pds:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens = Server(store, CHANNEL, "Bluesky", TOKEN, "", "")

    # Sessions

    async def create_session(self, request: Request) -> Response:
        body = await _json(request)
        name, password = str(body.get("identifier", "")), str(body.get("password", ""))
        seconds = LOGINS_WITHIN.total_seconds()
        logins = [
            at for at in (self._store.note(CHANNEL, f"logins:{name}") or {}).get("at", []) if at > time.time() - seconds
        ]
        if len(logins) >= LOGINS:
            headers = _limit(LOGINS, 0, logins[0] + seconds, int(seconds))
            return Refusal(429, "RateLimitExceeded", "Rate Limit Exceeded", headers).answer
        self._store.keep(CHANNEL, f"logins:{name}", {"at": [*logins, time.time()]})
        number = self._account_number(password)
        # A further account is known by its password alone, so that it needs no handle of its own.
        if number is None or name not in (HANDLE, handle_of(number), did_of(number)):
            return Refusal(401, "AuthenticationRequired", "Invalid identifier or password").answer
        return JSONResponse(self._session(number))

    async def refresh_session(self, request: Request) -> Response:
        token = _bearer(request)
        about = self._store.take(CHANNEL, f"refresh:{token}")  # the real one takes it for two hours more
        if about is None:
            kind = "ExpiredToken" if self._store.note(CHANNEL, f"spent:{token}") else "InvalidToken"
            return Refusal(400, kind, "Token has been revoked").answer
        self._store.keep(CHANNEL, f"spent:{token}", {"spent": True})
        return JSONResponse(self._session(about["account"]))

    async def get_session(self, request: Request) -> Response:
        try:
            number = self._account(request)
        except Refusal as refusal:
            return refusal.answer
        return JSONResponse({"did": did_of(number), "handle": handle_of(number), "active": True})

    def _session(self, number: str) -> dict[str, Any]:
        access, again = (
            jwt(did_of(number), scope, lasts)
            for scope, lasts in (("com.atproto.appPass", ACCESS_LASTS), ("com.atproto.refresh", REFRESH_LASTS))
        )
        for kind, token, lasts in (("access", access, ACCESS_LASTS), ("refresh", again, REFRESH_LASTS)):
            about = {"account": number, "scope": "", "ends_at": (now() + lasts).isoformat()}
            self._store.keep(CHANNEL, f"{kind}:{token}", about)
        session = {"accessJwt": access, "refreshJwt": again, "did": did_of(number), "handle": handle_of(number)}
        return session | {"active": True}

    def _account_number(self, password: str) -> str | None:
        number = password.removeprefix(PASSWORD).removeprefix("-")
        return number if password in (PASSWORD, f"{PASSWORD}-{number}") and (not number or number.isdigit()) else None

    def _account(self, request: Request) -> str:
        """Return whose token a request carries. Raises Refusal."""
        token = _bearer(request)
        if not token:
            raise Refusal(401, "AuthMissing", "Authentication Required")
        number = self._tokens.account(token)
        if number is None:
            ended_token = self._store.note(CHANNEL, f"access:{token}")
            raise _expired_token() if ended_token else Refusal(400, "InvalidToken", "Token could not be verified")
        return number

    # Records

    async def put_record(self, request: Request) -> Response:
        body = await _json(request)
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=_refuse, accept=lambda: self._put(request, body)
        )

    def _put(self, request: Request, body: Mapping[str, Any]) -> Response:
        did, key = self._record_of(request, body)
        record = body.get("record")
        uri = f"at://{did}/{POSTS}/{key}"
        current = self._store.post(CHANNEL, uri)
        used_points = POINTS_A_POST * self._store.count_posts(CHANNEL, account=did, within=POINTS_WITHIN)
        first = self._store.first_post_at(CHANNEL, account=did, within=POINTS_WITHIN) or now()
        until, seconds = (first + POINTS_WITHIN).timestamp(), int(POINTS_WITHIN.total_seconds())
        if used_points + POINTS_A_POST > POINTS:
            raise Refusal(429, "RateLimitExceeded", "Rate Limit Exceeded", _limit(POINTS, 0, until, seconds))
        try:
            check_post(record, key=key, cid_of=self._cid_of, blob=lambda cid: self._blob(did, cid))
        except Invalid as error:
            raise Refusal(400, error.word, str(error)) from None
        except (KeyError, TypeError, AttributeError) as error:
            raise Refusal(400, "InvalidRequest", f"Invalid {POSTS} record: {error!r}") from None
        assert isinstance(record, dict)
        cid = cid_for(json.dumps(record, sort_keys=True).encode(), "bafyrei")
        headers = _limit(POINTS, POINTS - used_points - POINTS_A_POST, until, seconds)
        answer = {"uri": uri, "cid": cid, "validationStatus": "valid"}
        if current is not None and current.data["cid"] == cid:
            return JSONResponse(answer, headers=headers)
        if current is not None and "swapRecord" in body and body["swapRecord"] != current.data["cid"]:
            raise Refusal(400, "InvalidSwap", f"Record was at {current.data['cid']}")
        if current is not None:
            self._store.remove_post(CHANNEL, uri)
        self._keep(did, uri, cid, record)
        return JSONResponse(answer | {"commit": {"cid": cid, "rev": key}}, headers=headers)

    def _keep(self, did: str, uri: str, cid: str, record: Mapping[str, Any]) -> None:
        embed = record.get("embed") or {}
        self._store.add_post(
            CHANNEL,
            account=did,
            remote_id=uri,
            text=record["text"],
            reply_to=(record.get("reply") or {}).get("parent", {}).get("uri", ""),
            link=(embed.get("external") or {}).get("uri", ""),
            data={"cid": cid, "record": dict(record), "pictures": pictures_of(record)},
        )

    async def delete_record(self, request: Request) -> Response:
        body = await _json(request)

        def delete() -> Response:
            did, key = self._record_of(request, body)
            return JSONResponse({"commit": {}} if self._store.remove_post(CHANNEL, f"at://{did}/{POSTS}/{key}") else {})

        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=_refuse, accept=delete)

    async def get_record(self, request: Request) -> Response:
        payload = request.query_params
        uri = f"at://{payload.get('repo')}/{payload.get('collection')}/{payload.get('rkey')}"
        post = self._store.post(CHANNEL, uri)
        if post is None:
            return Refusal(400, "RecordNotFound", f"Could not locate record: {uri}").answer
        return JSONResponse({"uri": uri, "cid": post.data["cid"], "value": post.data["record"]})

    def _record_of(self, request: Request, body: Mapping[str, Any]) -> tuple[str, str]:
        number = self._account(request)
        if body.get("repo") not in (did_of(number), handle_of(number)):
            raise Refusal(403, "AccountNotFound", "Account not found")
        if body.get("collection") != POSTS or not isinstance(body.get("rkey"), str):
            raise Refusal(400, "InvalidRequest", "Invalid collection or rkey")
        return did_of(number), body["rkey"]

    def _cid_of(self, uri: str) -> str:
        post = self._store.post(CHANNEL, uri)
        return "" if post is None else str(post.data["cid"])

    # Blobs and handles

    async def upload_blob(self, request: Request) -> Response:
        content = await request.body()
        try:
            did = did_of(self._account(request))
        except Refusal as refusal:
            return refusal.answer
        if len(content) > LARGEST_BLOB:
            return Refusal(413, "PayloadTooLarge", "request entity too large").answer
        cid = cid_for(content, "bafkrei")
        kind = request.headers.get("content-type", "application/octet-stream")
        about = {"mimeType": kind, "size": len(content)}
        self._store.keep(CHANNEL, f"blob:{did}:{cid}", about)
        self._store.keep_file(f"bluesky-{cid}", kind, content)
        return JSONResponse({"blob": {"$type": "blob", "ref": {"$link": cid}, **about}})

    def _blob(self, did: str, cid: str) -> dict[str, Any] | None:
        return self._store.note(CHANNEL, f"blob:{did}:{cid}")

    async def resolve_handle(self, request: Request) -> Response:
        handle = request.query_params.get("handle", "")
        if handle not in (HANDLE, FRIEND):
            return Refusal(400, "InvalidRequest", "Unable to resolve handle").answer
        return JSONResponse({"did": did_of("" if handle == HANDLE else handle)})

    async def unknown(self, _request: Request) -> Response:
        return Refusal(501, "MethodNotImplemented", "Method Not Implemented").answer


async def _json(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _refuse(fault: str) -> Response:
    if fault == faults.TOO_MANY:
        headers = _limit(POINTS, 0, time.time() + 300, int(POINTS_WITHIN.total_seconds()))
        return Refusal(429, "RateLimitExceeded", "Rate Limit Exceeded", headers).answer
    if fault == faults.EXPIRY:
        return _expired_token().answer
    return Refusal(500, "InternalServerError", "Internal Server Error").answer


def _expired_token() -> Refusal:
    return Refusal(400, "ExpiredToken", "Token has expired")


def _limit(most: int, remaining: int, until: float, seconds: int) -> dict[str, str]:
    return {
        "ratelimit-limit": str(most),
        "ratelimit-remaining": str(max(remaining, 0)),
        "ratelimit-reset": str(int(until) + 1),
        "ratelimit-policy": f"{most};w={seconds}",
    }
