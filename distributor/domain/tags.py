"""Where hashtags, mentions and mail addresses are in a text: cut within one, it names another thing or person."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from distributor.domain.urls import Span

# Wider than any one network's rule: #word, #한글, @name, @name.example, @name@server.example, name@server.example.
_TAG = regex.compile(
    r"(?<![\w&])[#＃]\w[\w·\u200c]*+"
    r"|(?<![\w.+-])[\w.+-]*+[@＠]\w++(?:[.-]\w++)*+(?:[@＠]\w++(?:[.-]\w++)*+)?"
)


def tags(text: str) -> Iterator[Span]:
    """Yield hashtags, mentions and mail addresses, in order and apart from each other."""
    return (Span(*match.span()) for match in _TAG.finditer(text)) if _may_hold(text) else iter(())


def _may_hold(text: str) -> bool:
    return any(sign in text for sign in "#＃@＠")
