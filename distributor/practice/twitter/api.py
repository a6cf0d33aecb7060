"""X, as its API v2 behaves: posting, deleting, who am I, a user's timeline. Each account has its own posts and limits.

Sources: https://docs.x.com/x-api/posts/create-posts, /x-api/posts/manage-tweets/integrate, /x-api/users/get-posts,
/x-api/fundamentals/rate-limits; error bodies as users have reported them.
"""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, identities
from distributor.practice.identities import PracticeAccount
from distributor.practice.network import Network
from distributor.practice.refusals import Refused
from distributor.practice.store import Store
from distributor.practice.twitter.accounts import CHANNEL, Accounts, User, user
from distributor.practice.twitter.errors import invalid, problem
from distributor.practice.twitter.length import LIMIT, weighted_length
from distributor.practice.twitter.media import Media
from distributor.practice.twitter.tweets import api_text, tweet

WINDOW = timedelta(minutes=15)
POSTS_IN_WINDOW = 100
DELETIONS_IN_WINDOW = 50
POSTS_A_DAY = 10_000  # of the whole app
EPOCH_MS = 1288834974657  # of X's ids
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
_CASHTAG = re.compile(r"(?<!\S)\$[A-Za-z]{1,6}\b")
_FIELDS = frozenset({"text", "reply", "media", "reply_settings", "community_id", "quote_tweet_id", "poll", "geo"})


def _routes(store: Store) -> list[Route]:
    """Return X's addresses."""
    accounts = Accounts(store)
    media = Media(store, accounts)
    x = _X(store, accounts, media)
    return [
        Route("/i/oauth2/authorize", accounts.consent, methods=["GET", "POST"]),
        Route("/2/oauth2/token", accounts.token, methods=["POST"]),
        Route("/2/tweets", x.create, methods=["POST"]),
        Route("/2/tweets/{post_id}", x.delete, methods=["DELETE"]),
        Route("/2/users/me", x.me),
        Route("/2/users/{user_id}/tweets", x.timeline),
        Route("/2/media/upload/initialize", media.initialize, methods=["POST"]),
        Route("/2/media/upload/{media_id}/append", media.append, methods=["POST"]),
        Route("/2/media/upload/{media_id}/finalize", media.finalize, methods=["POST"]),
        Route("/2/media/upload", media.status),
        Route("/2/media/metadata", media.metadata, methods=["POST"]),
    ]


NETWORK = Network(
    CHANNEL,
    "X",
    ("post on X", "posts on X"),
    _routes,
    PracticeAccount(CHANNEL, "Practice X account", {"access_token": identities.X_TOKEN}),
    owner=user("").name,
    app={"client_id": identities.X_CLIENT_ID, "client_secret": identities.X_CLIENT_SECRET},
)


class _X:
    def __init__(self, store: Store, accounts: Accounts, media: Media) -> None:
        self._store = store
        self._accounts = accounts
        self._media = media

    async def create(self, request: Request) -> Response:
        user, body = await self._accounts.of(request), await request.body()
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=_misbehave, accept=lambda: self._create(user, body)
        )

    async def delete(self, request: Request) -> Response:
        user, post_id = await self._accounts.of(request), request.path_params["post_id"]
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=_misbehave, accept=lambda: self._delete(user, post_id)
        )

    def _create(self, user: User | None, body: bytes) -> Response:
        if user is None:
            return problem(401, "Unauthorized", "Unauthorized")
        count, reset = self._window_use(user)
        today = self._store.count_posts(CHANNEL, within=timedelta(days=1))
        if count >= POSTS_IN_WINDOW or today >= POSTS_A_DAY:
            headers = _rate_headers(POSTS_IN_WINDOW, count, reset) | _app_headers(today)
            return problem(429, "Too Many Requests", "Too Many Requests", headers=headers)
        payload = _payload(body)
        parent, data = self._judge(user, payload)
        post = self._store.add_post(
            CHANNEL, account=user.id, remote_id=self._new_id(), text=payload["text"], reply_to=parent, data=data
        )
        result = {"id": post.remote_id, "edit_history_tweet_ids": [post.remote_id], "text": api_text(post)}
        headers = _rate_headers(POSTS_IN_WINDOW, count + 1, reset) | _app_headers(today + 1)
        return JSONResponse({"data": result}, status_code=201, headers=headers)

    def _judge(self, user: User, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return what a post answers and what else it has. Raises Refused."""
        if "tweet.write" not in user.scopes:
            raise Refused(problem(403, "Forbidden", "You are not permitted to perform this action."))
        text, parent = payload["text"], str((payload.get("reply") or {}).get("in_reply_to_tweet_id", ""))
        data: dict[str, Any] = {}
        if payload.get("media"):
            media_ids = payload["media"].get("media_ids")
            pictures = self._media.attach(user, media_ids)
            if pictures is None:
                raise Refused(invalid("Your media IDs are invalid.", **{"media.media_ids": media_ids}))
            data["pictures"] = pictures
        if "reply_settings" in payload:
            if payload["reply_settings"] not in REPLY_SETTINGS or parent:
                raise Refused(invalid(f"$.reply_settings: does not have a value in {list(REPLY_SETTINGS)}"))
            data["reply_settings"] = payload["reply_settings"]
        if "community_id" in payload:
            if payload["community_id"] != identities.X_COMMUNITY:
                raise Refused(problem(403, "Forbidden", "You are not permitted to post in this Community."))
            data["community_id"] = payload["community_id"]
        if weighted_length(text) > LIMIT:
            raise Refused(problem(403, "Forbidden", "Your Tweet text is too long."))
        if len(_CASHTAG.findall(text)) > 1:
            raise Refused(problem(403, "Forbidden", "You are not permitted to use more than one cashtag."))
        if parent:
            self._judge_reply(user, parent)
        recent = self._store.posts(CHANNEL, account=user.id, limit=POSTS_IN_WINDOW)
        if any(post.text == text for post in recent):
            raise Refused(problem(403, "Forbidden", DUPLICATE))
        return parent, data

    def _judge_reply(self, user: User, parent: str) -> None:
        parent_post = self._store.post(CHANNEL, parent)
        if parent_post is None:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise Refused(problem(403, "Forbidden", detail))
        if parent_post.account != user.id:
            detail = "Reply to this conversation is not allowed because you have not been mentioned by its author."
            raise Refused(problem(403, "Forbidden", detail))

    def _delete(self, user: User | None, post_id: str) -> Response:
        if user is None:
            return problem(401, "Unauthorized", "Unauthorized")
        begin = time.time() - WINDOW.seconds
        deletions = self._store.note(CHANNEL, f"deletions:{user.id}") or {"at": []}
        recent = [at for at in deletions["at"] if at > begin]
        seconds = int(recent[0] - begin) + 1 if recent else WINDOW.seconds
        if len(recent) >= DELETIONS_IN_WINDOW:
            headers = _rate_headers(DELETIONS_IN_WINDOW, len(recent), seconds)
            return problem(429, "Too Many Requests", "Too Many Requests", headers=headers)
        self._store.keep(CHANNEL, f"deletions:{user.id}", {"at": [*recent, time.time()]})
        post = self._store.post(CHANNEL, post_id)
        if post is None:
            return problem(404, "Not Found Error", f"Could not find tweet with id: [{post_id}].")
        if post.account != user.id:
            return problem(403, "Forbidden", "You are not authorized to delete this Tweet.")
        self._store.remove_post(CHANNEL, post_id)
        headers = _rate_headers(DELETIONS_IN_WINDOW, len(recent) + 1, seconds)
        return JSONResponse({"data": {"deleted": True}}, headers=headers)

    def _new_id(self) -> str:
        newest = self._store.posts(CHANNEL, limit=1)
        last = int(newest[0].remote_id) if newest else 0
        return str(max((int(time.time() * 1000) - EPOCH_MS) << 22, last + 1))

    def _window_use(self, user: User) -> tuple[int, int]:
        """Return how many posts an account made in its window, and in how many seconds the first of them leaves it."""
        first = self._store.first_post_at(CHANNEL, account=user.id, within=WINDOW)
        count = self._store.count_posts(CHANNEL, account=user.id, within=WINDOW)
        if first is None:
            return count, WINDOW.seconds
        return count, max(int((first + WINDOW - datetime.now(first.tzinfo)).total_seconds()), 1)

    async def me(self, request: Request) -> Response:
        user = await self._accounts.of(request)
        if user is None:
            return problem(401, "Unauthorized", "Unauthorized")
        return JSONResponse({"data": {"id": user.id, "name": user.name, "username": user.username}})

    async def timeline(self, request: Request) -> Response:
        if await self._accounts.of(request) is None:
            return problem(401, "Unauthorized", "Unauthorized")
        payload = request.query_params
        try:
            size = int(payload.get("max_results", "10"))
            since = datetime.fromisoformat(payload["start_time"]) if "start_time" in payload else None
            before = int(payload["pagination_token"]) if "pagination_token" in payload else None
        except ValueError:
            return invalid("The query parameters are not valid")
        if not 5 <= size <= 100:
            return invalid(f"The `max_results` query parameter value [{size}] is not between 5 and 100")
        posts = self._store.posts(
            CHANNEL, account=request.path_params["user_id"], since=since, before=before, limit=size + 1
        )
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
        fields = set(payload.get("tweet.fields", "").split(","))
        return JSONResponse({"data": [tweet(post, fields) for post in page], "meta": meta})


def _payload(body: bytes) -> dict[str, Any]:
    """Return a post's JSON in the shape that X asks for. Raises Refused."""
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if not isinstance(payload, dict) or not isinstance(payload.get("text"), str) or not payload["text"].strip():
        raise Refused(invalid("$.text: must be at least 1 characters long"))
    if unknown := set(payload) - _FIELDS:
        raise Refused(invalid(f"$.{min(unknown)}: is not defined in the schema"))
    if not all(isinstance(payload.get(name) or {}, dict) for name in ("reply", "media")):
        raise Refused(invalid("$.reply, $.media: object expected"))
    return payload


def _misbehave(fault: str) -> Response:
    if fault == faults.TOO_MANY:
        headers = _rate_headers(POSTS_IN_WINDOW, POSTS_IN_WINDOW, WINDOW.seconds)
        return problem(429, "Too Many Requests", "Too Many Requests", headers=headers)
    if fault == faults.EXPIRY:
        return problem(401, "Unauthorized", "Unauthorized")
    return problem(503, "Service Unavailable", "Service Unavailable")


def _rate_headers(most: int, count: int, seconds_to_reset: int) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(most),
        "x-rate-limit-remaining": str(max(most - count, 0)),
        "x-rate-limit-reset": str(int(time.time()) + seconds_to_reset),
    }


def _app_headers(count: int) -> dict[str, str]:
    return {
        "x-app-limit-24hour-limit": str(POSTS_A_DAY),
        "x-app-limit-24hour-remaining": str(max(POSTS_A_DAY - count, 0)),
        "x-app-limit-24hour-reset": str(int(time.time()) + 86_400),
    }
