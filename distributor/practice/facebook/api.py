"""Facebook's Graph API, as far as pages go: their feed, photos, comments, deleting.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/feed/, /page/photos/, /object/comments/,
/docs/graph-api/guides/error-handling/, /docs/graph-api/overview/rate-limiting/.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, forms, identities, meta
from distributor.practice.facebook import login
from distributor.practice.facebook.login import CHANNEL, page_id, page_name
from distributor.practice.forms import Form
from distributor.practice.identities import PracticeAccount
from distributor.practice.meta import error
from distributor.practice.network import Network
from distributor.practice.refusals import Refused
from distributor.practice.store import Post, Store

PAGE_NAME = "The Practice Letters"
MESSAGE_LIMIT = 63_206
COMMENT_LIMIT = 8_000
PHOTO_LIMIT = 10 * 1024 * 1024  # bytes
PHOTO_TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff")
DUPLICATES_WITHIN = timedelta(hours=1)
CALLS_AN_HOUR = 4_800
_VERSION = re.compile(r"v\d+\.\d+")


def _routes(store: Store) -> list[Route]:
    """Return Graph's addresses."""
    graph = _Graph(store)
    return [
        *login.routes(store),
        Route("/{version}/{page_id}/feed", graph.publish, methods=["POST"]),
        Route("/{version}/{page_id}/photos", graph.photo, methods=["POST"]),
        Route("/{version}/{page_id}/feed", graph.feed, methods=["GET"]),
        Route("/{version}/{post_id}/comments", graph.comment, methods=["POST"]),
        Route("/{version}/{post_id}/comments", graph.comments, methods=["GET"]),
        Route("/{version}/{object_id}", graph.about, methods=["GET"]),
        Route("/{version}/{object_id}", graph.delete, methods=["DELETE"]),
        Route("/{rest:path}", graph.unknown, methods=["GET", "POST", "DELETE"]),
    ]


NETWORK = Network(
    CHANNEL,
    "Facebook",
    ("post on Facebook", "posts on Facebook"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice Facebook page",
        {
            "page_id": identities.GRAPH_PAGE,
            "page_token": identities.GRAPH_TOKEN,
            "api_version": identities.GRAPH_VERSION,
        },
    ),
    owner=PAGE_NAME,
    app={
        "app_id": identities.GRAPH_APP_ID,
        "app_secret": identities.GRAPH_APP_SECRET,
        "api_version": identities.GRAPH_VERSION,
    },
    page="facebook",
    another=lambda number: {"page_id": page_id(str(number)), "page_token": f"{identities.GRAPH_TOKEN}-{number}"},
)


class _Graph:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._server = login.server(store)

    async def unknown(self, request: Request) -> Response:
        return error(f"Unknown path components: /{request.path_params['rest']}", 2500)

    # Posting

    async def publish(self, request: Request) -> Response:
        form = await forms.read(request)
        return await self._with_faults(request, lambda: self._publish(self._page(request, form.texts), form.texts))

    async def photo(self, request: Request) -> Response:
        form = await forms.read(request)
        return await self._with_faults(request, lambda: self._photo(self._page(request, form.texts), form))

    async def comment(self, request: Request) -> Response:
        form = await forms.read(request)
        return await self._with_faults(request, lambda: self._comment(request, form.texts))

    async def delete(self, request: Request) -> Response:
        return await self._with_faults(request, lambda: self._delete(request))

    async def _with_faults(self, request: Request, accept: Callable[[], Response]) -> Response:
        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=self._refuse, accept=accept)

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return error(
                "(#32) Page request limit reached", 32, status=403, headers=self._usage(identities.GRAPH_PAGE, 100)
            )
        return meta.expired_session() if fault == faults.EXPIRY else meta.server_error()

    def _usage(self, page: str, percent: int | None = None) -> dict[str, str]:
        """Return the headers that say how much is used: of the app in all, and by this page."""
        percentage = self._store.count_posts(CHANNEL, within=timedelta(hours=1)) * 100 // CALLS_AN_HOUR
        share = percentage if percent is None else percent
        figures = {"call_count": share, "total_cputime": share, "total_time": share}
        case = {"type": "pages", **figures, "estimated_time_to_regain_access": 10 if share >= 100 else 0}
        return {"x-app-usage": json.dumps(figures), "x-business-use-case-usage": json.dumps({page: [case]})}

    def _publish(self, page: str, form: Mapping[str, str]) -> Response:
        message, link = form.get("message", ""), form.get("link", "")
        if not message and not link:
            return error("(#100) The parameter message or link is required", 100)
        if link and not re.match(r"https?://[^\s/]+", link):
            return error("(#100) link URL is not properly formatted", 100, subcode=1609005)
        refusal = self._wrong_words(page, message, link)
        return refusal or JSONResponse({"id": self._add(page, message, link)}, headers=self._usage(page))

    def _photo(self, page: str, form: Form) -> Response:
        upload = form.files.get("source")
        message = form.texts.get("caption") or form.texts.get("message", "")
        if upload is None:
            return error("(#324) Requires upload file", 324, subcode=2069019)
        if upload.type not in PHOTO_TYPES or not 0 < len(upload.content) <= PHOTO_LIMIT:
            return error("(#324) Missing or invalid image file", 324)
        refusal = self._wrong_words(page, message, "")
        if refusal is not None:
            return refusal
        photo = str(1_000_000_000 + secrets.randbelow(9_000_000_000))
        file = f"facebook-{photo}"
        self._store.keep_file(file, upload.type, upload.content)
        picture = {"file": file, "alt": form.texts.get("alt_text_custom", "")}
        post = self._add(page, message, "", {"pictures": [picture], "photo": photo})
        return JSONResponse({"id": photo, "post_id": post}, headers=self._usage(page))

    def _wrong_words(self, page: str, message: str, link: str) -> Response | None:
        if len(message) > MESSAGE_LIMIT:
            return error(f"(#100) Param message must be at most {MESSAGE_LIMIT} characters", 100)
        since = datetime.now(UTC) - DUPLICATES_WITHIN
        posts = self._store.posts(CHANNEL, account=page, since=since)
        if any((post.text, post.link) == (message, link) for post in posts):
            return error("(#506) Duplicate status message", 506, subcode=1455006)
        return None

    def _add(self, page: str, message: str, link: str, data: Mapping[str, Any] | None = None) -> str:
        remote_id = f"{page}_{1_000_000_000 + secrets.randbelow(9_000_000_000)}"
        self._store.add_post(CHANNEL, account=page, remote_id=remote_id, text=message, link=link, data=data)
        return remote_id

    def _comment(self, request: Request, form: Mapping[str, str]) -> Response:
        page, post = self._own_post(request, request.path_params["post_id"], form)
        message = form.get("message", "")
        if not message or len(message) > COMMENT_LIMIT:
            return error("(#100) The parameter message is required", 100)
        comment = {
            "id": f"{post.remote_id.partition('_')[2]}_{1_000_000_000 + secrets.randbelow(9_000_000_000)}",
            "message": message,
            "from": {"id": page, "name": page_name(self._account(request, form))},
            "created_time": _time_text(datetime.now(UTC)),
        }
        self._store.set_data(CHANNEL, post.remote_id, {**post.data, "comments": [*_comments_of(post), comment]})
        return JSONResponse({"id": comment["id"]}, headers=self._usage(page))

    def _delete(self, request: Request) -> Response:
        page, post = self._own_post(request, request.path_params["object_id"], {}, "delete")
        self._store.remove_post(CHANNEL, post.remote_id)
        return JSONResponse({"success": True}, headers=self._usage(page))

    # Looking

    async def feed(self, request: Request) -> Response:
        try:
            page = self._page(request, {})
        except Refused as refusal:
            return refusal.answer
        payload = request.query_params
        try:
            size = min(int(payload.get("limit", "25")), 100)
            since = datetime.fromtimestamp(int(payload["since"]), UTC) if "since" in payload else None
            before = int(payload["after"]) if "after" in payload else None
        except ValueError:
            return error("(#100) Invalid parameter", 100)
        posts = self._store.posts(CHANNEL, account=page, since=since, before=before, limit=size + 1)
        fields = [name for name in payload.get("fields", "id,message,created_time").split(",") if name]
        page_posts = posts[:size]
        answer: dict[str, Any] = {"data": [_story(post, fields) for post in page_posts]}
        if page_posts:
            answer["paging"] = {"cursors": {"before": str(page_posts[0].id), "after": str(page_posts[-1].id)}}
        if len(posts) > size:
            # As the real one does, with the token in it: whoever stores or logs this link gives the token away.
            token = login.bearer(request, {})
            answer["paging"]["next"] = (
                f"https://graph.facebook.com{request.url.path}?access_token={token}&after={page_posts[-1].id}"
            )
        return JSONResponse(answer, headers=self._usage(page))

    async def comments(self, request: Request) -> Response:
        try:
            page, post = self._own_post(request, request.path_params["post_id"], {})
        except Refused as refusal:
            return refusal.answer
        fields = {"id", *request.query_params.get("fields", "id,message,created_time,from").split(",")}
        comments = [{name: comment[name] for name in comment if name in fields} for comment in _comments_of(post)]
        return JSONResponse({"data": comments}, headers=self._usage(page))

    async def about(self, request: Request) -> Response:
        object_id = request.path_params["object_id"]
        try:
            account = self._account(request, {})
            page = page_id(account)
            if object_id not in (page, "me"):
                _, post = self._own_post(request, object_id, {})
                return JSONResponse(_story(post, request.query_params.get("fields", "id").split(",")))
        except Refused as refusal:
            return refusal.answer
        values = {"id": page, "name": page_name(account), "link": f"https://www.facebook.com/{page}"}
        fields = ("id", *request.query_params.get("fields", "id,name").split(","))
        return JSONResponse({name: values[name] for name in fields if name in values}, headers=self._usage(page))

    # Who asks, and for what

    def _account(self, request: Request, form: Mapping[str, str]) -> str:
        """Return which practice page a request's token is of. Raises Refused."""
        version = request.path_params["version"]
        token = login.bearer(request, form)
        if not _VERSION.fullmatch(version):
            raise Refused(error(f"Unknown path components: /{version}", 2500))
        if not token:
            raise Refused(error("An access token is required to request this resource.", 104))
        account = self._server.account(token)
        if account is None:
            raise Refused(meta.not_parsed())
        proof = form.get("appsecret_proof") or request.query_params.get("appsecret_proof")
        signature = hmac.new(identities.GRAPH_APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if proof and proof != signature:
            raise Refused(error("Invalid appsecret_proof provided in the API argument", 100))
        if not login.is_page_token(token):
            raise Refused(error("(#200) A page access token is required", 200, status=403))
        return account

    def _page(self, request: Request, form: Mapping[str, str]) -> str:
        """Return the page that a request is for. Raises Refused unless its token is that page's."""
        page = page_id(self._account(request, form))
        if request.path_params["page_id"] not in (page, "me"):
            raise Refused(
                error(
                    "(#200) If posting to a group, requires app being installed in the group, and either "
                    "publish_to_groups permission with user token, or both pages_read_engagement and "
                    "pages_manage_posts permission with page token",
                    200,
                    status=403,
                )
            )
        return page

    def _own_post(
        self, request: Request, post_id: str, form: Mapping[str, str], method: str = "get"
    ) -> tuple[str, Post]:
        page = page_id(self._account(request, form))
        post = self._store.post(CHANNEL, post_id)
        if post is None or post.account != page:
            raise Refused(meta.not_there(post_id, method))
        return page, post


def _comments_of(post: Post) -> list[dict[str, Any]]:
    return list(post.data.get("comments", []))


def _time_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _story(post: Post, fields: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": post.remote_id,
        "message": post.text,
        "created_time": _time_text(post.created_at),
        "permalink_url": f"https://www.facebook.com/{post.account}/posts/{post.remote_id.partition('_')[2]}",
        "from": {"id": post.account, "name": PAGE_NAME},
    }
    return {"id": post.remote_id} | {field: values[field] for field in fields if values.get(field)}
