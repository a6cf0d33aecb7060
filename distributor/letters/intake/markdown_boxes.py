"""Boxes of MkDocs (`!!! note "Title"`, `??? tip`, `=== "Tab"`) and shortcodes of WordPress (`[caption …]`). Pure.

A box is its title in bold and its text. A shortcode that shows something whose address it holds becomes that, or what
it encloses; all others are named. See squidfunk.github.io/mkdocs-material/reference, codex.wordpress.org/Shortcode.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Final

from distributor.letters.intake.manuscript import Manuscript

_BOX: Final = re.compile(
    r"^(?P<sign>!!!|\?\?\?\+?|===[!+]?)[ \t]+(?P<kind>[\w-]{1,40}(?:[ \t]+[\w-]{1,40}){0,8})?[ \t]*"
    r"(?:\"(?P<title>[^\"\n]{0,500})\")?[ \t]*(?:\n|\Z)"
    r"(?P<body>(?:[ \t]*\n)*(?:(?: {4}|\t)[^\n]*(?:\n|\Z)(?:[ \t]*\n(?=[ \t]*(?: {4}|\t)))*)*)",
    re.MULTILINE,
)
_CORE: Final = (
    "caption|wp_caption|gallery|playlist|embed|audio|video|contact-form-7|contact-form|gravityform|wpforms|products|"
    "woocommerce_[a-z_]+|(?:vc|et_pb|su|fusion|elementor|jetpack|mc4wp)[_-][a-z0-9_-]+"
)
_EMBED: Final = re.compile(r"\[embed\b[^\]\n]{0,500}\]\s*(?P<url>https?://[^\s\[\]<>\"]{1,2000})\s*\[/embed\]")
_SHORTCODE: Final = re.compile(
    rf"\\?\[(?P<name>(?:{_CORE})(?![\w-])|[a-z][\w-]{{1,40}}(?=[ \t]+[\w-]{{1,40}}=[\"'“”]))"
    r"(?P<arguments>(?:[^\[\]\n]){0,2000})\](?![(\[:])"
)
_SHORTCODE_END: Final = re.compile(r"\[/(?P<name>[a-z][\w-]{1,40})\](?![(\[:])")
_SOURCE: Final = re.compile(r"(?:src|mp3|mp4|m4a|ogg|webm|url)=[\"'“”]?(?P<url>https?://[^\s\"'“”\]<>]{1,2000})")
_ENCLOSING: Final = frozenset({"caption", "wp_caption"})  # of which all that they hold is seen


def read_boxes(manuscript: Manuscript) -> None:
    """Turn boxes and shortcodes into Markdown, or leave them out by name."""
    for _ in range(3):  # a box in a box
        manuscript.replace(_BOX, _box)
    manuscript.replace(_EMBED, lambda match: f"\n\n<{match['url']}>\n\n")
    names = {match["name"] for match in _SHORTCODE.finditer(manuscript.text)}
    manuscript.replace(_SHORTCODE, lambda match: _shortcode(match, manuscript))
    manuscript.replace(_SHORTCODE_END, lambda match: "\n\n" if match["name"] in names else match[0])


def _box(match: re.Match[str]) -> str:
    title = match["title"]
    if title is None and match["kind"]:
        title = match["kind"].split()[0].replace("-", " ").capitalize()
    heading = f"**{title}**\n\n" if title else ""
    return f"\n{heading}{dedent(match['body'].expandtabs(4))}\n"


def _shortcode(match: re.Match[str], manuscript: Manuscript) -> str:
    name = match["name"]
    if name in _ENCLOSING:
        return "\n\n"
    if source := _SOURCE.search(match["arguments"]):
        return f"\n\n<{source['url']}>\n\n"
    reason = "It is a shortcode of WordPress, which only the site can carry out; what it encloses stays."
    return manuscript.leave_out(f"the shortcode “{name}”", reason)
