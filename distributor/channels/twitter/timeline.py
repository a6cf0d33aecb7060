"""Our own posts on X, read into types, and finding a thread among them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distributor.channels import lookups
from distributor.channels.base import Clock, Intent
from distributor.channels.lookups import longest_thread, search_start, window
from distributor.channels.response_bodies import json_object, mapping, moment
from distributor.channels.twitter.client import Client

PAGE = 100  # the most that X gives at once
PAGES_LOOKED_AT = 5

_SCHEME = re.compile(r"\bhttps?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours. `text` is as it was written: links spelled out, nothing escaped, no link to its own picture.

    `reply_to` is "" for none.
    """

    id: str
    text: str
    reply_to: str


def own_posts(client: Client, intent: Intent, clock: Clock) -> list[OwnPost]:
    """Return which of the account's posts may be the intent's, the newest first. Raises what the client raises."""
    user_id = str(mapping(mapping(client.me()).get("data")).get("id", ""))
    query: dict[str, Any] = {
        "max_results": PAGE,
        "start_time": search_start(intent),
        "tweet_fields": ["created_at", "entities", "referenced_tweets"],
    }
    posts: list[OwnPost] = []
    for _ in range(PAGES_LOOKED_AT):
        response = client.posts(user_id, **query)
        timeline, bounds = json_object(response), window(intent, response.headers, clock())
        tweets = (mapping(tweet) for tweet in timeline.get("data") or ())
        posts.extend(
            _post(tweet)
            for tweet in tweets
            if bounds.may_be_own(str(tweet.get("id", "")), moment(tweet.get("created_at")))
        )
        token = mapping(timeline.get("meta")).get("next_token")
        if not token:
            break
        query["pagination_token"] = token
    return posts


def thread_ids(parts: Sequence[str], posts: Sequence[OwnPost]) -> tuple[str, ...]:
    """Return the ids of as many of the parts, from the first on, as hang together among the posts."""
    thread = longest_thread(
        parts,
        posts,
        begins=lambda post: not post.reply_to,
        follows=lambda post, before: post.reply_to == before[-1].id,
        says=lambda post, part: comparable(post.text) == comparable(part),
    )
    return tuple(post.id for post in thread)


def comparable(text: str) -> str:
    """Return a text so that X's own changes do not matter, also how a link is written."""
    return lookups.comparable(_SCHEME.sub("", text).replace("/ ", " ")).rstrip("/")


def _post(tweet: Mapping[str, Any]) -> OwnPost:
    text = str(tweet.get("text", ""))
    for url in mapping(tweet.get("entities")).get("urls") or ():
        # X writes a link to a post's own picture behind its text.
        spelt = "" if url.get("media_key") else str(url.get("expanded_url", ""))
        text = text.replace(str(url.get("url", "")) or "\0", spelt)
    references = (mapping(reference) for reference in tweet.get("referenced_tweets") or ())
    reply_to = next(
        (str(reference.get("id", "")) for reference in references if reference.get("type") == "replied_to"), ""
    )
    return OwnPost(str(tweet.get("id", "")), html.unescape(text), reply_to)
