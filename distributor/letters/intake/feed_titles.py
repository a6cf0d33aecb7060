"""Titles of feed entries, which come as text, as HTML, and as HTML that was escaped once too often. Pure."""

from __future__ import annotations

import re
from typing import Final

from distributor.letters.intake import dom

_LONGEST: Final = 5_000  # characters that are looked at
_MOST_ROUNDS: Final = 5  # how deep tags are nested, and how often they were escaped

# What else stands in angle brackets in a title is its text: "The <title> element", "Is 5 < 6?".
_FORMATTING: Final = (
    "b|i|em|strong|u|s|span|a|sup|sub|small|big|mark|font|code|cite|q|abbr|tt|del|ins|p|div|center|blink"
)
_PAIR: Final = re.compile(
    rf"<(?P<tag>{_FORMATTING})(?:\s[^<>]*)?>(?P<inner>.*?)</(?P=tag)\s*>", re.IGNORECASE | re.DOTALL
)
_SINGLE: Final = re.compile(r"<(?:br|wbr|img|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"<(?P<tag>script|style)\b[^<>]*>.*?</(?P=tag)\s*>", re.IGNORECASE | re.DOTALL)
_WITH_ATTRIBUTES: Final = re.compile(r"<(?P<tag>[A-Za-z][A-Za-z0-9]{0,20})\s+[A-Za-z:-]{1,40}\s*=[^<>]*>")
_REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def title_text(title: str) -> str:
    """Return a title as one line of text."""
    text = _without_tags(title[:_LONGEST])
    for _ in range(_MOST_ROUNDS):
        plain = _without_tags(_REFERENCE.sub(lambda match: dom.unescape(match[0]), text))
        if plain == text:
            break
        text = plain
    return " ".join(text.split())


def _without_tags(text: str) -> str:
    text = _SINGLE.sub(" ", _SCRIPT.sub("", text))
    for _ in range(_MOST_ROUNDS):
        plain = _PAIR.sub(lambda match: match["inner"], text)
        if plain == text:
            break
        text = plain
    tags = {match["tag"] for match in _WITH_ATTRIBUTES.finditer(text)}
    return re.sub(rf"</(?:{'|'.join(tags)})\s*>", "", _WITH_ATTRIBUTES.sub("", text)) if tags else text
