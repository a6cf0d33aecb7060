"""A Mastodon server: apps and OAuth, posts, media, an account's own posts, and what the server takes.

Sources: https://docs.joinmastodon.org/methods/ (apps, oauth, statuses, media, accounts, instance), /api/rate-limits/;
error bodies as app/controllers/api/base_controller.rb of https://github.com/mastodon/mastodon has them.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, forms
from distributor.practice.identities import PracticeAccount
from distributor.practice.mastodon.posts import LIMIT, LINK, account_json, id_of, length, media_json, status_json
from distributor.practice.network import Network
from distributor.practice.oauth import OAuthError, Server
from distributor.practice.refusals import Refused, answer_of
from distributor.practice.store import Post, Store, now

CHANNEL = "mastodon"
TOKEN = "practice-mastodon-access-token"  # noqa: S105
POSTS, POSTS_WITHIN = 300, timedelta(hours=3)
KEYS_LAST = timedelta(hours=1)  # Idempotency-Keys
PROCESSED_LATER = 1_000_000  # bytes from which a picture is not ready at once
LARGEST = 16 * 1024 * 1024
FOREVER = 100 * 365 * 86_400  # seconds; tokens don’t expire
VISIBILITIES = ("public", "unlisted", "private", "direct")


def _routes(store: Store) -> list[Route]:
    """Return the server's addresses."""
    server = _Mastodon(store)
    return [
        Route("/api/v1/apps", server.new_app, methods=["POST"]),
        Route("/oauth/authorize", server.authorize, methods=["GET", "POST"]),
        Route("/oauth/token", server.token, methods=["POST"]),
        Route("/api/v2/instance", server.instance),
        Route("/api/v1/accounts/verify_credentials", server.me),
        Route("/api/v1/accounts/{user_id}/statuses", server.statuses),
        Route("/api/v2/media", server.upload, methods=["POST"]),
        Route("/api/v1/media/{media_id}", server.media),
        Route("/api/v1/statuses", server.post, methods=["POST"]),
        Route("/api/v1/statuses/{status_id}", server.delete, methods=["DELETE"]),
    ]


NETWORK = Network(
    CHANNEL,
    "Mastodon",
    ("post on Mastodon", "posts on Mastodon"),
    _routes,
    PracticeAccount(CHANNEL, "Practice Mastodon account", {"server": "practice.social", "access_token": TOKEN}),
)


class Refusal(Refused):
    """An error as the server writes it."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(JSONResponse({"error": error}, status, headers=headers))


class _Mastodon:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens = Server(store, CHANNEL, "Mastodon", TOKEN, "", "", seconds=FOREVER, refreshes=False)

    # Connecting

    async def new_app(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        if not form.get("client_name") or not form.get("redirect_uris", "").startswith(("http://", "https://", "urn:")):
            return Refusal(422, "Validation failed: Redirect URI must be an absolute URI.").answer
        client_id, client_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        about = {
            "secret": client_secret,
            "redirect_uris": form["redirect_uris"].split("\n"),
            "scopes": form.get("scopes", "read").split(),
        }
        self._store.keep(CHANNEL, f"app:{client_id}", about)
        return JSONResponse({"client_id": client_id, "client_secret": client_secret, "name": form["client_name"]})

    async def authorize(self, request: Request) -> Response:
        payload = request.query_params
        app = self._store.note(CHANNEL, f"app:{payload.get('client_id')}")
        if app is None or payload.get("redirect_uri") not in app["redirect_uris"]:
            return HTMLResponse("<h1>The redirect uri included is not valid.</h1>", 400)
        if payload.get("response_type") != "code" or not set(payload.get("scope", "read").split()) <= set(
            app["scopes"]
        ):
            return HTMLResponse("<h1>The requested scope is invalid, unknown, or malformed.</h1>", 400)
        return await replace(self._tokens, client_id=payload["client_id"]).consent(request)

    async def token(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        app = self._store.note(CHANNEL, f"app:{form.get('client_id')}")
        if app is None or app["secret"] != form.get("client_secret"):
            return _oauth_error("invalid_client", "Client authentication failed", 401)
        if form.get("grant_type") != "authorization_code":
            return _oauth_error("unsupported_grant_type", "The grant type is not supported", 400)
        try:
            tokens = self._tokens.exchange(form)
        except OAuthError as error:
            return _oauth_error(error.error, str(error), 400)
        response = {"access_token": tokens.access, "token_type": "Bearer", "scope": tokens.scope}
        return JSONResponse(response | {"created_at": int(time.time())})

    async def instance(self, _request: Request) -> Response:
        statuses = {"max_characters": LIMIT, "max_media_attachments": 4, "characters_reserved_per_url": LINK}
        return JSONResponse({"domain": "practice.social", "version": "4.5.0", "configuration": {"statuses": statuses}})

    async def me(self, request: Request) -> Response:
        return answer_of(lambda: JSONResponse(account_json(self._account(request, "read:accounts"))))

    def _account(self, request: Request, scope: str) -> str:
        """Return whose token a request carries. Raises Refusal."""
        number = self._tokens.bearer(request)
        if number is None:
            raise Refusal(401, "The access token is invalid")
        token = request.headers["authorization"].partition(" ")[2]
        grant = self._store.note(CHANNEL, f"access:{token}")
        scopes = str(grant["scope"]).split() if grant else [scope]
        if scope not in scopes and scope.partition(":")[0] not in scopes:
            raise Refusal(403, "This action is outside the authorized scopes")
        return number

    # Media

    async def upload(self, request: Request) -> Response:
        form = await forms.read(request)
        file, description = form.files.get("file", forms.Upload()), form.texts.get("description", "")

        def take() -> Response:
            number = self._account(request, "write:media")
            if not file.content or file.type not in ("image/jpeg", "image/png", "image/webp", "image/gif"):
                raise Refusal(422, "Validation failed: File content type is invalid, File is invalid")
            if len(file.content) > LARGEST:
                raise Refusal(422, "Validation failed: File file size must be less than 16 MB")
            if len(description) > 1_500:
                raise Refusal(422, "Validation failed: Description is too long (maximum is 1500 characters)")
            media_id = str(secrets.randbelow(10**17) + 10**17)
            name, ready = f"mastodon-{media_id}", len(file.content) < PROCESSED_LATER
            about = {"account": number, "file": name, "alt": description, "ready": ready}
            self._store.keep(CHANNEL, f"media:{media_id}", about)
            self._store.keep_file(name, file.type, file.content)
            return JSONResponse(media_json(media_id, about), 200 if ready else 202)

        return answer_of(take)

    async def media(self, request: Request) -> Response:
        """Show a picture that is not in a post yet: it is ready once it was asked for."""

        def show() -> Response:
            number, media_id = self._account(request, "write:media"), request.path_params["media_id"]
            about = self._store.note(CHANNEL, f"media:{media_id}")
            if about is None or about["account"] != number:
                raise Refusal(404, "Record not found")
            self._store.keep(CHANNEL, f"media:{media_id}", about | {"ready": True})
            return JSONResponse(media_json(media_id, about), 200 if about["ready"] else 206)

        return answer_of(show)

    # Posts

    async def post(self, request: Request) -> Response:
        try:
            payload = json.loads(await request.body() or b"{}")
        except ValueError:
            payload = {}
        return await faults.answer_or_fail(
            request, self._store, CHANNEL, refuse=_refuse, accept=lambda: self._post(request, payload)
        )

    def _post(self, request: Request, payload: Mapping[str, Any]) -> Response:
        number = self._account(request, "write:statuses")
        user_id, key = id_of(number), request.headers.get("idempotency-key", "")
        before = self._store.note(CHANNEL, f"key:{user_id}:{key}") if key else None
        if before and datetime.fromisoformat(before["at"]) > now() - KEYS_LAST:
            earlier_post = self._store.post(CHANNEL, before["id"])
            if earlier_post is None:
                raise Refusal(404, "Record not found")
            return JSONResponse(status_json(earlier_post), headers=self._limit(user_id))
        if self._store.count_posts(CHANNEL, account=user_id, within=POSTS_WITHIN) >= POSTS:
            raise Refusal(429, "Too many requests", self._limit(user_id))
        post = self._store.add_post(CHANNEL, **self._check(payload, number), remote_id=self._new_id())
        if key:
            self._store.keep(CHANNEL, f"key:{user_id}:{key}", {"id": post.remote_id, "at": now().isoformat()})
        for media_id in post.data["media_ids"]:
            self._store.forget(CHANNEL, f"media:{media_id}")
        return JSONResponse(status_json(post), headers=self._limit(user_id))

    def _check(self, payload: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return what is stored of a new post. Raises Refusal."""
        text, warning = str(payload.get("status") or "").strip(), str(payload.get("spoiler_text") or "")
        media_ids = [str(media_id) for media_id in payload.get("media_ids") or []]
        if not text and not media_ids:
            raise Refusal(422, "Validation failed: Text can't be blank")
        if length(text) + length(warning) > LIMIT:
            raise Refusal(422, f"Validation failed: Text character limit of {LIMIT} exceeded")
        if payload.get("visibility", "public") not in VISIBILITIES:
            raise Refusal(422, "Validation failed: Visibility is not included in the list")
        parent = str(payload.get("in_reply_to_id") or "")
        if parent and self._store.post(CHANNEL, parent) is None:
            raise Refusal(404, "The post you are trying to reply to does not appear to exist.")
        pictures = [self._store.note(CHANNEL, f"media:{media_id}") for media_id in media_ids]
        if len(pictures) > 4 or not all(picture and picture["account"] == number for picture in pictures):
            raise Refusal(422, "Validation failed: Media attachments are invalid")
        if not all(picture and picture["ready"] for picture in pictures):
            raise Refusal(422, "Cannot attach files that have not finished processing. Try again in a moment!")
        data = {
            "media_ids": media_ids,
            "pictures": [{"file": picture["file"], "alt": picture["alt"]} for picture in pictures if picture],
            "visibility": payload.get("visibility", "public"),
            "sensitive": bool(payload.get("sensitive")) or bool(warning),
            "spoiler_text": warning,
            "language": payload.get("language", ""),
        }
        return {"account": id_of(number), "text": text, "reply_to": parent, "data": data}

    async def delete(self, request: Request) -> Response:
        def remove() -> Response:
            user_id = id_of(self._account(request, "write:statuses"))
            post = self._store.post(CHANNEL, request.path_params["status_id"])
            if post is None or post.account != user_id:
                raise Refusal(404, "Record not found")
            self._store.remove_post(CHANNEL, post.remote_id)
            return JSONResponse(status_json(post) | {"text": post.text})

        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=_refuse, accept=remove)

    async def statuses(self, request: Request) -> Response:
        return answer_of(lambda: self._statuses(request))

    def _statuses(self, request: Request) -> Response:
        number = self._account(request, "read:statuses")
        user_id, payload = request.path_params["user_id"], request.query_params
        size = min(int(payload.get("limit", "20")), 40)
        before = self._store.post(CHANNEL, payload["max_id"]) if "max_id" in payload else None
        posts: list[Post] = self._store.posts(
            CHANNEL, account=user_id, before=before.id if before else None, limit=size
        )
        visible_posts = [
            post for post in posts if user_id == id_of(number) or post.data["visibility"] in ("public", "unlisted")
        ]
        return JSONResponse([status_json(post) for post in visible_posts])

    def _new_id(self) -> str:
        newest = self._store.posts(CHANNEL, limit=1)
        last = int(newest[0].remote_id) if newest else 0
        return str(max(int(time.time() * 1000) << 16, last + 1))

    def _limit(self, user_id: str) -> dict[str, str]:
        count = self._store.count_posts(CHANNEL, account=user_id, within=POSTS_WITHIN)
        first = self._store.first_post_at(CHANNEL, account=user_id, within=POSTS_WITHIN) or now()
        return _headers(POSTS - count, first + POSTS_WITHIN)


def _refuse(fault: str) -> Response:
    if fault == faults.TOO_MANY:
        return Refusal(429, "Too many requests", _headers(0, now() + timedelta(minutes=5))).answer
    if fault == faults.EXPIRY:
        return Refusal(401, "The access token was revoked").answer
    return Refusal(503, "There was a temporary problem serving your request, please try again").answer


def _headers(remaining: int, until: datetime) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(POSTS),
        "X-RateLimit-Remaining": str(max(remaining, 0)),
        "X-RateLimit-Reset": until.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }


def _oauth_error(error: str, description: str, status: int) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
