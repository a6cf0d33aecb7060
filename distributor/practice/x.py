"""X, as its API v2 behaves: posting, who am I, and a user's timeline.

Sources: https://docs.x.com/x-api/posts/create-post, /x-api/users/get-posts, /x-api/fundamentals/rate-limits; error
bodies as users have reported them.
"""

from __future__ import annotations

import hashlib
import html
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

from oauthlib.oauth1.rfc5849 import signature
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import cast, misbehaving
from distributor.practice.cast import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.store import Post, Store
from distributor.practice.x_length import LIMIT, URL, weighted_length

CHANNEL = "twitter"
REAL_ROOT = "https://api.twitter.com"  # an OAuth 1 signature covers the address that the client believed to call
WINDOW = timedelta(minutes=15)
POSTS_IN_WINDOW = 100
EPOCH_MS = 1288834974657  # of X's ids
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


@dataclass(frozen=True, slots=True)
class User:
    """An X account."""

    id: str
    username: str
    name: str


USER = User("2244994945", "practice_letters", "The Practice Letters")


def _routes(store: Store) -> list[Route]:
    """Return X's addresses."""
    x = _X(store)
    return [
        Route("/2/tweets", x.create, methods=["POST"]),
        Route("/2/users/me", x.me),
        Route("/2/users/{user_id}/tweets", x.timeline),
    ]


NETWORK = Network(
    CHANNEL,
    "X",
    ("post on X", "posts on X"),
    _routes,
    PracticeAccount(CHANNEL, "Practice X account", {"access_token": cast.X_TOKEN}),
    owner=USER.name,
)


class _X:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, request: Request) -> Response:
        body = await request.body()
        return await misbehaving.guarded(
            request, self._store, CHANNEL, refuse=self._refuse, accept=lambda: self._create(request, body)
        )

    def _refuse(self, fault: str) -> Response:
        if fault == misbehaving.TOO_MANY:
            return _problem(429, "Too Many Requests", "Too Many Requests", headers=_rate_headers(0, WINDOW.seconds))
        if fault == misbehaving.EXPIRED:
            return _problem(401, "Unauthorized", "Unauthorized")
        return _problem(503, "Service Unavailable", "Service Unavailable")

    def _create(self, request: Request, body: bytes) -> Response:
        if not _authorised(request):
            return _problem(401, "Unauthorized", "Unauthorized")
        used = self._store.count_posts(CHANNEL, account=USER.id, within=WINDOW)
        reset = self._seconds_to_reset()
        if used >= POSTS_IN_WINDOW:
            return _problem(429, "Too Many Requests", "Too Many Requests", headers=_rate_headers(0, reset))
        try:
            wish = json.loads(body)
            text = wish["text"]
            parent = (wish.get("reply") or {}).get("in_reply_to_tweet_id", "")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _invalid("$.text: is missing but it is required")
        if not isinstance(text, str) or not text.strip():
            return _invalid("$.text: must be at least 1 characters long")
        if weighted_length(text) > LIMIT:
            return _problem(403, "Forbidden", "Your Tweet text is too long.")
        if parent and self._store.post(CHANNEL, parent) is None:
            return _problem(
                403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        if any(post.text == text for post in self._store.posts(CHANNEL, account=USER.id, limit=POSTS_IN_WINDOW)):
            return _problem(403, "Forbidden", DUPLICATE)
        post = self._store.add_post(CHANNEL, account=USER.id, remote_id=self._new_id(), text=text, reply_to=parent)
        return JSONResponse(
            {"data": {"id": post.remote_id, "edit_history_tweet_ids": [post.remote_id], "text": _shown(text)}},
            status_code=201,
            headers=_rate_headers(POSTS_IN_WINDOW - used - 1, reset),
        )

    def _new_id(self) -> str:
        newest = self._store.posts(CHANNEL, limit=1)
        last = int(newest[0].remote_id) if newest else 0
        return str(max((int(time.time() * 1000) - EPOCH_MS) << 22, last + 1))

    def _seconds_to_reset(self) -> int:
        first = self._store.first_post_at(CHANNEL, account=USER.id, within=WINDOW)
        if first is None:
            return WINDOW.seconds
        return max(int((first + WINDOW - datetime.now(first.tzinfo)).total_seconds()), 1)

    async def me(self, request: Request) -> Response:
        if not _authorised(request):
            return _problem(401, "Unauthorized", "Unauthorized")
        return JSONResponse({"data": {"id": USER.id, "name": USER.name, "username": USER.username}})

    async def timeline(self, request: Request) -> Response:
        if not _authorised(request):
            return _problem(401, "Unauthorized", "Unauthorized")
        wish = request.query_params
        try:
            size = int(wish.get("max_results", "10"))
            since = datetime.fromisoformat(wish["start_time"]) if "start_time" in wish else None
            before = int(wish["pagination_token"]) if "pagination_token" in wish else None
        except ValueError:
            return _invalid("The query parameters are not valid")
        if not 5 <= size <= 100:
            return _invalid(f"The `max_results` query parameter value [{size}] is not between 5 and 100")
        if request.path_params["user_id"] != USER.id:
            return JSONResponse({"errors": [{"title": "Not Found Error", "resource_type": "user"}]})
        posts = self._store.posts(CHANNEL, account=USER.id, since=since, before=before, limit=size + 1)
        page, more = posts[:size], len(posts) > size
        if not page:
            return JSONResponse({"meta": {"result_count": 0}})
        meta: dict[str, Any] = {
            "result_count": len(page),
            "newest_id": page[0].remote_id,
            "oldest_id": page[-1].remote_id,
        }
        if more:
            meta["next_token"] = str(page[-1].id)
        fields = set(wish.get("tweet.fields", "").split(","))
        return JSONResponse({"data": [_tweet(post, fields) for post in page], "meta": meta})


def short_url(url: str) -> str:
    """Return the t.co address that X puts in the place of a link."""
    return f"https://t.co/{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def _shown(text: str) -> str:
    """Return a text as the API gives it back: links shortened, three characters escaped."""
    return html.escape(URL.sub(lambda found: short_url(found.group()), text), quote=False)


def _tweet(post: Post, fields: set[str]) -> dict[str, Any]:
    tweet: dict[str, Any] = {
        "id": post.remote_id,
        "edit_history_tweet_ids": [post.remote_id],
        "text": _shown(post.text),
    }
    if "created_at" in fields:
        tweet["created_at"] = post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "author_id" in fields:
        tweet["author_id"] = post.account
    if "referenced_tweets" in fields and post.reply_to:
        tweet["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
    urls = [found.group() for found in URL.finditer(post.text)]
    if "entities" in fields and urls:
        tweet["entities"] = {
            "urls": [
                {"url": short_url(url), "expanded_url": url if "://" in url else f"http://{url}", "display_url": url}
                for url in urls
            ]
        }
    return tweet


def _problem(status: int, title: str, detail: str, *, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        {"title": title, "detail": detail, "type": "about:blank", "status": status},
        status_code=status,
        headers=headers,
    )


def _invalid(message: str) -> Response:
    return JSONResponse(
        {
            "errors": [{"parameters": {}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        },
        status_code=400,
    )


def _rate_headers(remaining: int, seconds_to_reset: int) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(POSTS_IN_WINDOW),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(int(time.time()) + seconds_to_reset),
    }


def _authorised(request: Request) -> bool:
    """Whether the request carries the OAuth 2 token, or an OAuth 1 signature that holds."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme == "Bearer":
        return rest == cast.X_TOKEN
    return scheme == "OAuth" and _signed(request, rest)


def _signed(request: Request, header: str) -> bool:
    given = {
        unquote(name.strip()): unquote(value.strip().strip('"'))
        for name, _, value in (part.partition("=") for part in header.split(","))
    }
    if given.get("oauth_consumer_key") != cast.X_CONSUMER_KEY or given.get("oauth_token") != cast.X_OAUTH_TOKEN:
        return False
    parameters = [(name, value) for name, value in given.items() if name not in ("realm", "oauth_signature")]
    parameters += parse_qsl(request.url.query, keep_blank_values=True)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    base = signature.signature_base_string(
        request.method,
        signature.base_string_uri(REAL_ROOT + path),
        signature.normalize_parameters(parameters),
    )
    expected = signature.sign_hmac_sha1(base, cast.X_CONSUMER_SECRET, cast.X_OAUTH_SECRET)
    return bool(expected == given.get("oauth_signature"))
