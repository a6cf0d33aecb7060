"""LinkedIn's “little text”, in which a post's words are sent and given back. Pure.

An unescaped reserved character is no error there: LinkedIn takes the post and cuts its text at that place. So every one
is escaped, also in links, and only after the text was fitted: nothing cuts into an escape then.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
"""

from __future__ import annotations

import re

import regex

_RESERVED_CHARACTERS = re.compile(r"[\\|{}@\[\]()<>#*_~]")
# A hashtag stands on its own and has a letter: “#7” and the “#” of an address are none.
_HASHTAG = regex.compile(r"(?<![^\s(\[“‘«])#(?=[\p{N}\p{M}_]*\p{L})([\p{L}\p{M}\p{N}_]+)")
_ELEMENT = re.compile(
    r"\\(?P<escaped>.)"
    r"|\{hashtag\|\\?(?P<sign>[#＃])\|(?P<tag>(?:\\.|[^\\{}|])*)\}"
    r"|@\[(?P<name>(?:\\.|[^\\\[\]])*)\]\([^()]*\)",
    re.DOTALL,
)


def to_little_text(text: str) -> str:
    """Return a text as little text: hashtags as LinkedIn's template, everything else as it stands."""
    parts, end = [], 0
    for hashtag in _HASHTAG.finditer(text):
        parts += [_escape(text[end : hashtag.start()]), rf"{{hashtag|\#|{_escape(hashtag[1])}}}"]
        end = hashtag.end()
    return "".join([*parts, _escape(text[end:])])


def to_plain(text: str) -> str:
    """Return what a reader sees of a little text: hashtags with their sign, mentions by their name."""
    return _ELEMENT.sub(_plain_match, text)


def _escape(text: str) -> str:
    return _RESERVED_CHARACTERS.sub(r"\\\g<0>", text)


def _plain_match(match: re.Match[str]) -> str:
    if match["escaped"] is not None:
        return match["escaped"]
    if match["sign"] is not None:
        return match["sign"] + to_plain(match["tag"])
    return to_plain(match["name"])
