"""Threads, as its API behaves: containers and publishing, replies, lists of posts, deleting, limits.

Pictures are not really fetched here. A picture whose address contains `slow` is still being fetched when it is first
asked about; one with `missing` can't be fetched; a container of one with `stale` has expired when asked again.

Sources: https://developers.facebook.com/docs/threads/posts, /docs/threads/troubleshooting, /docs/threads/overview,
/docs/threads/retrieve-and-manage-replies, /docs/threads/posts/delete-posts; error bodies as users have reported them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import regex
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import faults, forms, identities, meta
from distributor.practice.identities import PracticeAccount
from distributor.practice.meta import error
from distributor.practice.network import Network
from distributor.practice.refusals import Refused, answer_of
from distributor.practice.store import Post, Store, now
from distributor.practice.threads import login
from distributor.practice.threads.login import CHANNEL, user_id, username
from distributor.practice.twitter.length import URL

LIMIT = 500
MOST_LINKS = 5
DAY = timedelta(days=1)
POSTS_A_DAY, REPLIES_A_DAY, DELETIONS_A_DAY = 250, 1_000, 100
AUDIENCES = ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only")
_EMOJI = regex.compile(
    r"(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3"
    r"|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"  # the flags of England, Scotland, Wales
    r"|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}(?=\p{EMod}|\u200d))"
    r"(?:\p{EMod}|\ufe0f)?(?:\u200d\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f)?)*)"
)


def _routes(store: Store) -> list[Route]:
    """Return Threads' addresses."""
    threads = _Threads(store)
    return [
        *login.routes(store),
        Route("/v1.0/{user}/threads", threads.create, methods=["POST"]),
        Route("/v1.0/{user}/threads_publish", threads.publish, methods=["POST"]),
        Route("/v1.0/{user}/threads", threads.posts, methods=["GET"]),
        Route("/v1.0/{user}/replies", threads.replies, methods=["GET"]),
        Route("/v1.0/{user}/threads_publishing_limit", threads.limits, methods=["GET"]),
        Route("/v1.0/{object_id}", threads.about, methods=["GET"]),
        Route("/v1.0/{object_id}", threads.delete, methods=["DELETE"]),
    ]


NETWORK = Network(
    CHANNEL,
    "Threads",
    ("post on Threads", "posts on Threads"),
    _routes,
    PracticeAccount(CHANNEL, "Practice Threads account", {"access_token": identities.THREADS_TOKEN}),
    app={"app_id": identities.THREADS_APP_ID, "app_secret": identities.THREADS_APP_SECRET},
)


def text_length(text: str) -> int:
    """Return the length of a text as Threads counts it: an emoji by its UTF-8 bytes, all else by the character."""
    return len(_EMOJI.sub(lambda emoji: "x" * len(emoji.group().encode()), text))


class _Threads:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._server = login.server(store)

    # Posting

    async def create(self, request: Request) -> Response:
        """Make a container, or with auto_publish_text a post: only what people can see meets the world's faults."""
        form = (await forms.read(request)).texts

        def accept() -> Response:
            return self._create(self._user(request), form)

        visible = form.get("auto_publish_text") == "true" and form.get("media_type") == "TEXT"
        return await self._with_faults(request, accept) if visible else answer_of(accept)

    async def publish(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        return await self._with_faults(request, lambda: self._publish(self._user(request), form.get("creation_id", "")))

    async def delete(self, request: Request) -> Response:
        return await self._with_faults(request, lambda: self._delete(request))

    async def _with_faults(self, request: Request, accept: Callable[[], Response]) -> Response:
        return await faults.answer_or_fail(request, self._store, CHANNEL, refuse=self._refuse, accept=accept)

    def _refuse(self, fault: str) -> Response:
        if fault == faults.TOO_MANY:
            return error("(#4) Application request limit reached", 4, status=403)
        return meta.expired_session() if fault == faults.EXPIRY else meta.server_error()

    def _create(self, user: str, form: Mapping[str, str]) -> Response:
        self._check_words(form)
        kind, picture, reply_to = form.get("media_type", ""), form.get("image_url", ""), form.get("reply_to_id", "")
        if kind not in ("TEXT", "IMAGE"):
            return error("(#100) Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}", 100)
        if kind == "IMAGE" and not re.match(r"https?://[^\s/]+/", picture):
            return error("(#100) Param image_url is not a valid URI", 100)
        if kind == "IMAGE" and form.get("link_attachment"):
            return error("(#100) link_attachment is for text-only posts", 100)
        if form.get("reply_control", "everyone") not in AUDIENCES:
            return error(f"(#100) Param reply_control must be one of {{{', '.join(AUDIENCES)}}}", 100)
        if reply_to and self._store.post(CHANNEL, reply_to) is None:
            return _media_not_found(reply_to)
        container = _new_id()
        about = {"form": dict(form), "user": user, "at": now().isoformat(), "looks": 0, "published": ""}
        self._store.keep(CHANNEL, f"container:{container}", about)
        if form.get("auto_publish_text") == "true" and kind == "TEXT":
            return self._publish(user, container)
        return JSONResponse({"id": container})

    def _check_words(self, form: Mapping[str, str]) -> None:
        text = form.get("text", "")
        if not text and not form.get("link_attachment") and form.get("media_type") == "TEXT":
            raise Refused(error("(#100) The parameter text is required", 100))
        if text_length(text) > LIMIT:
            raise Refused(error(f"(#100) Param text must be at most {LIMIT} characters long.", 100))
        links = {match.group() for match in URL.finditer(text)} | {form.get("link_attachment", "")}
        if len(links - {""}) > MOST_LINKS:
            raise Refused(error("THREADS_API__LINK_LIMIT_EXCEEDED", 100, user_message="Too many links in the post"))

    def _publish(self, user: str, container: str) -> Response:
        about = self._store.note(CHANNEL, f"container:{container}")
        if about is None or about["user"] != user:
            return _media_not_found(container)
        if about["published"]:
            return error("(#100) The media container has been published already", 100, subcode=2207027)
        if self._state(about) != "FINISHED":
            return _media_not_found(container)
        form = about["form"]
        reply_to = form.get("reply_to_id", "")
        if self._use_count(user, replies=bool(reply_to)) >= (REPLIES_A_DAY if reply_to else POSTS_A_DAY):
            return error("(#9) User has reached the maximum number of posts that they can publish by the API", 9)
        post_id = _new_id()
        data = {name: form[name] for name in ("image_url", "alt_text", "reply_control") if form.get(name)}
        link = form.get("link_attachment", "")
        self._store.add_post(
            CHANNEL, account=user, remote_id=post_id, text=form.get("text", ""), reply_to=reply_to, link=link, data=data
        )
        self._store.keep(CHANNEL, f"container:{container}", {**about, "published": post_id})
        return JSONResponse({"id": post_id})

    def _state(self, about: Mapping[str, Any]) -> str:
        picture = about["form"].get("image_url", "")
        if about["published"]:
            return "PUBLISHED"
        if datetime.fromisoformat(about["at"]) < now() - DAY or ("stale" in picture and about["looks"] > 1):
            return "EXPIRED"
        if "missing" in picture:
            return "ERROR"
        return "IN_PROGRESS" if about["looks"] < 2 and re.search("slow|stale", picture) else "FINISHED"

    def _use_count(self, user: str, *, replies: bool) -> int:
        posts = self._store.posts(CHANNEL, account=user, since=now() - DAY, limit=2_000)
        return sum(bool(post.reply_to) == replies for post in posts)

    def _delete(self, request: Request) -> Response:
        user, post = self._user(request), self._store.post(CHANNEL, request.path_params["object_id"])
        if post is None or post.account != user:
            return meta.not_there(request.path_params["object_id"], "delete")
        since = (now() - DAY).isoformat()
        earlier = (self._store.note(CHANNEL, f"deletions:{user}") or {}).get("at", [])
        deletions = [at for at in earlier if at >= since]
        if len(deletions) >= DELETIONS_A_DAY:
            return error("(#9) User has reached the maximum number of deletions by the API", 9)
        self._store.keep(CHANNEL, f"deletions:{user}", {"at": [*deletions, now().isoformat()]})
        self._store.remove_post(CHANNEL, post.remote_id)
        return JSONResponse({"success": True, "deleted_id": post.remote_id})

    # Looking

    async def posts(self, request: Request) -> Response:
        return answer_of(lambda: self._list(request, replies=False))

    async def replies(self, request: Request) -> Response:
        return answer_of(lambda: self._list(request, replies=True))

    def _list(self, request: Request, *, replies: bool) -> Response:
        user, payload = self._user(request), request.query_params
        try:
            size = min(int(payload.get("limit", "25")), 100)
            since = datetime.fromtimestamp(int(payload["since"]), UTC) if "since" in payload else None
            before = int(payload["after"]) if "after" in payload else None
        except ValueError:
            return error("(#100) Invalid parameter", 100)
        posts = self._store.posts(CHANNEL, account=user, since=since, before=before, limit=2_000)
        posts = [post for post in posts if bool(post.reply_to) == replies]
        page_posts, fields = posts[:size], ["id", *payload.get("fields", "id").split(",")]
        answer: dict[str, Any] = {"data": [self._post_json(post, fields) for post in page_posts]}
        if page_posts:
            answer["paging"] = {"cursors": {"before": str(page_posts[0].id), "after": str(page_posts[-1].id)}}
        if len(posts) > size:
            # As the real one does, with the token in it: whoever stores or logs this link gives the token away.
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            path = f"https://graph.threads.net{request.url.path}"
            answer["paging"]["next"] = f"{path}?access_token={token}&after={page_posts[-1].id}"
        return JSONResponse(answer)

    async def about(self, request: Request) -> Response:
        return answer_of(lambda: self._about(request))

    def _about(self, request: Request) -> Response:
        user, object_id = self._user(request), request.path_params["object_id"]
        fields = ["id", *request.query_params.get("fields", "id").split(",")]
        if object_id in ("me", user):
            values = {"id": user, "username": username(user), "name": NETWORK.owner}
            return JSONResponse({name: values[name] for name in fields if name in values})
        post = self._store.post(CHANNEL, object_id)
        if post is not None:
            if "status" in fields:
                return error("Tried accessing nonexisting field (status)", 100)
            return JSONResponse(self._post_json(post, fields))
        about = self._store.note(CHANNEL, f"container:{object_id}")
        if about is None or about["user"] != user:
            return meta.not_there(object_id)
        about["looks"] += 1
        self._store.keep(CHANNEL, f"container:{object_id}", about)
        state = self._state(about)
        failure = {"error_message": "FAILED_DOWNLOADING_IMAGE"} if state == "ERROR" else {}
        return JSONResponse({"id": object_id, "status": state, **failure})

    async def limits(self, request: Request) -> Response:
        def judge() -> Response:
            user = self._user(request)
            day = int(DAY.total_seconds())
            values = {
                "quota_usage": self._use_count(user, replies=False),
                "config": {"quota_total": POSTS_A_DAY, "quota_duration": day},
                "reply_quota_usage": self._use_count(user, replies=True),
                "reply_config": {"quota_total": REPLIES_A_DAY, "quota_duration": day},
            }
            fields = request.query_params.get("fields", "quota_usage").split(",")
            return JSONResponse({"data": [{name: values[name] for name in fields if name in values}]})

        return answer_of(judge)

    def _post_json(self, post: Post, fields: list[str]) -> dict[str, Any]:
        root = post
        while root.reply_to and (before := self._store.post(CHANNEL, root.reply_to)) is not None:
            root = before
        values: dict[str, Any] = {
            "id": post.remote_id,
            "text": post.text,
            "permalink": f"https://www.threads.com/@{username(post.account)}/post/{post.remote_id}",
            "timestamp": post.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "username": username(post.account),
            "is_reply": bool(post.reply_to),
        }
        if post.reply_to:
            values |= {"replied_to": {"id": post.reply_to}, "root_post": {"id": root.remote_id}}
        return {name: values[name] for name in fields if name in values}

    def _user(self, request: Request) -> str:
        """Return whose token a request carries. Raises Refused unless it is the user's whom the address names."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = token or request.query_params.get("access_token", "")
        if not token:
            raise Refused(error("An access token is required to request this resource.", 104))
        account = self._server.account(token)
        if account is None:
            raise Refused(meta.not_parsed())
        user = user_id(account)
        if request.path_params.get("user", "me") not in ("me", user):
            raise Refused(error("(#10) Application does not have permission for this action", 10, status=403))
        return user


def _new_id() -> str:
    return f"18{secrets.randbelow(10**15):015d}"


def _media_not_found(media: str) -> Response:
    return error(
        "The requested resource does not exist",
        24,
        subcode=4279009,
        user_message=f"The media with id {media} cannot be found.",
    )
