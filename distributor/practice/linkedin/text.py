"""LinkedIn's “little text” as LinkedIn reads it: a small grammar, and silence where a text breaks it.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format. That a text
ends at the first reserved character out of place, and the post is accepted all the same, is what users report.
"""

from __future__ import annotations

RESERVED_SIGNS = frozenset("\\|{}@[]()<>#*_~")
_HASHTAG = "{hashtag|"


def readable(text: str) -> str:
    """Return what readers see: the text up to the first thing in it that is no little text."""
    out: list[str] = []
    at = 0
    while at < len(text):
        piece, end = _element(text, at)
        if end == at:
            break
        out.append(piece)
        at = end
    return "".join(out)


def utf16_length(text: str) -> int:
    """Return the length as Java counts it, in which LinkedIn is written."""
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def _element(text: str, at: int) -> tuple[str, int]:
    """Return what the element that begins here shows, and where it ends: where it began when there is none."""
    letter = text[at]
    if letter == "\\":
        sign = text[at + 1 : at + 2]
        return (sign, at + 2) if sign in RESERVED_SIGNS and sign else ("", at)
    if letter == "{":
        return _template(text, at)
    if letter == "#":
        end = at + 1
        while end < len(text) and text[end].isalnum():
            end += 1
        return (text[at:end], end) if end > at + 1 else ("", at)
    return ("", at) if letter in RESERVED_SIGNS else (letter, at + 1)


def _template(source: str, at: int) -> tuple[str, int]:
    if not source.startswith(_HASHTAG, at):
        return "", at
    sign = at + len(_HASHTAG)
    if source.startswith("\\", sign):
        sign += 1
    if source[sign : sign + 2] not in ("#|", "＃|"):
        return "", at
    name: list[str] = []
    position = sign + 2
    while position < len(source) and source[position] != "}":
        text, end = _element(source, position)
        if end == position:
            return "", at
        name.append(text)
        position = end
    return (f"{source[sign]}{''.join(name)}", position + 1) if name and position < len(source) else ("", at)
