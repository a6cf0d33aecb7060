"""How X gives back a post: its links shortened, a link to its picture behind the text.

Source: https://docs.x.com/x-api/fundamentals/data-dictionary (`entities`)
"""

from __future__ import annotations

import hashlib
import html
from typing import Any

from distributor.practice.store import Post
from distributor.practice.twitter.length import URL


def short_url(url: str) -> str:
    """Return the t.co address that X puts in the place of a link."""
    return f"https://t.co/{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def api_text(post: Post) -> str:
    """Return a text as the API gives it back: links shortened, three characters escaped, the picture's link behind."""
    text = html.escape(URL.sub(lambda match: short_url(match.group()), post.text), quote=False)
    return " ".join([text, *(short_url(picture) for picture in _picture_urls(post)[:1])])


def _picture_urls(post: Post) -> list[str]:
    pictures = post.data.get("pictures", ())
    return [f"https://x.com/{post.account}/status/{post.remote_id}/photo/{n}" for n, _ in enumerate(pictures, 1)]


def tweet(post: Post, fields: set[str]) -> dict[str, Any]:
    """Return a post as the API gives it, with the fields that were asked for."""
    result: dict[str, Any] = {
        "id": post.remote_id,
        "edit_history_tweet_ids": [post.remote_id],
        "text": api_text(post),
    }
    if "created_at" in fields:
        result["created_at"] = post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "author_id" in fields:
        result["author_id"] = post.account
    if "referenced_tweets" in fields and post.reply_to:
        result["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
    urls = [match.group() for match in URL.finditer(post.text)]
    links = [
        {"url": short_url(url), "expanded_url": url if "://" in url else f"http://{url}", "display_url": url}
        for url in urls
    ]
    links += [
        # All pictures of a post share the one link behind its text.
        {
            "url": short_url(_picture_urls(post)[0]),
            "expanded_url": url,
            "display_url": "pic.x.com/…",
            "media_key": "3_1",
        }
        for url in _picture_urls(post)
    ]
    if "entities" in fields and links:
        result["entities"] = {"urls": links}
    return result
