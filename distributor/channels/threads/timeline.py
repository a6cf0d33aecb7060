"""The account's own posts on Threads, read into types, and finding a thread among them.

Sources: https://developers.facebook.com/docs/threads/threads-media and /docs/threads/retrieve-and-manage-replies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from distributor.channels import meta
from distributor.channels.base import Intent, LookupAway
from distributor.channels.lookups import comparable, longest_thread, search_start, window
from distributor.channels.response_bodies import mapping
from distributor.channels.threads.api import ThreadsApi

PAGES_LOOKED_AT = 12  # a day's 250 posts, or its 1,000 answers
FIELDS = "id,text,permalink,timestamp,is_reply,replied_to,root_post"


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours. `answers` is the post before it in its thread, `root` the thread's first one, "" for none."""

    id: str
    text: str = ""
    url: str = ""
    at: datetime | None = None
    answers: str = ""
    root: str = ""


def own_posts(api: ThreadsApi, intent: Intent, now: datetime, *, answers: bool) -> list[OwnPost]:
    """Return which of the account's posts may be the intent's, and with `answers` those that answer others.

    Raises LookupAway when Threads does not show them, and what httpx raises.
    """
    posts_by_id = {post.id: post for post in _list(api, "me/threads", intent, now)}
    if answers:
        posts_by_id |= {post.id: post for post in _list(api, "me/replies", intent, now)}
    return list(posts_by_id.values())


def thread(parts: Sequence[str], posts: Sequence[OwnPost]) -> list[OwnPost]:
    """Return as many of the parts, from the first on, as hang together among the posts."""
    return longest_thread(
        parts, posts, begins=lambda post: not post.answers and not post.root, follows=_follows, says=_says
    )


def _follows(post: OwnPost, before: Sequence[OwnPost]) -> bool:
    if post.answers:
        return post.answers == before[-1].id
    return post.root == before[0].id and post not in before


def _says(post: OwnPost, part: str) -> bool:
    """Whether a post says this; Threads takes the # from the one that it makes the topic."""
    return comparable(post.text.replace("#", "")) == comparable(part.replace("#", ""))


def _list(api: ThreadsApi, path: str, intent: Intent, now: datetime) -> list[OwnPost]:
    query = {"fields": FIELDS, "since": str(int(search_start(intent).timestamp())), "limit": "100"}
    own_posts: list[OwnPost] = []
    for _ in range(PAGES_LOOKED_AT):
        response = api.get(path, **query)
        entry_list = meta.read_list(response)
        if entry_list is None:
            raise LookupAway(f"Threads would not show the account’s posts ({response.status_code}).")
        entries, after = entry_list
        bounds = window(intent, response.headers, now)
        posts = (_post(entry) for entry in entries if entry.get("id"))
        own_posts += [post for post in posts if bounds.may_be_own(post.id, post.at)]
        if not after:
            return own_posts
        query["after"] = after
    raise LookupAway("The account has more posts since then than can be looked through.")


def _post(entry: Mapping[str, Any]) -> OwnPost:
    answers = str(mapping(entry.get("replied_to")).get("id", ""))
    return OwnPost(
        str(entry["id"]),
        str(entry.get("text", "")),
        str(entry.get("permalink", "")),
        meta.read_time(entry.get("timestamp")),
        answers,
        str(mapping(entry.get("root_post")).get("id", "")) or ("?" if entry.get("is_reply") and not answers else ""),
    )
