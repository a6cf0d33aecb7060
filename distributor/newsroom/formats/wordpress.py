"""What WordPress sends: by the plugin WP Webhooks, and by the recipe in docs/editors/doors.md.

Both hold the post as WordPress has it (`post_title`, `post_content`, `post_status`, …); the plugin puts it under
`post`, with `post_permalink` and others beside it, and `post_before` where it changed. WordPress' own REST names
(`title`, `content`, `link`, with `rendered`) are read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from distributor.newsroom.formats.submission import Malformed, Submission, read_json


def read(body: bytes) -> Submission:
    """Return what a call says. Raises Malformed."""
    payload = read_json(body)
    post = payload.get("post") or payload.get("post_data") or payload
    if not isinstance(post, Mapping):
        raise Malformed("It holds no post.")
    number = _first(post, "ID", "id") or _first(payload, "post_id", "ID", "id")
    url = _first(payload, "post_permalink", "permalink", "link", "url") or _first(post, "permalink", "link", "url")
    identity: dict[str, Any] = {
        "id": _id(_first(post, "guid"), number, url),
        "url": url,
        "title": _first(post, "post_title", "title"),
    }
    if not number:
        raise Malformed("It names no post: let the plugin send the post’s data.")
    kind = _first(post, "post_type", "type")
    if kind not in ("", "post"):
        return Submission("other", f"It is a {kind}, not a post.")
    status = _first(payload, "new_status") or _first(post, "post_status", "status")
    if not status:
        return Submission("other", "It does not say the post’s status.")
    if status != "publish":  # whatever it was: the call that told of the change may be lost
        return Submission("withdraw", f"The post is {status}.", **identity)
    if _first(post, "post_password"):
        return Submission("withdraw", "The post has a password.", **identity)
    return _letter(payload, post, identity)


def _letter(payload: Mapping[str, Any], post: Mapping[str, Any], identity: Mapping[str, Any]) -> Submission:
    author = _first(payload, "author_name", "post_author_name") or _first(post, "author_name")
    date = _first(post, "post_date_gmt", "date_gmt")
    return Submission(
        "publish",
        **identity,
        html=_first(payload, "content_html") or _first(post, "post_content", "content"),
        authors=(author,) if author else (),
        summary=_first(post, "post_excerpt", "excerpt"),
        date=f"{date.replace(' ', 'T')}Z" if date and not date.startswith("0000") else "",
        image=_first(payload, "post_thumbnail", "thumbnail_url"),
        section=_first(payload, "category"),
    )


def _id(guid: str, number: str, url: str) -> str:
    """A post's guid is what WordPress' feed has as well; its number is unique in its site."""
    if guid.startswith(("http://", "https://")):
        return guid
    host = urlsplit(url).hostname or ""
    return f"urn:wordpress:{host}:{number}" if number else ""


def _first(value: Mapping[str, Any], *names: str) -> str:
    for name in names:
        text = value.get(name)
        if isinstance(text, Mapping):
            text = text.get("rendered") or text.get("raw")
        if isinstance(text, (str, int)) and not isinstance(text, bool) and str(text):
            return str(text)
    return ""
