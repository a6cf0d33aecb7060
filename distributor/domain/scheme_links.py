"""Where links and mentions are in a text by the rules that Mastodon counts by: only what has a scheme is a link.

The rules are those of mastodon/mastodon, config/initializers/twitter_regex.rb and app/lib/extractor.rb: hosts as X has
them, paths of any script, further schemes; a mention's host counts nothing (app/validators/status_length_validator.rb).
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from distributor.domain import urls
from distributor.domain.urls import Span

_SCHEME = regex.compile(r"(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://", regex.IGNORECASE)
_IN_PATH = r"[^\p{White_Space}<>()?]"
_PATH = regex.compile(rf"/(?:{_IN_PATH}++|\((?:{_IN_PATH}++|{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+)\))*+")
_NOT_LAST_IN_PATH = "!*\"'「」;:=,.$%[]~&|@"
_LETTERS = r"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\ue000-\uf8ff\U00010000-\U0010fffd"
_QUERY = regex.compile(rf"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^{_LETTERS}]*[a-z0-9_&=#/\-{_LETTERS}]", regex.IGNORECASE)
_USER = r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*"
_MENTION = regex.compile(
    rf"(?<![=/\w])(?P<user>@{_USER}+)@\w++(?:[.-]++\w++)*+(?!@|＠|://|[À-ÖØ-öø-ɏ])", regex.IGNORECASE
)


def scheme_links(text: str) -> list[Span]:
    """Return the links that begin with a scheme, in order and apart from each other."""
    return list(_links(text)) if "://" in text else []


def mentions(text: str) -> Iterator[tuple[Span, str]]:
    """Yield where people of other servers are mentioned, and what counts of it: “@mira” of “@mira@quay.example”."""
    if "@" in text:
        for match in _MENTION.finditer(text):
            yield Span(*match.span()), match["user"]


def _links(text: str) -> Iterator[Span]:
    scan_end = 0
    for scheme in _SCHEME.finditer(text):
        start = scheme.start()
        if start < scan_end or not (start == 0 or urls.may_precede(text[start - 1])):
            continue
        host = urls.host_at(text, scheme.end())
        if host and (link := urls.whole_link(text, start, host, _tail_end(text, host.end))):
            yield link
            scan_end = link.end


def _tail_end(text: str, position: int) -> int:
    """Return where port, path and query after a host name end."""
    position = urls.port_end(text, position)
    if path := _PATH.match(text, position):
        position += max(1, len(path[0].rstrip(_NOT_LAST_IN_PATH)))
    query = _QUERY.match(text, position)
    return query.end() if query else position
