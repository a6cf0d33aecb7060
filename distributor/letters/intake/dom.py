"""Small questions to an HTML element, and the reading of HTML itself."""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

from distributor.letters.intake import stray_tags, web_addresses
from distributor.letters.intake.share_words import tokens

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for it

# Not content, or not content that a mail or a feed could carry.
SILENT = frozenset(
    {
        *("script", "style", "noscript", "template", "link", "meta", "title", "head", "base"),
        *("svg", "canvas", "iframe", "object", "embed", "video", "audio", "area", "source", "track", "math"),
        *("input", "select", "textarea", "option", "datalist", "button", "progress", "meter"),
    }
)
# Elements that stand in lines of their own, as pages lay them out.
BLOCKS = frozenset(
    {
        *(
            "p",
            "div",
            "section",
            "article",
            "main",
            "body",
            "html",
            "header",
            "footer",
            "aside",
            "nav",
            "center",
            "form",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption"),
        *("table", "caption", "tbody", "thead", "tfoot", "tr", "td", "th", "pre", "hr", "address", "summary", "legend"),
        *("fieldset", "details", "hgroup", "menu", "dir", "dialog"),
    }
)
_INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "br",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
        ),
        *(
            "img",
            "ins",
            "kbd",
            "label",
            "mark",
            "meter",
            "nobr",
            "output",
            "picture",
            "q",
            "rb",
            "rp",
            "rt",
            "rtc",
            "ruby",
        ),
        *("s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
# Elements that begin a line of their own where text is read.
_LINES = frozenset(("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "blockquote", "dt", "dd"))
# Not a single space, which is what it is replaced by.
_SPACE = re.compile(r"\s{2,}|[^\S ]")
_WIDTHLESS = re.compile("[\u200b\u2060\ufeff]")  # they part no words: languages without spaces break lines at them
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BREAK = "\0"  # between lines while a text is collected: no document holds it
# What XML, and so the parser, can't hold; lone surrogates come from JSON, and no encoding has them.
_UNHOLDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def parse(markup: str) -> Element:
    """Return the root of a page or fragment, however broken. An empty one gives an empty page."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(stray_tags.with_end_tags(clean(markup)).encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return etree.Element("html")
    stray_tags.let_out(root)
    # Before anything is written out again: the library's writer would encode what browsers pass over.
    for element in root.iter("a", "area", "img", "source", "iframe", "video", "audio"):
        for name in ("href", "src"):
            if value := element.get(name):
                element.set(name, web_addresses.plain(value) if len(value) <= web_addresses.LONGEST else value)
    return root


def settle_elements(body: Element) -> None:
    """Make what no standard names, the elements of web components, AMP and old sites, a `div` or a `span`, in place.

    So do browsers lay them out: as boxes of what they hold.
    """
    queue = [body]
    while queue:
        for element in queue.pop():
            tag = str(element.tag)
            if tag == "math":
                _write_out(element)
            if tag in SILENT:
                continue
            if tag in ("amp-img", "image"):
                element.tag = "img"
            elif tag not in BLOCKS and tag not in _INLINE:
                element.tag = "div" if _holds_block(element) or "-" in tag else "span"
            if len(element):
                queue.append(element)


def _write_out(formula: Element) -> None:
    """Make a formula its text: neither mails nor feeds show MathML."""
    text = attribute(formula, "alttext") or " ".join(" ".join(str(piece) for piece in formula.itertext()).split())
    for child in list(formula):
        formula.remove(child)
    formula.tag, formula.text = "span", text


def _holds_block(element: Element) -> bool:
    return any(True for _ in element.iter(*BLOCKS))


def copy_of(root: Element, element: Element | None) -> tuple[Element, Element | None]:
    """Return a copy of a whole tree, and in it the place of one of its elements."""
    twin = copy.deepcopy(root)
    if element is None:
        return twin, None
    return twin, next((other for own, other in zip(root.iter(), twin.iter(), strict=True) if own is element), None)


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
    if not len(element):
        return "" if element.tag in SILENT else one_line(element.text or "")
    pieces: list[str] = []
    _collect(element, pieces)
    return "\n".join(line for piece in "".join(pieces).split(_BREAK) if (line := one_line(piece)))


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space, none at its ends."""
    return " ".join(text.split()) if text.isascii() else _SPACE.sub(" ", _WIDTHLESS.sub("", text)).strip()


def _collect(element: Element, pieces: list[str]) -> None:
    tag = element.tag
    if tag in SILENT:
        return
    breaks = tag in _LINES
    if breaks or tag == "br":
        pieces.append(_BREAK)
    text = element.text
    if text:
        pieces.append(text)
    for child in element:
        _collect(child, pieces)
        tail = child.tail
        if tail:
            pieces.append(tail)
    if breaks:
        pieces.append(_BREAK)
    elif tag in ("td", "th"):
        pieces.append(" ")


def attribute(element: Element, name: str) -> str:
    """Return an attribute's value, "" where there is none."""
    return str(element.get(name) or "").strip()


def names(element: Element) -> tuple[str, ...]:
    """Return an element's class names, id and itemprop as lower-case words with hyphens: "editorNote" → editor-note."""
    get = element.get
    raw = f"{get('class') or ''} {get('id') or ''} {get('itemprop') or ''}"
    return _names(raw) if len(raw) > 2 else ()


@lru_cache(maxsize=4096)  # a page says the same few again and again
def _names(raw: str) -> tuple[str, ...]:
    return tuple("-".join(tokens(name)) for name in raw.split())


def is_hidden(element: Element) -> bool:
    """Return whether an element is not shown."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style) and bool(_UNSEEN.search(str(style)))


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


def leads_elsewhere(link: Element) -> bool:
    """Return whether a link has a target that is neither a place on its own page nor a script."""
    return not str(link.get("href") or "#").lstrip().lower().startswith(("#", "javascript:"))


def linked_share(element: Element) -> float:
    """Return how much of an element's text is links to elsewhere, 0 to 1: permalinks and footnotes' marks are none."""
    links = [link for link in element.iter("a") if leads_elsewhere(link)]
    total = len(text_of(element)) if links else 0
    return min(1.0, sum(len(text_of(link)) for link in links) / total) if total else 0.0
