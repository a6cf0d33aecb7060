"""The entries of a JSON Feed, 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView
from distributor.domain.source_keys import FeedName, feed_name
from distributor.letters.intake import dom
from distributor.letters.intake.embargoes import reason_in_entry
from distributor.letters.intake.feed_entries import ENTRY_LIMIT, Attachment, Entry, authors_named, paragraphs


def json_entries(text: str, *, name: str, url: str) -> list[Entry]:
    """Return the entries in the feed's order. Raises SourceError for what is no JSON Feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not a feed that can be read: its JSON is broken.") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError(f"{name} is not a feed that can be read: JSON Feed has a list of items.")
    base = url or _string(feed, "feed_url") or _string(feed, "home_page_url")
    source = feed_name(url=url, own_link=_string(feed, "feed_url"), site=_string(feed, "home_page_url"))
    return [_entry(item, feed, base, source) for item in items[: ENTRY_LIMIT + 1] if isinstance(item, dict)]


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, source: FeedName) -> Entry:
    content = _string(item, "content_html") or paragraphs(_string(item, "content_text"))
    summary = paragraphs(_string(item, "summary"))
    tags = item.get("tags")
    return Entry(
        title=dom.escape(_string(item, "title")),
        content=content or summary,
        summary=summary if content else "",
        whole=bool(content),
        link=_string(item, "url") or _string(item, "external_url"),
        id=_string(item, "id"),
        base=base,
        authors=_authors(item) or _authors(feed),
        section=tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else "",
        language=_string(item, "language") or _string(feed, "language"),
        date=_string(item, "date_published"),
        attachments=_attachments(item),
        no_text="no text (JSON Feed has it in content_html or content_text)",
        feed=source,
        withheld=reason_in_entry(item),
    )


def _authors(element: Mapping[str, Any]) -> list[AuthorView]:
    """Return an item's or a feed's authors: a list since version 1.1, one before."""
    entries = element.get("authors") or [element.get("author")]
    names = (
        [_string(entry, "name") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    return [author for name in names for author in authors_named(name)]


def _attachments(item: Mapping[str, Any]) -> list[Attachment]:
    files = [Attachment(address, "image") for key in ("image", "banner_image") if (address := _string(item, key))]
    attachments = item.get("attachments")
    entries = attachments if isinstance(attachments, list) else []
    return files + [
        Attachment(_string(entry, "url"), _string(entry, "mime_type"))
        for entry in entries
        if isinstance(entry, dict) and _string(entry, "url")
    ]


def _string(element: Mapping[str, Any], key: str) -> str:
    value = element.get(key)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
