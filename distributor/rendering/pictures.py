"""How a letter's pictures are written for the place that shows them: a page of ours, or a mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import TypedDict

from distributor.domain import media_names
from distributor.domain.media_names import MediaName

PAGE_WIDTH = 640  # CSS pixels: a letter's column on our pages (reader.css, .letter > *)
MAIL_WIDTH = 534  # CSS pixels: the column of our mails (email/base.html, .paper less .inner)
_SHARP = 2  # pixels of a screen for one of CSS

_IMAGE = re.compile(r'<img((?:\s+[\w-]+(?:="[^"]*")?)*)\s*/?>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def for_page(html: str, *, site_url: str) -> str:
    """Return safe HTML whose pictures have their sizes, so that nothing jumps, and come when they are scrolled to.

    Those that are stored below `site_url` come in the width that a screen needs (`srcset`). The first one is not put
    off: it is on the screen when the page opens, or soon.
    """
    count = 0

    def attributes_of(attributes: dict[str, str]) -> Mapping[str, str]:
        nonlocal count
        count += 1
        hints = {"loading": "lazy", "decoding": "async"} if count > 1 else {"decoding": "async"}
        name = media_names.of_address(attributes.get("src", ""), site_url)
        return {**attributes, **(_page_sizes(name, attributes, site_url) if name else {}), **hints}

    return _rewritten(html, attributes_of)


def for_mail(html: str, *, site_url: str) -> str:
    """Return safe HTML whose pictures fit a mail's column by their attributes: Outlook on Windows knows nothing else.

    Those that are stored below `site_url` come in a file for that width. Of others only those are changed whose size
    the letter's source gave.
    """

    def attributes_of(attributes: dict[str, str]) -> Mapping[str, str]:
        name = media_names.of_address(attributes.get("src", ""), site_url)
        if name is not None:
            return {**attributes, **mail_picture(name, site_url, width=_number(attributes, "width") or name.width)}
        width, height = _number(attributes, "width"), _number(attributes, "height")
        if not width or width <= MAIL_WIDTH:
            return attributes
        height_attribute = {"height": str(max(round(height * MAIL_WIDTH / width), 1))} if height else {}
        return {**attributes, "width": str(MAIL_WIDTH), **height_attribute}

    return _rewritten(html, attributes_of)


def mail_picture(name: MediaName, site_url: str, *, width: int) -> dict[str, str]:
    """Return the attributes of a stored picture in a mail, shown `width` CSS pixels wide where there is room."""
    shown_width, height = name.within(min(width, MAIL_WIDTH))
    file = name.file(name.least(_SHARP * shown_width))
    return {"src": f"{site_url}/media/{file}", "width": str(shown_width), "height": str(height)}


class DigestPicture(TypedDict):
    """A letter's own picture as digests show it."""

    picture: str
    picture_width: int
    picture_height: int


def digest_picture(url: str, site_url: str) -> DigestPicture:
    """Return a picture as a digest shows it; one of unknown size as wide as the column."""
    name = media_names.of_address(url, site_url)
    if name is None:
        return {"picture": url, "picture_width": MAIL_WIDTH if url else 0, "picture_height": 0}
    attributes = mail_picture(name, site_url, width=name.width)
    width, height = int(attributes["width"]), int(attributes["height"])
    return {"picture": attributes["src"], "picture_width": width, "picture_height": height}


def _page_sizes(name: MediaName, attributes: Mapping[str, str], site_url: str) -> dict[str, str]:
    width, height = name.within(_number(attributes, "width") or name.width)
    css_width = min(width, PAGE_WIDTH)
    widths = [
        candidate for candidate in name.widths if candidate <= max(name.least(_SHARP * css_width), name.widths[0])
    ]
    sizes = {"src": f"{site_url}/media/{name.file(widths[-1])}", "width": str(width), "height": str(height)}
    if len(widths) < 2:
        return sizes
    return {
        "src": sizes["src"],
        "srcset": ", ".join(f"{site_url}/media/{name.file(candidate)} {candidate}w" for candidate in widths),
        "sizes": f"(max-width: {css_width}px) 100vw, {css_width}px",
        **sizes,
    }


def _rewritten(html: str, attributes_of: Callable[[dict[str, str]], Mapping[str, str]]) -> str:
    def image(match: re.Match[str]) -> str:
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
        markup = "".join(f' {name}="{escape(value)}"' for name, value in attributes_of(attributes).items())
        return f"<img{markup}>"

    return _IMAGE.sub(image, html)


def _number(attributes: Mapping[str, str], name: str) -> int:
    """Return a size in CSS pixels, 0 for what is none."""
    value = attributes.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 5 else 0
