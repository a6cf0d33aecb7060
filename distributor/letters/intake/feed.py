"""Letters from a feed: RSS and Atom by feedparser, JSON Feed 1.1 (jsonfeed.org) by hand. One entry is one letter."""

from __future__ import annotations

import io
import json
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import feedparser

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView
from distributor.letters.intake import dom, people
from distributor.letters.intake.dates import aware, moment
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.fragments import read_fragment
from distributor.letters.intake.page import NoLetter
from distributor.letters.intake.sanitise import absolute, alt_of

ENTRY_LIMIT = 200  # letters of one feed; a feed that never forgets is not taken in as a whole


@dataclass(slots=True)
class _Entry:
    title: str
    content: str
    link: str = ""
    id: str = ""
    authors: list[AuthorView] = field(default_factory=list)
    section: str = ""
    language: str = ""
    published_at: datetime | None = None
    image: str = ""


def read_feed(text: str, *, name: str, url: str = "") -> list[Findings]:
    """Understand a feed: its entries that have a title and a text, newest first as feeds are, at most 200.

    Raises SourceError when it is no feed, or none of its entries is a letter.
    """
    entries = _json_entries(text, name) if text.lstrip().startswith("{") else _xml_entries(text, name, url)
    letters = [letter for entry in entries[:ENTRY_LIMIT] if (letter := _letter(entry, url))]
    if not letters:
        raise NoLetter(f"{name} is a feed without letters: its entries need a title and a text.")
    return letters


def _letter(entry: _Entry, url: str) -> Findings | None:
    link = absolute(entry.link, url)
    title = " ".join(dom.text_of(dom.fragment(entry.title)).split())
    if not title or not entry.content.strip():
        return None
    findings = read_fragment(entry.content, title=title, base=link or url, authors=entry.authors)
    if not findings.body_text:
        return None
    findings.section = findings.section or entry.section
    findings.language, findings.published_at = entry.language, entry.published_at
    findings.canonical_url, findings.image_url = link, absolute(entry.image, link or url)
    findings.image_alt = alt_of(dom.fragment(findings.body_html), findings.image_url)
    findings.key = entry.id if ":" in entry.id or not url else f"{url}#{entry.id}"
    return findings


def _xml_entries(text: str, name: str, url: str) -> list[_Entry]:
    # A stream, never a string: feedparser would take a string for an address or a file name and open it.
    without_encoding = re.sub(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*([\"']).*?\2", r"\1", text, count=1)
    headers = {"content-type": "application/xml; charset=utf-8"} | ({"content-location": url} if url else {})
    try:
        feed = feedparser.parse(
            io.BytesIO(dom.clean(without_encoding).encode()), response_headers=headers, sanitize_html=False
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        raise SourceError(f"{name} is a broken feed: have it checked by a feed validator.") from error
    if not feed.get("version") and not feed.get("entries"):
        raise SourceError(f"{name} is not a feed that can be read: RSS, Atom and JSON Feed can.")
    return [_from_feedparser(entry, feed.feed) for entry in feed.entries[:ENTRY_LIMIT]]


def _from_feedparser(entry: Any, feed: Any) -> _Entry:
    contents = [entry_content for entry_content in entry.get("content", []) if entry_content.get("value")]
    content = max((str(entry_content["value"]) for entry_content in contents), key=len, default="") or str(
        entry.get("summary", "")
    )
    kind = next(
        (str(entry_content.get("type", "")) for entry_content in contents),
        str(entry.get("summary_detail", {}).get("type", "")),
    )
    if kind == "text/plain":
        content = "".join(f"<p>{dom.escape(piece)}</p>" for piece in re.split(r"\n\s*\n", content))
    language = next(
        (entry_content.get("language") for entry_content in contents if entry_content.get("language")), None
    )
    publication_time = moment(str(entry.get("published") or entry.get("updated") or ""))
    return _Entry(
        title=str(entry.get("title", "")),
        content=content,
        link=str(entry.get("link", "")),
        id=str(entry.get("id", "")),
        authors=_feed_authors(entry),
        section=str(next((tag.get("term") or "" for tag in entry.get("tags", [])), "")),
        language=str(language or feed.get("language") or ""),
        published_at=publication_time or _from_struct(entry.get("published_parsed") or entry.get("updated_parsed")),
        image=_feed_image(entry),
    )


def _from_struct(time_tuple: Any) -> datetime | None:
    """For the many ways in which feeds write dates: feedparser gives them as a time tuple in UTC."""
    try:
        return aware(datetime.fromtimestamp(timegm(time_tuple), UTC)) if time_tuple else None
    except (ValueError, OverflowError, OSError):
        return None


def _feed_authors(entry: Any) -> list[AuthorView]:
    entries = entry.get("authors", []) or [{"name": entry.get("author", "")}]
    return [
        AuthorView(name, str(author.get("email", "")))
        for author in entries
        for name in people.names_in(str(author.get("name", "")))
    ]


def _feed_image(entry: Any) -> str:
    for key in ("media_content", "media_thumbnail"):
        for media in entry.get(key, []):
            if media.get("url") and media.get("medium", "image") == "image":
                return str(media["url"])
    for enclosure in entry.get("enclosures", []):
        if str(enclosure.get("type", "")).startswith("image/"):
            return str(enclosure.get("href", ""))
    return ""


def _json_entries(text: str, name: str) -> list[_Entry]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not a feed that can be read: its JSON is broken.") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError(f"{name} is not a feed that can be read: JSON Feed has a list of items.")
    return [_from_json(item, feed) for item in items[:ENTRY_LIMIT] if isinstance(item, dict)]


def _from_json(item: Mapping[str, Any], feed: Mapping[str, Any]) -> _Entry:
    plain = "".join(f"<p>{dom.escape(piece)}</p>" for piece in re.split(r"\n\s*\n", _string(item, "content_text")))
    tags = item.get("tags")
    authors = item.get("authors") or ([item["author"]] if isinstance(item.get("author"), dict) else None)
    authors = authors or feed.get("authors") or []
    names = (
        [_string(author, "name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    )
    return _Entry(
        title=dom.escape(_string(item, "title")),
        content=_string(item, "content_html") or (plain if plain != "<p></p>" else "") or _string(item, "summary"),
        link=_string(item, "url") or _string(item, "external_url"),
        id=_string(item, "id"),
        authors=[AuthorView(name) for name in names if name],
        section=tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else "",
        language=_string(item, "language") or _string(feed, "language"),
        published_at=moment(_string(item, "date_published")),
        image=_string(item, "image") or _string(item, "banner_image"),
    )


def _string(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
