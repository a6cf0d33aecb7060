"""Facebook's Graph API, as far as a page's feed goes.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/feed/, /docs/graph-api/guides/error-handling/,
/docs/graph-api/overview/rate-limiting/.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import cast, misbehaving
from distributor.practice.cast import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Post, Store

CHANNEL = "facebook"
PAGE_NAME = "The Practice Letters"
MESSAGE_LIMIT = 63_206
DUPLICATES_WITHIN = timedelta(hours=1)
CALLS_AN_HOUR = 4_800
_VERSION = re.compile(r"v\d+\.\d+")


def _routes(store: Store) -> list[Route]:
    """Return Graph's addresses."""
    graph = _Graph(store)
    return [
        Route("/{version}/{page_id}/feed", graph.publish, methods=["POST"]),
        Route("/{version}/{page_id}/feed", graph.feed, methods=["GET"]),
        Route("/{rest:path}", graph.unknown, methods=["GET", "POST"]),
    ]


NETWORK = Network(
    CHANNEL,
    "Facebook",
    ("post on Facebook", "posts on Facebook"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice Facebook page",
        {"page_id": cast.GRAPH_PAGE, "page_token": cast.GRAPH_TOKEN, "api_version": cast.GRAPH_VERSION},
    ),
    owner=PAGE_NAME,
    page="facebook",
)


class _Graph:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def unknown(self, request: Request) -> Response:
        return _error(f"Unknown path components: /{request.path_params['rest']}", 2500)

    async def publish(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        return await misbehaving.guarded(
            request, self._store, CHANNEL, refuse=self._refuse, accept=lambda: self._publish(request, form)
        )

    def _refuse(self, fault: str) -> Response:
        if fault == misbehaving.TOO_MANY:
            return _error("(#32) Page request limit reached", 32, status=403, headers=self._usage(100))
        if fault == misbehaving.EXPIRED:
            return _expired()
        return _error("An unexpected error has occurred. Please retry your request later.", 2, status=500)

    def _usage(self, percent: int | None = None) -> dict[str, str]:
        used = self._store.count_posts(CHANNEL, within=timedelta(hours=1)) * 100 // CALLS_AN_HOUR
        share = used if percent is None else percent
        return {"x-app-usage": json.dumps({"call_count": share, "total_cputime": share, "total_time": share})}

    def _publish(self, request: Request, form: Mapping[str, str]) -> Response:
        refusal = _refusal(request, form)
        if refusal is not None:
            return refusal
        message, link = form.get("message", ""), form.get("link", "")
        if not message and not link:
            return _error("(#100) The parameter message or link is required", 100)
        if len(message) > MESSAGE_LIMIT:
            return _error(f"(#100) Param message must be at most {MESSAGE_LIMIT} characters", 100)
        if link and not re.match(r"https?://[^\s/]+", link):
            return _error("(#100) link URL is not properly formatted", 100, subcode=1609005)
        since = datetime.now(UTC) - DUPLICATES_WITHIN
        if any((post.text, post.link) == (message, link) for post in self._store.posts(CHANNEL, since=since)):
            return _error("(#506) Duplicate status message", 506, subcode=1455006)
        remote_id = f"{cast.GRAPH_PAGE}_{1_000_000_000 + secrets.randbelow(9_000_000_000)}"
        self._store.add_post(CHANNEL, account=cast.GRAPH_PAGE, remote_id=remote_id, text=message, link=link)
        return JSONResponse({"id": remote_id}, headers=self._usage())

    async def feed(self, request: Request) -> Response:
        refusal = _refusal(request, {})
        if refusal is not None:
            return refusal
        wish = request.query_params
        try:
            size = min(int(wish.get("limit", "25")), 100)
            since = datetime.fromtimestamp(int(wish["since"]), UTC) if "since" in wish else None
            before = int(wish["after"]) if "after" in wish else None
        except ValueError:
            return _error("(#100) Invalid parameter", 100)
        posts = self._store.posts(CHANNEL, account=cast.GRAPH_PAGE, since=since, before=before, limit=size + 1)
        page = posts[:size]
        fields = [field for field in wish.get("fields", "id,message,created_time").split(",") if field]
        answer: dict[str, Any] = {"data": [_story(post, fields) for post in page]}
        if page:
            answer["paging"] = {"cursors": {"before": str(page[0].id), "after": str(page[-1].id)}}
        if len(posts) > size:
            # As the real one does, with the token in it: whoever stores or logs this link gives the token away.
            answer["paging"]["next"] = (
                f"https://graph.facebook.com{request.url.path}?access_token={cast.GRAPH_TOKEN}&after={page[-1].id}"
            )
        return JSONResponse(answer, headers=self._usage())


def _story(post: Post, fields: list[str]) -> dict[str, Any]:
    known = {
        "id": post.remote_id,
        "message": post.text,
        "created_time": post.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": f"https://www.facebook.com/{cast.GRAPH_PAGE}/posts/{post.remote_id.partition('_')[2]}",
    }
    return {"id": post.remote_id} | {field: known[field] for field in fields if known.get(field)}


def _refusal(request: Request, form: Mapping[str, str]) -> Response | None:
    version, page_id = request.path_params["version"], request.path_params["page_id"]
    if not _VERSION.fullmatch(version):
        return _error(f"Unknown path components: /{page_id}/feed", 2500)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer if scheme == "Bearer" else form.get("access_token") or request.query_params.get("access_token", "")
    if not token:
        return _error("An access token is required to request this resource.", 104)
    if token != cast.GRAPH_TOKEN:
        return _error("Invalid OAuth access token - Cannot parse access token", 190, status=401)
    if page_id not in (cast.GRAPH_PAGE, "me"):
        return _error(
            "(#200) If posting to a group, requires app being installed in the group, and either "
            "publish_to_groups permission with user token, or both pages_read_engagement and pages_manage_posts "
            "permission with page token",
            200,
            status=403,
        )
    return None


def _expired() -> Response:
    ended = datetime.now(UTC) - timedelta(hours=1)
    return _error(
        f"Error validating access token: Session has expired on {ended:%A, %d-%b-%y %H:%M:%S} PST.",
        190,
        subcode=463,
        status=401,
    )


def _error(
    message: str, code: int, *, subcode: int = 0, status: int = 400, headers: dict[str, str] | None = None
) -> Response:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    error["fbtrace_id"] = secrets.token_urlsafe(8)
    return JSONResponse({"error": error}, status_code=status, headers=headers)
