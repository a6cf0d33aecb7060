"""What Ghost sends (https://ghost.org/docs/webhooks/): `{"post": {"current": {…}, "previous": {…}}}`.

A call does not name its event: what is so is told by the post's status and who may read it. Whatever is not public is
withdrawn, since the call that told of the change may be lost. A post that was deleted has nothing under `current`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from distributor.newsroom.formats.submission import Malformed, Submission, read_json


def read(body: bytes) -> Submission:
    """Return what a call says. Raises Malformed."""
    post = read_json(body).get("post")
    if not isinstance(post, Mapping):
        raise Malformed("It is about no post: choose the events of posts in Ghost.")
    current, previous = _object(post.get("current")), _object(post.get("previous"))
    values = {**previous, **current}
    identity: dict[str, Any] = {"id": _id(values), "url": _text(values, "url"), "title": _text(values, "title")}
    if not current.get("id"):
        return Submission("withdraw", "The post is deleted.", **identity)
    status = _text(current, "status")
    if status == "sent":  # by mail only: it has no page
        return Submission("withdraw", "The post is sent by Ghost’s own newsletter and has no page.", **identity)
    if not status:
        return Submission("other", "It does not say the post’s status.")
    if status != "published":
        was_published = previous.get("status") == "published"
        reason = "The post is unpublished." if was_published else f"The post is {status}."
        return Submission("withdraw", reason, **identity)
    if _text(current, "visibility") not in ("", "public"):
        return Submission("withdraw", "The post is for members only.", **identity)
    return _letter(current, identity)


def _letter(post: Mapping[str, Any], identity: Mapping[str, Any]) -> Submission:
    authors = post.get("authors")
    names = (
        [_text(author, "name") for author in authors if isinstance(author, Mapping)]
        if isinstance(authors, list)
        else []
    )
    tag = _object(post.get("primary_tag"))
    return Submission(
        "publish",
        **identity,
        html=_text(post, "html"),
        text="" if _text(post, "html") else _text(post, "plaintext"),
        authors=tuple(filter(None, names)),
        summary=_text(post, "custom_excerpt"),
        date=_text(post, "published_at"),
        language=_text(post, "locale"),
        section=_text(tag, "name"),
        image=_text(post, "feature_image"),
    )


def _id(post: Mapping[str, Any]) -> str:
    uuid = _text(post, "uuid")
    return f"urn:uuid:{uuid}" if uuid else f"urn:ghost:{_text(post, 'id')}" if post.get("id") else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    return text if isinstance(text, str) else ""
