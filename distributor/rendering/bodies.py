"""The letter's body: as safe HTML for mails and pages, its links, its pictures."""

from __future__ import annotations

from dataclasses import dataclass

import nh3
from lxml import html as lxml_html
from lxml.etree import ParserError

_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["a"] |= {"title"}

_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A link in the body."""

    text: str
    url: str


def safe_html(body: str, *, base: str) -> str:
    """Return the body without anything that a mail or page of ours may not carry: scripts, styles, other schemes.

    Intake does the same and more; this is what stands between a letter that came another way and an inbox. Relative
    addresses are made absolute with `base`, or left out where there is none.
    """
    return nh3.clean(
        body,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        url_relative=("rewrite_with_base", base) if base.startswith(("http://", "https://")) else "deny",
    )


def links(body: str) -> tuple[BodyLink, ...]:
    """Return the links of safe HTML, each address once, in order."""
    body_links: dict[str, BodyLink] = {}
    for element in _elements(body, "a"):
        url = element.get("href", "")
        text = " ".join(str(element.text_content()).split())
        if url.startswith(("http://", "https://")):
            body_links.setdefault(url, BodyLink(text, url))
    return tuple(body_links.values())


def pictures_without_text(body: str) -> int:
    """Return how many pictures of safe HTML have no alternative text for those who don't see them."""
    return sum(1 for element in _elements(body, "img") if not (element.get("alt") or "").strip())


def _elements(body: str, tag: str) -> list[lxml_html.HtmlElement]:
    try:
        return list(lxml_html.fragment_fromstring(body, create_parent="div").iter(tag))
    except (ParserError, ValueError):  # nothing to parse, or characters that XML can't hold
        return []
