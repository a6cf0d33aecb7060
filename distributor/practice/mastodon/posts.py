"""How a Mastodon server counts a post's text, and how it writes posts, accounts and pictures.

Sources: https://docs.joinmastodon.org/entities/Status/, /entities/MediaAttachment/; app/validators/
status_length_validator.rb and app/lib/text_formatter.rb of https://github.com/mastodon/mastodon.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from html import escape
from typing import Any

import regex

from distributor.practice.store import Post

LIMIT, LINK = 500, 23
HOST = "https://practice.social"

# A link has a scheme and the name of a host with an ending: “example.com/a” and “http://localhost/a” are text. Its path
# goes on to white space, brackets or a question mark, in any script (config/initializers/twitter_regex.rb).
_SCHEMES = "https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini"
_URL = re.compile(
    rf"(?<![A-Za-z0-9@#$])(?:{_SCHEMES})://(?:[\w-]+\.)+(?:[a-z]{{2,}}|xn--[a-z0-9-]+)(?![a-z0-9@+-])(?::\d+)?"
    r"(?:/(?:[^\s<>()?]|\([^\s<>()?]+\))*(?<![!*\"'「」;:=,.$%\[\]~&|@]))?(?:\?[^\s<>\"{}]*[\w&=#/-])?",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"(?<![=/\w])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@\w+(?:[.-]+\w+)*(?![@＠à-ÿ]|://)", re.IGNORECASE)
_WORD = re.compile(r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]»”])|(?<!\S)#(?P<tag>\w+)|(?P<newline>\n)")
_VISIBLE_LENGTH = 30  # characters of an address


def length(text: str) -> int:
    """Return how long a text is: in grapheme clusters, links all alike, people without their server."""
    return len(regex.findall(r"\X", _REMOTE.sub(r"\1", _URL.sub("x" * LINK, text))))


def id_of(number: str) -> str:
    """Return the id of the practice account ("") or a further one."""
    return str(109 * 10**15 + int(hashlib.sha256(f"practice {number}".encode()).hexdigest()[:12], 16))


def account_json(number: str) -> dict[str, Any]:
    name = f"practice_letters_{number}" if number else "practice_letters"
    return {
        "id": id_of(number),
        "username": name,
        "acct": name,
        "display_name": "The Practice Letters",
        "url": f"{HOST}/@{name}",
    }


def media_json(media_id: str, about: Mapping[str, Any]) -> dict[str, Any]:
    url = f"{HOST}/media/{about['file']}" if about["ready"] else None
    return {"id": media_id, "type": "image", "url": url, "description": about["alt"] or None}


def status_json(post: Post) -> dict[str, Any]:
    return {
        "id": post.remote_id,
        "created_at": post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "in_reply_to_id": post.reply_to or None,
        "in_reply_to_account_id": post.account if post.reply_to else None,
        "sensitive": post.data["sensitive"],
        "spoiler_text": post.data["spoiler_text"],
        "visibility": post.data["visibility"],
        "language": post.data["language"] or None,
        "url": f"{HOST}/@practice_letters/{post.remote_id}",
        "content": f"<p>{_html(post.text)}</p>",
        "reblog": None,
        "media_attachments": [
            {"id": media_id, "type": "image", "description": picture["alt"]}
            for media_id, picture in zip(post.data["media_ids"], post.data["pictures"], strict=True)
        ],
        "account": {"id": post.account},
    }


def _html(text: str) -> str:
    """Return a text as Mastodon shows it: addresses shortened, tags as links, paragraphs."""
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        pieces.append(escape(text[end : match.start()], quote=False))
        pieces.append(_markup(match))
        end = match.end()
    pieces.append(escape(text[end:], quote=False))
    return re.sub(r"(?:<br />){2,}", "</p><p>", "".join(pieces))


def _markup(match: re.Match[str]) -> str:
    if match["newline"]:
        return "<br />"
    if match["tag"]:
        tag = escape(match["tag"])
        return f'<a href="{HOST}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    url = match["url"]
    prefix = re.match(r"https?://(?:www\.)?", url)
    start = prefix.end() if prefix else 0
    visible, remainder = url[start : start + _VISIBLE_LENGTH], url[start + _VISIBLE_LENGTH :]
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{escape(url[:start])}</span>'
        f'<span class="{"ellipsis" if remainder else ""}">{escape(visible)}</span>'
        f'<span class="invisible">{escape(remainder)}</span></a>'
    )
