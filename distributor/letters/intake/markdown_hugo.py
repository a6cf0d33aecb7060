"""Hugo's shortcodes, and the attributes of its headings. Pure.

Those that only show something (a picture, code, a film) become Markdown, by the names and parameters of Hugo's own ones
(gohugo.io, “Shortcodes”). All others are a site's templates: their call is left out, what they enclose stays.
"""

from __future__ import annotations

import re
from typing import Final

from distributor.letters.intake import dom
from distributor.letters.intake.front_matter_fields import word
from distributor.letters.intake.manuscript import Manuscript
from distributor.letters.intake.share_words import channel_named

_CALL: Final = re.compile(r"\{\{(?P<open>[<%])(?P<inner>(?:(?!\{\{).){0,4000}?)[%>]\}\}", re.DOTALL)
_REFERENCE: Final = re.compile(
    r"(?<!!)\[(?P<text>[^\[\]\n]{0,1000})\]\(\s*<?\{\{[<%]\s*(?:rel)?ref\b[^{}]{0,500}[%>]\}\}[^()\n]{0,200}\)"
)
_PAIR_PATTERN: Final = (
    r"\{{\{{[<%]\s*{name}\b(?P<arguments>[^{{}}]{{0,500}})[%>]\}}\}}(?P<text>(?:(?!\{{\{{[<%]\s*{name}\b).)*?)"
    r"\{{\{{[<%]\s*/\s*{name}\s*[%>]\}}\}}"
)
_COMMENT: Final = re.compile(_PAIR_PATTERN.format(name="comment"), re.DOTALL)
_HIGHLIGHT: Final = re.compile(_PAIR_PATTERN.format(name="highlight"), re.DOTALL)
_ARGUMENT: Final = re.compile(
    r"(?:(?P<name>[\w-]+)\s*=\s*)?(?:\"(?P<quoted>(?:\\.|[^\"\\])*)\"|`(?P<raw>[^`]*)`|(?P<bare>[^\s\"`=]+))"
)
_LITERAL: Final = re.compile(r"\{\{(?P<open>[<%])/\*(?P<inner>.{0,4000}?)\*/(?P<close>[%>])\}\}", re.DOTALL)
_HEADING_ATTRIBUTES: Final = re.compile(
    r"^([ \t>]*#{1,6}[ \t][^\n]*?)[ \t]*\{:?[ \t]*[#.][^{}\n]*\}[ \t]*$", re.MULTILINE
)
_BLOCK_ATTRIBUTES: Final = re.compile(r"^[ \t>]*\{[ \t]*(?:[#.][\w-]|\w+=\")[^{}\n]*\}[ \t]*$", re.MULTILINE)

# Where the films and posts are that Hugo's own shortcodes show, by the name of the shortcode and its first arguments.
_PLAYERS: Final = {
    "youtube": "https://www.youtube.com/embed/{0}",
    "vimeo": "https://player.vimeo.com/video/{0}",
    "vimeo_simple": "https://player.vimeo.com/video/{0}",
}
_ADDRESSES: Final = {
    "instagram": "https://www.instagram.com/p/{0}/",
    "gist": "https://gist.github.com/{0}/{1}",
    "x": "https://x.com/{user}/status/{id}",
    "x_simple": "https://x.com/{user}/status/{id}",
}


def read_hugo(manuscript: Manuscript) -> None:
    """Turn shortcodes into Markdown, or leave them out."""
    manuscript.replace(_LITERAL, lambda match: manuscript.set_aside(literal(match)))
    manuscript.replace(_COMMENT, lambda match: _without_comment(match, manuscript))
    manuscript.replace(_HIGHLIGHT, lambda match: _highlight(match, manuscript))
    manuscript.replace(_REFERENCE, lambda match: _reference(match, manuscript))
    manuscript.replace(_CALL, lambda match: _call(match, manuscript))
    manuscript.replace(_HEADING_ATTRIBUTES, lambda match: match[1])
    manuscript.replace(_BLOCK_ATTRIBUTES, lambda _: "")


def shown_literally(code: str) -> str:
    """Return code in which calls that are written to be shown (`{{</* … */>}}`) are as they are shown."""
    return _LITERAL.sub(literal, code)


def literal(match: re.Match[str]) -> str:
    """Return a call as it is shown that was written to be shown."""
    return f"{{{{{match['open']}{match['inner']}{match['close']}}}}}"


def _without_comment(match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out("comment", "Hugo shows the shortcode “comment” to nobody.", match["text"])


def _highlight(match: re.Match[str], manuscript: Manuscript) -> str:
    language = re.match(r"\s*\"?([\w+-]*)", match["arguments"])
    return manuscript.set_aside(f"\n\n```{language[1] if language else ''}\n{match['text'].strip()}\n```\n\n")


def _reference(match: re.Match[str], manuscript: Manuscript) -> str:
    reason = "It leads to a page of the site, whose address the file does not name: its words stay."
    manuscript.leave_out(f"the link of “{match['text']}”", reason)
    return match["text"]


def _call(match: re.Match[str], manuscript: Manuscript) -> str:
    inner = match["inner"].strip().removesuffix("/").strip()
    if inner.startswith("/"):  # the end of one that encloses something
        return ""
    name, _, argument_text = inner.partition(" ")
    arguments = _arguments(argument_text)
    if name in ("figure", "img", "image") and arguments.get("src", arguments.get("0")):
        return _figure(arguments)
    if name == "details":
        return f"\n\n**{arguments.get('summary', 'Details')}**\n\n"
    if name == "param" and (value := word(manuscript.fields, arguments.get("0", "").lower())):
        return value
    if name in _PLAYERS and (player := _address(_PLAYERS[name], arguments)):
        title = dom.escape(arguments.get("title", "")).replace('"', "&quot;")
        return f'\n\n<iframe src="{player}" title="{title}"></iframe>\n\n'
    if (pattern := _address_pattern(name)) and (address := _address(pattern, arguments)):
        return f"\n\n<{address}>\n\n"
    return manuscript.leave_out(
        f"the shortcode “{name[:60]}”", "It is a call of a template, which only the site's generator can carry out."
    )


def _address_pattern(name: str) -> str:
    """Return where what a shortcode of this name shows is; X's has had several names."""
    is_of_x = channel_named(name) == channel_named("x")
    return _ADDRESSES.get("x" if is_of_x else name, "")


def _arguments(text: str) -> dict[str, str]:
    """Return a call's arguments by name, those without one by their place."""
    arguments: dict[str, str] = {}
    place = 0
    for match in _ARGUMENT.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["raw"] or match["bare"] or ""
        value = re.sub(r"\\(.)", r"\1", value)
        if match["name"]:
            arguments[match["name"].lower()] = value
        else:
            arguments[str(place)] = value
            place += 1
    return arguments


def _figure(arguments: dict[str, str]) -> str:
    source = dom.escape(arguments.get("src", arguments.get("0", ""))).replace('"', "%22")
    caption = " ".join(filter(None, (arguments.get("title"), arguments.get("caption"), arguments.get("attr"))))
    alt = dom.escape(arguments.get("alt") or caption).replace('"', "&quot;")
    image = f'<img src="{source}" alt="{alt}">'
    below = f"<figcaption>{dom.escape(caption)}</figcaption>" if caption else ""
    return f"\n\n<figure>{image}{below}</figure>\n\n"


def _address(pattern: str, arguments: dict[str, str]) -> str:
    places = [arguments.get(str(at), "") for at in range(2)]
    values = {"user": arguments.get("user", ""), "id": arguments.get("id", "")}
    places[0] = places[0] or values["id"]
    address = pattern.format(*places, **values)
    parts = [
        *places[: pattern.count("{0}") + pattern.count("{1}")],
        *(values[key] for key in values if f"{{{key}}}" in pattern),
    ]
    return address if all(re.fullmatch(r"[\w.-]{1,100}", part) for part in parts) else ""
