"""What kind of source a text is: by what the server says, by its name, else by how it begins. Pure."""

from __future__ import annotations

import re
from typing import Literal

from distributor.letters.intake import front_matter

Kind = Literal["html", "text", "markdown", "feed"]

# Atomic, so that comments can be told apart in one way only: else their number of ways doubles with each.
_COMMENT = r"(?><!--.*?-->\s*)"
_FEED_BEGINS = re.compile(rf"\s*(?>{_COMMENT}|<\?[^>]*>\s*)*+<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE | re.DOTALL)
_JSON_FEED_BEGINS = re.compile(
    r"\s*\{.{0,2000}?\"(?:version\"\s*:\s*\"https?://jsonfeed\.org|items\"\s*:\s*\[)", re.DOTALL
)
_HTML_BEGINS = re.compile(
    rf"\s*(?:<\?xml[^>]*>\s*)?{_COMMENT}*+<(?:!doctype\s+html|html|head|body|main|article|section|header|div|h1|h2|p|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE_BEGINS = re.compile(
    rf"\s*(?:<\?xml[^>]*>\s*)?{_COMMENT}*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_HEADING = re.compile(r"\s{0,3}# \S")
_LOOKED_AT = 20_000  # characters


def kind_of(text: str, *, name: str = "", content_type: str = "") -> Kind:
    """Return a source's kind. `name` is a file name or URL path; what a text plainly is outweighs what it is called."""
    start = text[:_LOOKED_AT]
    if _FEED_BEGINS.match(start) or _JSON_FEED_BEGINS.match(start):
        return "feed"
    if front_matter.opens(start):
        return "markdown"
    media_type = content_type.partition(";")[0].strip().lower()
    suffix = re.search(r"\.([a-z0-9]+)$", name.lower().rstrip("/"))
    by_name = suffix[1] if suffix else ""
    if media_type in ("application/feed+json", "application/json") or media_type.endswith(("rss+xml", "atom+xml")):
        return "feed"
    if by_name in ("rss", "atom", "rdf", "json") and media_type not in ("text/html", "text/plain"):
        return "feed"
    if media_type in ("text/markdown", "text/x-markdown") or by_name in ("md", "markdown", "mdown", "mkd"):
        return "markdown"
    if (
        by_name in ("html", "htm", "xhtml")
        or media_type in ("text/html", "application/xhtml+xml")
        or _HTML_BEGINS.match(start)
    ):
        return "html"
    if not by_name and _HEADING.match(start):
        return "markdown"
    return "text"


def is_page(text: str) -> bool:
    """Return whether HTML is a whole page, and no piece of one."""
    return bool(_PAGE_BEGINS.match(text[:_LOOKED_AT]))
