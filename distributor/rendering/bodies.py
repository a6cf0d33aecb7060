"""The letter's body: as safe HTML for mails and pages, its links, its pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass

import nh3
from lxml import html as lxml_html
from lxml.etree import ParserError

_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["a"] |= {"title"}
_ATTRIBUTES["*"] = {"dir", "lang", "id"}

_SCHEMES = {"http", "https", "mailto", "tel", "sms"}
# A place within the letter, as intake names it. It stays one, whatever the letter's other addresses are relative to.
_ANCHOR = re.compile(r"l-[\w-]{1,80}")
_TO_ANCHOR, _PUT_AWAY = 'href="#l-', 'href="https://anchor.invalid/#l-'


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
    cleaned = nh3.clean(
        body.replace(_TO_ANCHOR, _PUT_AWAY),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
        url_relative=("rewrite_with_base", base) if base.startswith(("http://", "https://")) else "deny",
    )
    return cleaned.replace(_PUT_AWAY, _TO_ANCHOR)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """Ids are the letter's own only: a page has others, and scripts that look for them."""
    return value if name != "id" or _ANCHOR.fullmatch(value) else None


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
