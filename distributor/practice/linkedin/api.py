"""LinkedIn, as its versioned REST API behaves: posts, pictures, and whose account it is.

Sources: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api, …/images-api,
/linkedin/marketing/versioning, /linkedin/shared/api-guide/concepts/error-handling; error bodies as users have reported
them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults
from distributor.practice.identities import PracticeAccount
from distributor.practice.linkedin import errors, members
from distributor.practice.linkedin.members import CHANNEL, Caller, Members
from distributor.practice.linkedin.text import readable, utf16_length
from distributor.practice.network import Network
from distributor.practice.refusals import Refused, answer_of
from distributor.practice.store import Post, Store, now

TEXT_LIMIT = 3_000
TITLE_LIMIT = 400
ALT_LIMIT = 4_086
POSTS_A_DAY = 150
DUPLICATES_WITHIN = timedelta(days=1)
MOST_BYTES = 10_000_000
_REQUIRED_FIELDS = ("author", "commentary", "visibility", "distribution", "lifecycleState")


def _routes(store: Store) -> list[Route]:
    """Return LinkedIn's addresses."""
    members = Members(store)
    linkedin = _LinkedInApi(store, members)
    return [
        *members.routes(),
        Route("/rest/posts", linkedin.create, methods=["POST"]),
        Route("/rest/posts", linkedin.find, methods=["GET"]),
        Route("/rest/posts/{urn}", linkedin.delete, methods=["DELETE"]),
        Route("/rest/images", linkedin.begin_upload, methods=["POST"]),
        Route("/dms-uploads/{name}", linkedin.upload, methods=["PUT"]),
    ]


NETWORK = Network(
    CHANNEL,
    "LinkedIn",
    ("post on LinkedIn", "posts on LinkedIn"),
    _routes,
    PracticeAccount(
        CHANNEL,
        "Practice LinkedIn page",
        {"author": members.PAGE, "access_token": members.TOKEN, "api_version": members.recent_version()},
    ),
    owner=members.PAGES[members.PAGE],
    app={
        "client_id": members.PAGES_APP,
        "client_secret": members.APP_SECRET,
        "api_version": members.recent_version(),
        "scopes": " ".join(members.PAGES_SCOPES),
    },
)


class _LinkedInApi:
    def __init__(self, store: Store, members: Members) -> None:
        self._store = store
        self._members = members

    async def create(self, request: Request) -> Response:
        body = await request.body()
        return await faults.answer_or_fail(
            request,
            self._store,
            CHANNEL,
            refuse=_refuse,
            accept=lambda: self._for_caller(request, lambda caller: self._create(caller, body)),
        )

    def _for_caller(self, request: Request, act: Callable[[Caller], Response]) -> Response:
        """Check what every versioned call needs, then act."""
        refusal = errors.protocol(request)
        if refusal is not None:
            return refusal
        caller = self._members.caller(request)
        if isinstance(caller, Response):
            return caller
        return answer_of(lambda: act(caller))

    def _create(self, caller: Caller, body: bytes) -> Response:
        try:
            payload = json.loads(body)
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            return errors.error(400, "ILLEGAL_ARGUMENT", "Request body could not be converted to data map")
        missing_fields = [name for name in _REQUIRED_FIELDS if name not in payload]
        if missing_fields:
            return errors.missing_fields(missing_fields)
        author = str(payload["author"])
        if not caller.may_post(author):
            return errors.access_denied("partnerApiPostsExternal.CREATE")
        account = caller.account_of(author)
        if self._store.count_posts(CHANNEL, account=account, within=timedelta(days=1)) >= POSTS_A_DAY:
            return errors.too_many_requests()
        text = _text(payload)
        link, data = self._content(payload, author)
        for post in self._store.posts(CHANNEL, account=account, since=now() - DUPLICATES_WITHIN, limit=POSTS_A_DAY):
            if (post.text, post.link) == (text, link):
                return errors.duplicate(post.remote_id)
        urn = f"urn:li:share:{7_000_000_000_000_000_000 + secrets.randbelow(10**17)}"
        data |= {"commentary": payload["commentary"], "author": author, "visibility": payload["visibility"]}
        self._store.add_post(CHANNEL, account=account, remote_id=urn, text=text, link=link, data=data)
        return Response(status_code=201, headers={"x-restli-id": urn, "x-linkedin-id": urn})

    def _content(self, payload: Mapping[str, Any], author: str) -> tuple[str, dict[str, Any]]:
        """Return a post's link and what is shown of its content. Raises Refused."""
        content = payload.get("content") or {}
        article, media = content.get("article"), content.get("media")
        if article is not None:
            source, title = str(article.get("source", "")), str(article.get("title", ""))
            if not source.startswith(("http://", "https://")) or not title:
                raise Refused(errors.bad_field("/content/article", "MISSING_FIELD"))
            if utf16_length(title) > TITLE_LIMIT:
                raise Refused(errors.bad_field("/content/article/title", "FIELD_LENGTH_TOO_LONG"))
            pictures = [self._picture(article["thumbnail"], "", author)] if article.get("thumbnail") else []
            return source, {"card": {**article}, "pictures": pictures}
        if media is not None:
            alt = str(media.get("altText", ""))
            if utf16_length(alt) > ALT_LIMIT:
                raise Refused(errors.bad_field("/content/media/altText", "FIELD_LENGTH_TOO_LONG"))
            return "", {"pictures": [self._picture(str(media.get("id", "")), alt, author)]}
        return "", {}

    def _picture(self, urn: str, alt: str, author: str) -> dict[str, str]:
        about = self._store.note(CHANNEL, f"image:{urn}")
        if about is None or about["owner"] != author:
            raise Refused(errors.bad_field("/content", "INVALID_URN_ID"))
        if self._store.file(about["file"]) is None:
            raise Refused(errors.error(400, "MEDIA_ASSET_WAITING_UPLOAD", "The media asset waits for its upload"))
        return {"file": about["file"], "alt": alt}

    async def find(self, request: Request) -> Response:
        return self._for_caller(request, lambda caller: self._find(caller, request))

    def _find(self, caller: Caller, request: Request) -> Response:
        payload = request.query_params
        if request.headers.get("x-restli-method", "").upper() != "FINDER" or payload.get("q") != "author":
            return errors.error(400, "ILLEGAL_ARGUMENT", "No such finder")
        author = payload.get("author", "")
        if not caller.may_read(author):
            return errors.access_denied("partnerApiPostsExternal.FINDER-author")
        start, count = _whole(payload.get("start"), 0), min(_whole(payload.get("count"), 10), 100)
        posts = self._store.posts(CHANNEL, account=caller.account_of(author), limit=start + count)[start:]
        page_info = {"start": start, "count": count, "links": []}
        return JSONResponse({"paging": page_info, "elements": [_element(post) for post in posts]})

    async def delete(self, request: Request) -> Response:
        return self._for_caller(request, lambda caller: self._delete(caller, request))

    def _delete(self, caller: Caller, request: Request) -> Response:
        if b":" in request.scope["raw_path"].rpartition(b"/posts/")[2]:
            return errors.error(400, "ILLEGAL_ARGUMENT", "URNs in a path have to be encoded")
        urn = request.path_params["urn"]
        post = self._store.post(CHANNEL, urn)
        if post is not None:
            author = str(post.data["author"])
            if not caller.may_post(author) or caller.account_of(author) != post.account:
                return errors.access_denied("partnerApiPostsExternal.DELETE")
            self._store.remove_post(CHANNEL, urn)
        return Response(status_code=204)  # also for a post that was deleted before

    async def begin_upload(self, request: Request) -> Response:
        body = await request.body()
        return self._for_caller(request, lambda caller: self._begin_upload(caller, request, body))

    def _begin_upload(self, caller: Caller, request: Request, body: bytes) -> Response:
        try:
            owner = str(json.loads(body)["initializeUploadRequest"]["owner"])
        except (ValueError, KeyError, TypeError):
            return errors.missing_fields(["initializeUploadRequest/owner"])
        if request.query_params.get("action") != "initializeUpload" or not caller.may_post(owner):
            return errors.access_denied("partnerApiImages.ACTION-initializeUpload")
        name = secrets.token_urlsafe(12)
        urn = f"urn:li:image:{name}"
        self._store.keep(CHANNEL, f"image:{urn}", {"owner": owner, "file": f"linkedin-{name}"})
        root = str(request.url).partition("/rest/")[0]
        return JSONResponse({"value": {"uploadUrl": f"{root}/dms-uploads/{name}?ca=vector_feedshare", "image": urn}})

    async def upload(self, request: Request) -> Response:
        content = await request.body()
        caller = self._members.caller(request)
        about = self._store.note(CHANNEL, f"image:urn:li:image:{request.path_params['name']}")
        if isinstance(caller, Response):
            return caller
        if about is None or not content or len(content) > MOST_BYTES:
            return errors.error(400, "INVALID_UPLOAD", "The upload is unknown, empty or too large")
        kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
        self._store.keep_file(about["file"], kind, content)
        return Response(status_code=201)


def _refuse(fault: str) -> Response:
    if fault == faults.TOO_MANY:
        return errors.too_many_requests()
    if fault == faults.EXPIRY:
        return errors.expired_token()
    return errors.error(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")


def _text(payload: Mapping[str, Any]) -> str:
    """Return what readers see of a post's text. Raises Refused."""
    if payload["visibility"] not in ("PUBLIC", "CONNECTIONS", "LOGGED_IN"):
        raise Refused(errors.bad_field("/visibility", "INVALID_VALUE_FOR_FIELD"))
    if members.is_page(str(payload["author"])) and payload["visibility"] == "CONNECTIONS":
        raise Refused(errors.bad_field("/visibility", "INVALID_VALUE_FOR_FIELD"))
    if payload["lifecycleState"] != "PUBLISHED" or not isinstance(payload["commentary"], str):
        raise Refused(errors.bad_field("/lifecycleState", "INVALID_VALUE_FOR_FIELD"))
    text = readable(payload["commentary"])
    if utf16_length(text) > TEXT_LIMIT:
        raise Refused(errors.bad_field("/commentary", "FIELD_LENGTH_TOO_LONG"))
    if not text.strip() and not payload.get("content"):
        raise Refused(errors.bad_field("/commentary", "INVALID_VALUE_BLANK_FIELD"))
    return text


def _element(post: Post) -> dict[str, Any]:
    at = int(post.created_at.timestamp() * 1000)
    return {
        "id": post.remote_id,
        "author": post.data["author"],
        "commentary": post.data["commentary"],
        "visibility": post.data["visibility"],
        "lifecycleState": "PUBLISHED",
        "createdAt": at,
        "publishedAt": at,
    }


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else default
