"""The page's own feed, read into types, and finding a post in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from distributor.channels.base import Intent, LookupAway
from distributor.channels.facebook.api import PageApi
from distributor.channels.lookups import comparable, search_start, window
from distributor.channels.meta import read_list, read_time
from distributor.channels.response_bodies import mapping

PAGES_LOOKED_AT = 5
FIELDS = "id,message,created_time,permalink_url,from"


@dataclass(frozen=True, slots=True)
class Story:
    """One post of a page's feed. `by` is its author's number, "" where it isn't shown."""

    id: str
    message: str
    url: str
    created_at: datetime | None
    by: str


def find(api: PageApi, message: str, intent: Intent, now: datetime) -> Story | None:
    """Look for the page's own post with this message, photo posts included, that may be the intent's.

    Raises LookupAway when Facebook does not show the feed, and what httpx raises.
    """
    text = comparable(message)
    if not text:
        raise LookupAway("The post has no words of its own by which it could be found on Facebook.")
    since = str(int(search_start(intent).timestamp()))
    query = {"fields": FIELDS, "since": since, "limit": "100"}
    for _ in range(PAGES_LOOKED_AT):
        response = api.get(f"{api.page_id}/feed", **query)
        posts = read_list(response)
        if posts is None:
            raise LookupAway(f"Facebook would not show the page’s posts ({response.status_code}).")
        entries, after = posts
        bounds = window(intent, response.headers, now)
        for story in (_story(entry) for entry in entries if entry.get("id")):
            ours = story.by in ("", api.page_id) and bounds.may_be_own(story.id, story.created_at)
            if ours and comparable(story.message) == text:
                return story
        if not after:
            return None
        query["after"] = after
    raise LookupAway("The page has more posts since then than can be looked through.")


def _story(entry: Mapping[str, Any]) -> Story:
    return Story(
        str(entry["id"]),
        str(entry.get("message", "")),
        str(entry.get("permalink_url", "")),
        read_time(entry.get("created_time")),
        str(mapping(entry.get("from")).get("id", "")),
    )
