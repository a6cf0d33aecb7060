"""What in a text can be clicked: links, #hashtags, $cashtags and @mentions, by UTF-8 byte offsets.

Bluesky makes nothing of a text by itself: what is no facet is plain text.
Source: https://docs.bsky.app/docs/advanced-guides/post-richtext
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import regex

from distributor.domain import urls

LONGEST_TAG = 64  # graphemes, and at most 640 bytes (app.bsky.richtext.facet#tag)
LONGEST_TAG_BYTES = 640
MOST_MENTIONS = 10  # each has to be looked up; a letter’s post has hardly one

_KIND = "app.bsky.richtext.facet"
# A tag ends at white space or at a character that nobody sees, and loses the punctuation at its end.
_TAG = regex.compile(r"(?<![^\s(「『“‘])[#＃]([^\s\u00AD\u2060\u200A\u200B\u20E2#＃]+)")
_PUNCTUATION_AT_END = regex.compile(r"[\p{P}…]+\Z")
_MEANINGFUL = regex.compile(r"[^\d\p{P}\uFE0F]")
# A ticker of one to five letters and digits. Its facet is a tag whose value keeps the $, in capitals
# (https://github.com/bluesky-social/atproto, packages/api/src/rich-text/util.ts and detection.ts, since January 2026).
_CASHTAG = regex.compile(r"(?<![^\s(])\$([A-Za-z][A-Za-z0-9]{0,4})(?=[\s.,;:!?)\"'’]|\Z)")
# A handle is a host name (https://atproto.com/specs/handle).
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_MENTION = regex.compile(rf"(?<![^\s(「『“‘])@((?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?)(?![\w@-])")

Resolve = Callable[[str], str | None]


def facets(text: str, resolve: Resolve) -> list[dict[str, Any]]:
    """Return the facets of a text in order, as the record has them.

    `resolve` turns a handle into its DID, or None for a name that nobody has: that one stays plain.
    """
    features = [*_links(text), *_mentions(text, resolve), *_tags(text), *_cashtags(text)]
    facets_of_text: list[dict[str, Any]] = []
    end = 0
    for span, feature in sorted(features, key=lambda feature: feature[0]):
        if span.start < end:  # within the one before: a tag in a link’s address, say
            continue
        end = span.end
        index = {"byteStart": _bytes(text[: span.start]), "byteEnd": _bytes(text[: span.end])}
        facets_of_text.append({"index": index, "features": [feature]})
    return facets_of_text


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


_Feature = tuple[urls.Span, dict[str, str]]


def _links(text: str) -> Iterator[_Feature]:
    for span in urls.unbreakable(text):
        address = text[span.start : span.end]
        uri = address if regex.match("https?://", address, regex.IGNORECASE) else f"https://{address}"
        yield span, {"$type": f"{_KIND}#link", "uri": uri}


def _mentions(text: str, resolve: Resolve) -> Iterator[_Feature]:
    dids: dict[str, str | None] = {}
    for match in _MENTION.finditer(text):
        handle = match[1].lower()
        if handle not in dids:
            dids[handle] = resolve(handle) if len(dids) < MOST_MENTIONS else None
        did = dids[handle]
        if did:
            yield urls.Span(*match.span()), {"$type": f"{_KIND}#mention", "did": did}


def _tags(text: str) -> Iterator[_Feature]:
    for match in _TAG.finditer(text):
        tag = _PUNCTUATION_AT_END.sub("", match[1])
        fits = len(regex.findall(r"\X", tag)) <= LONGEST_TAG and _bytes(tag) <= LONGEST_TAG_BYTES
        if fits and _MEANINGFUL.search(tag):
            yield urls.Span(match.start(), match.start(1) + len(tag)), {"$type": f"{_KIND}#tag", "tag": tag}


def _cashtags(text: str) -> Iterator[_Feature]:
    for match in _CASHTAG.finditer(text):
        yield urls.Span(*match.span()), {"$type": f"{_KIND}#tag", "tag": f"${match[1].upper()}"}
