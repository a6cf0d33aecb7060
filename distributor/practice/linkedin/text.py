"""LinkedIn's “little text” as LinkedIn reads it: a small grammar, and silence where a text breaks it.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format. That a text
ends at the first reserved character out of place, and the post is accepted all the same, is what users report.
"""

from __future__ import annotations

RESERVED = frozenset("\\|{}@[]()<>#*_~")
_HASHTAG = "{hashtag|"


def shown(little: str) -> str:
    """Return what readers see: the text up to the first thing in it that is no little text."""
    out: list[str] = []
    at = 0
    while at < len(little):
        text, end = _element(little, at)
        if end == at:
            break
        out.append(text)
        at = end
    return "".join(out)


def utf16_length(text: str) -> int:
    """Return the length as Java counts it, in which LinkedIn is written."""
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def _element(little: str, at: int) -> tuple[str, int]:
    """Return what the element that begins here shows, and where it ends: where it began when there is none."""
    letter = little[at]
    if letter == "\\":
        escaped = little[at + 1 : at + 2]
        return (escaped, at + 2) if escaped in RESERVED and escaped else ("", at)
    if letter == "{":
        return _template(little, at)
    if letter == "#":
        end = at + 1
        while end < len(little) and little[end].isalnum():
            end += 1
        return (little[at:end], end) if end > at + 1 else ("", at)
    return ("", at) if letter in RESERVED else (letter, at + 1)


def _template(little: str, at: int) -> tuple[str, int]:
    if not little.startswith(_HASHTAG, at):
        return "", at
    sign = at + len(_HASHTAG)
    if little.startswith("\\", sign):
        sign += 1
    if little[sign : sign + 2] not in ("#|", "＃|"):
        return "", at
    name: list[str] = []
    here = sign + 2
    while here < len(little) and little[here] != "}":
        text, end = _element(little, here)
        if end == here:
            return "", at
        name.append(text)
        here = end
    return (f"{little[sign]}{''.join(name)}", here + 1) if name and here < len(little) else ("", at)
