"""WebSub (https://www.w3.org/TR/websub/): where a feed names its hub, and whether a hub's message is signed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin

LEASE: Final = timedelta(days=10)  # what we ask for; a hub may give another one
SHORTEST_LEASE: Final = timedelta(minutes=5)
LOOKED_AT: Final = 65_536  # characters of a feed, in which its hub has to be named
_LONGEST_URL: Final = 2_000
_METHODS: Final = ("sha1", "sha256", "sha384", "sha512")  # section 7, signature methods

_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s=;,\"]+\s*=\s*(?:\"[^\"]*\"|[^\s\";,]*))*)")
_PARAMETER: Final = re.compile(r";\s*([^\s=;,\"]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]*))")
_ELEMENT: Final = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?link\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"([\w:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTRIES: Final = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_JSON_HUBS: Final = re.compile(r"\"hubs\"\s*:\s*(\[[^\]]{0,4000}\])")
_JSON_SELF: Final = re.compile(r"\"feed_url\"\s*:\s*(\"(?:[^\"\\]|\\.){1,2000}\")")


@dataclass(frozen=True, slots=True)
class Hub:
    """A feed's hub, and the address by which that knows the feed (its topic)."""

    url: str
    topic: str


def hub_of(*, link_headers: str, text: str, url: str) -> Hub | None:
    """Return the hub that a feed names, in its Link headers or else in itself; None where it names none.

    `link_headers` are all of them, by commas; `text` is the feed, of which the beginning is looked at; `url` is where
    it was read: the topic of a feed that gives itself no address.
    """
    in_headers = list(_header_links(link_headers))
    links = in_headers if any(rel == "hub" for rel, _ in in_headers) else [*in_headers, *_links(text[:LOOKED_AT])]
    hubs = [_absolute(href, url) for rel, href in links if rel == "hub"]
    topics = [_absolute(href, url) for rel, href in links if rel == "self"]
    hub = next(filter(None, hubs), "")
    return Hub(hub, next(filter(None, topics), url)) if hub else None


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether X-Hub-Signature, `METHOD=HEX`, is made of this body with this secret by a method that WebSub names."""
    method, _, signature = header.strip().partition("=")
    if method.lower() not in _METHODS or not signature:
        return False
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(digest.encode(), signature.strip().lower().encode())


def renewal(now: datetime, lease: timedelta) -> datetime:
    """Return when a subscription of this length is to be renewed: well before it ends."""
    return now + max(lease, SHORTEST_LEASE) * 0.8


def _header_links(headers: str) -> Iterator[tuple[str, str]]:
    for match in _LINK.finditer(headers):
        parameters = {name.lower(): text or token for name, text, token in _PARAMETER.findall(match[2])}
        for rel in parameters.get("rel", "").lower().split():
            yield rel, match[1].strip()


def _links(text: str) -> Iterator[tuple[str, str]]:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        yield from _json_links(text)
        return
    first_entry = _ENTRIES.search(text)
    for match in _ELEMENT.finditer(text[: first_entry.start()] if first_entry else text):
        attributes = {name.lower(): html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(match[1])}
        for rel in attributes.get("rel", "").lower().split():
            yield rel, attributes.get("href", "").strip()


def _json_links(text: str) -> Iterator[tuple[str, str]]:
    """JSON Feed 1.1: `hubs` are objects with a type, of which WebSub is one, and a url."""
    hubs, topic = _JSON_HUBS.search(text), _JSON_SELF.search(text)
    try:
        for hub in json.loads(hubs[1]) if hubs else ():
            if isinstance(hub, dict) and str(hub.get("type", "")).lower() in ("websub", "pubsubhubbub"):
                yield "hub", str(hub.get("url", ""))
        if topic:
            yield "self", str(json.loads(topic[1]))
    except ValueError:
        return


def _absolute(href: str, base: str) -> str:
    """Return an address as a whole one, "" for what is none."""
    try:
        address = urljoin(base, href)
    except ValueError:
        return ""
    return address if href and re.match(r"https?://[^\s]+$", address) and len(address) <= _LONGEST_URL else ""
