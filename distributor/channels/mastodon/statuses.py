"""Our own posts on a Mastodon server, read into types, and finding a thread among them.

A server gives a post back as HTML. Source: https://docs.joinmastodon.org/methods/accounts/#statuses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from distributor.channels.base import Clock, Intent
from distributor.channels.calls import Refused
from distributor.channels.lookups import longest_thread, window
from distributor.channels.mastodon.server import Server, the_id
from distributor.channels.response_bodies import moment

PAGE = 40  # the most that Mastodon gives at once
PAGES_LOOKED_AT = 5

_MENTION = re.compile(r"(@[\w.-]+)@[\w.-]*\w")


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours; `words` is its text as `comparable` makes it, `reply_to` is "" for none."""

    id: str
    url: str
    words: str
    reply_to: str


def own_posts(server: Server, user_id: str, intent: Intent, clock: Clock) -> list[OwnPost]:
    """Return which of the account's posts may be the intent's, the newest first. Raises CallFailure."""
    query = {"limit": str(PAGE), "exclude_reblogs": "true"}
    posts: list[OwnPost] = []
    for _ in range(PAGES_LOOKED_AT):
        response = server.get(f"/api/v1/accounts/{user_id}/statuses", **query)
        page, bounds = _list(response), window(intent, response.headers, clock())
        recent = [status for status in page if not bounds.is_older(moment(status.get("created_at")))]
        posts.extend(read_post(status) for status in recent if the_id(status) not in bounds.foreign_ids)
        if not page or len(recent) < len(page):
            break
        query["max_id"] = the_id(page[-1])
    return posts


def read_post(status: Mapping[str, Any]) -> OwnPost:
    """Read one post."""
    reply_to = status.get("in_reply_to_id")
    return OwnPost(
        the_id(status),
        str(status.get("url") or status.get("uri") or ""),
        comparable(text_of(str(status.get("content") or ""))),
        str(reply_to) if reply_to else "",
    )


def thread(parts: Sequence[str], posts: Sequence[OwnPost]) -> list[OwnPost]:
    """Return as many of the parts, from the first on, as hang together among the posts."""
    return longest_thread(
        [comparable(part) for part in parts],
        posts,
        begins=lambda post: not post.reply_to,
        follows=lambda post, before: post.reply_to == before[-1].id,
        says=lambda post, words: post.words == words,
    )


def comparable(text: str) -> str:
    """Return a text so that a server's changes do not matter: white space, normal form, the hosts of the mentioned."""
    return "".join(_MENTION.sub(r"\1", unicodedata.normalize("NFC", text)).split())


def text_of(html: str) -> str:
    """Return what a post's HTML says. A link's hidden parts (Mastodon shortens what is shown) belong to it."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in ("br", "p"):
            self.words.append("\n")


def _list(response: Any) -> list[Mapping[str, Any]]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, list):
        raise Refused(response.status_code, message="no list of posts")
    return [status for status in body if isinstance(status, Mapping) and the_id(status)]
