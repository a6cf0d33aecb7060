"""The entries of an RSS or Atom feed, as feedparser reads them."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import feedparser

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView
from distributor.domain.source_keys import feed_name
from distributor.letters.intake import dom
from distributor.letters.intake.embargoes import reason_in_entry
from distributor.letters.intake.feed_entries import ENTRY_LIMIT, Attachment, Entry, authors_named, paragraphs
from distributor.letters.intake.feed_length import newest_entries

# feedparser looks for addresses in what names an author, cuts those whose ending is longer than four letters, and gives
# an author of Atom who has none the one of the author before: so it sees no address there.
_AUTHOR = re.compile(
    r"<(?P<tag>(?:[\w-]{1,40}:)?(?:author|creator))(?:\s[^<>]{0,300})?>(?:(?!<(?P=tag)).){0,2000}?</(?P=tag)\s*>",
    re.DOTALL | re.IGNORECASE,
)
_AT = re.compile("@|&#(?:64|x40);|&commat;", re.IGNORECASE)
_HIDDEN_AT = "\uff20"  # its full-width form
_TEXT_TYPES = ("text/", "application/xhtml+xml", "")  # of contents; others are files in disguise


def xml_entries(text: str, *, name: str, url: str) -> list[Entry]:
    """Return the entries in the feed's order. Raises SourceError for what is no feed."""
    text = _AUTHOR.sub(lambda author: _AT.sub(_HIDDEN_AT, author[0]), newest_entries(text))
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
    # RFC 4287, 4.2.1: an entry without authors has those of its source, else those of its feed.
    feed_authors = _authors(feed.feed) if str(feed.get("version", "")).startswith("atom") else []
    source = feed_name(url=url, own_link=_own_link(feed.feed), site=str(feed.feed.get("link", "")))
    return [
        replace(_entry(entry, feed.feed, feed_authors, url), feed=source, withheld=reason_in_entry(entry))
        for entry in feed.entries[: ENTRY_LIMIT + 1]
    ]


def _own_link(feed: Any) -> str:
    """Return the address that a feed gives for itself."""
    return next((str(link.get("href", "")) for link in feed.get("links", []) if link.get("rel") == "self"), "")


def _entry(entry: Any, feed: Any, feed_authors: list[AuthorView], url: str) -> Entry:
    content, summary, whole = _contents(entry)
    language = next((part.get("language") for part in entry.get("content", []) if part.get("language")), None)
    return Entry(
        title=str(entry.get("title", "")),
        content=content,
        summary=summary,
        whole=whole,
        link=str(entry.get("link", "")),
        id=str(entry.get("id", "")),
        base=url or str(feed.get("link", "")),
        authors=_authors(entry) or _authors(entry.get("source", {})) or feed_authors,
        section=str(next((tag.get("term") or "" for tag in entry.get("tags", [])), "")),
        language=str(language or feed.get("language") or ""),
        date=str(entry.get("published") or entry.get("updated") or ""),
        attachments=_attachments(entry),
    )


def _contents(entry: Any) -> tuple[str, str, bool]:
    """Return the content and the summary as HTML, and whether the content is more than a description.

    Where a feed has several contents, it is the longest; a description that is far longer than they are is the content.
    """
    parts = [_markup(part) for part in entry.get("content", []) if _is_text(part)]
    content = max(parts, key=len, default="")
    # feedparser gives the first content as a summary, too, where there is none.
    detail = entry.get("summary_detail") or {"value": entry.get("summary", "")}
    summary = _markup(detail) if detail.get("value") else ""
    if summary.strip() and summary not in parts and len(summary) > 2 * len(content):
        return summary, "", False
    return content, summary if summary not in parts else "", bool(content)


def _is_text(part: Mapping[str, Any]) -> bool:
    return bool(part.get("value")) and str(part.get("type", "")).startswith(_TEXT_TYPES)


def _markup(part: Mapping[str, Any]) -> str:
    value = str(part["value"])
    return paragraphs(value) if part.get("type") == "text/plain" and not re.search(r"<\w+[^<>]*>", value) else value


def _authors(element: Mapping[str, Any]) -> list[AuthorView]:
    """Return the authors of an entry, its source or its feed, each once, with the address that any element gives."""
    details = [detail for detail in element.get("authors", []) if detail.get("name") or detail.get("email")]
    if len(details) <= 1:
        return authors_named(_with_at(element.get("author", "")))
    authors: dict[str, AuthorView] = {}
    for detail in details:
        for author in authors_named(_with_at(detail.get("name", ""))):
            email = author.email or _with_at(detail.get("email", ""))
            if author.name not in authors or not authors[author.name].email:
                authors[author.name] = AuthorView(author.name, email)
    return list(authors.values())


def _with_at(text: object) -> str:
    return str(text).replace(_HIDDEN_AT, "@")


def _attachments(entry: Any) -> list[Attachment]:
    """Return an entry's files: media:content first, then media:thumbnail, then enclosures."""
    files = [
        Attachment(str(media["url"]), str(media.get("type") or media.get("medium") or ""), _width(media))
        for media in entry.get("media_content", [])
        if media.get("url")
    ]
    files += [
        Attachment(str(media["url"]), "image", _width(media))
        for media in entry.get("media_thumbnail", [])
        if media.get("url")
    ]
    files += [
        Attachment(str(enclosure["href"]), str(enclosure.get("type", "")))
        for enclosure in entry.get("enclosures", [])
        if enclosure.get("href")
    ]
    return files


def _width(media: Mapping[str, Any]) -> int:
    width = str(media.get("width", ""))
    return int(width) if width.isdecimal() and len(width) <= 5 else 0
