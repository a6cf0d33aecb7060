"""Small questions to an HTML element, and the reading of HTML itself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from distributor.letters.intake import web_addresses
from distributor.letters.intake.share_words import tokens

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for it

# Not content, or not content that a mail or a feed could carry.
SILENT = frozenset(
    {
        *("script", "style", "noscript", "template", "link", "meta", "title", "head", "base"),
        *("svg", "canvas", "iframe", "object", "embed", "video", "audio", "map", "source", "track", "math"),
        *("input", "select", "textarea", "option", "datalist", "button", "progress", "meter"),
    }
)
# Elements that begin a line of their own where text is read.
_LINES = frozenset(("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "blockquote", "dt", "dd"))
# Not a single space, which is what it is replaced by.
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u200b\ufeff]{2,}|[\t\r\n\f\v\u00a0\u200b\ufeff]")
# What XML, and so the parser, can't hold; lone surrogates come from JSON, and no encoding has them.
_UNHOLDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def parse(markup: str) -> Element:
    """Return the root of a page or fragment, however broken. An empty one gives an empty page."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(clean(markup).encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return etree.Element("html")
    # Before anything is written out again: the library's writer would encode what browsers pass over.
    for element in root.iter("a", "area", "img", "source", "iframe", "video", "audio"):
        for name in ("href", "src"):
            if value := element.get(name):
                element.set(name, web_addresses.plain(value) if len(value) <= web_addresses.LONGEST else value)
    return root


def body_of(root: Element) -> Element:
    """Return the page's body, or its root where there is none (a frameset)."""
    body = root.find(".//body")
    return root if body is None else body


def fragment(markup: str) -> Element:
    """Return a body element with the fragment's content."""
    return body_of(parse(f"<html><body>{markup}</body></html>"))


def clean(text: str) -> str:
    """Remove characters that neither XML, JSON nor PostgreSQL can hold."""
    return _UNHOLDABLE.sub("", text)


def markup(element: Element, *, tail: bool = False) -> str:
    """Return an element as HTML."""
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=tail))


def inner_markup(element: Element) -> str:
    """Return an element's content as HTML."""
    return escape(element.text or "") + "".join(markup(child, tail=True) for child in element)


def escape(text: str) -> str:
    """Return text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Return HTML's references as the characters that they stand for; XML's unholdable ones are none."""
    return clean(html.unescape(text))


def text_of(element: Element) -> str:
    """Return an element's visible text: white space as one space, `<br>` and blocks as line breaks."""
    pieces: list[str] = []
    _collect(element, pieces)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(element: Element, pieces: list[str]) -> None:
    if element.tag in SILENT:
        return
    breaks = element.tag in _LINES
    if element.tag == "br" or breaks:
        pieces.append("\n")
    if element.text:
        pieces.append(_SPACE.sub(" ", element.text))
    for child in element:
        _collect(child, pieces)
        if child.tail:
            pieces.append(_SPACE.sub(" ", child.tail))
    if breaks:
        pieces.append("\n")
    elif element.tag in ("td", "th"):
        pieces.append(" ")


def attribute(element: Element, name: str) -> str:
    """Return an attribute's value, "" where there is none."""
    return str(element.get(name) or "").strip()


def names(element: Element) -> list[str]:
    """Return an element's class names, id and itemprop as lower-case words with hyphens: "editorNote" → editor-note."""
    raw = " ".join(attribute(element, key) for key in ("class", "id", "itemprop"))
    return ["-".join(tokens(name)) for name in raw.split()]


def is_hidden(element: Element) -> bool:
    """Return whether an element is not shown."""
    style = attribute(element, "style").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def ancestors(element: Element, *, most: int | None = None) -> Iterator[Element]:
    """Yield an element's ancestors, nearest first."""
    for count, parent in enumerate(element.iterancestors()):
        if most is not None and count >= most:
            return
        yield parent


def remove(element: Element) -> None:
    """Take an element out of its tree and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, previous = element.tail or "", element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def linked_share(element: Element) -> float:
    """Return how much of an element's text is links, 0 to 1."""
    total = len(text_of(element))
    if not total:
        return 0.0
    return min(1.0, sum(len(text_of(link)) for link in element.iter("a")) / total)
