"""Body HTML that is safe to mail and to publish: a small set of elements, absolute http(s) links, no tracking."""

from __future__ import annotations

import re
from textwrap import dedent
from urllib.parse import urljoin, urlsplit

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement

from distributor.letters.intake import dom
from distributor.letters.intake.tracking_pixels import is_placeholder, is_tracking_pixel

URL_LIMIT = 2000

_TAGS = {
    *("p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "a", "em", "strong", "b", "i", "u", "s"),
    *("sub", "sup", "cite", "q", "mark", "img", "figure", "figcaption", "br", "hr", "pre", "code"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,  # mails and feeds don't need it, and the reader's page adds its own
    clean_content_tags={"script", "style", "noscript", "template", "iframe", "title"},
)
_REPLACEMENTS = {"h1": "h2", "h5": "h4", "h6": "h4", "strike": "s", "del": "s", "menu": "ul", "dir": "ul"}
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-srcset", "srcset")

_EMPTY = re.compile(r"<(p|h2|h3|h4|li|figure|blockquote|strong|em|b|i|ul|ol)>(?:\s|&nbsp;|<br>)*</\1>")
_NESTED_EMPTY = 8
_TEXT = ParserConfig(css={**STRICT_CSS_PROFILE, "q": HtmlElement(prefix="“", suffix="”")})


def safe_html(markup: str, *, base: str = "") -> str:
    """Return a fragment's safe HTML. Relative addresses are made absolute with `base`, or dropped where there is none.

    Elements: paragraphs, headings h2 to h4, quotations, lists, links, emphasis, pictures, tables, code. No scripts,
    styles, event handlers, other schemes than http, https and mailto, or tracking pixels.
    """
    body = dom.fragment(markup)
    for element in list(body.iter()):
        tag = str(element.tag)
        if tag in _REPLACEMENTS:
            element.tag = _REPLACEMENTS[tag]
        if tag == "a":
            _link(element, base)
        elif tag == "img":
            _picture(element, base)
    html = _CLEANER.clean(dom.inner_markup(body))
    # What held only a removed picture or script is an empty line in a mail.
    for _ in range(_NESTED_EMPTY):
        without_empty = _EMPTY.sub("", html)
        if without_empty == html:
            break
        html = without_empty
    return re.sub(r"\n{2,}", "\n", html).strip()


_MANY_EMPTY = re.compile(r"\n{3,}")  # line breaks in a row, which mean one blank line here


def plain_text(safe: str) -> str:
    """Return the text of safe HTML: paragraphs apart by a blank line, list items each on a line."""
    body = dom.fragment(safe)
    pieces = [body.text or ""]
    for element in body:
        pieces += [_text_of_block(element), element.tail or ""]
    paragraphs = (dedent("\n".join(line.rstrip() for line in piece.split("\n"))).strip("\n") for piece in pieces)
    return _MANY_EMPTY.sub("\n\n", "\n\n".join(piece for piece in paragraphs if piece.strip()))


def _text_of_block(element: dom.Element) -> str:
    if element.tag in ("p", "h2", "h3", "h4") and element.find(".//q") is None:
        return dom.text_of(element)  # most blocks, and much faster
    return str(get_text(f"<html><body>{dom.markup(element)}</body></html>", _TEXT))


def absolute(url: str, base: str) -> str:
    """Return an absolute http(s) address, "" for one that can't be made so."""
    if not url.strip():
        return ""
    try:
        address = urljoin(base, url.strip())
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > URL_LIMIT:
        return ""
    return "" if re.search(r"[\s<>\"\\]", address) or parts.username else address


def alt_of(body: dom.Element, image_url: str, *, base: str = "") -> str:
    """Return the alternative text that a body's own picture of this address has, in whatever size; "" for none."""
    image_path = image_url.partition("?")[0]
    for element in body.iter("img") if image_path else ():
        sources = (absolute(dom.attribute(element, key).split(" ")[0], base) for key in ("src", *_LAZY))
        alt = " ".join(dom.attribute(element, "alt").split())
        if alt and any(source.partition("?")[0] == image_path for source in sources):
            return alt
    return ""


def _link(element: dom.Element, base: str) -> None:
    href = dom.attribute(element, "href")
    if href.lower().startswith("mailto:"):
        return
    target = absolute(href, base) if href and not href.startswith("#") else ""
    if target:
        element.set("href", target)
    else:
        element.tag = "span"  # a link to nowhere is text


def _picture(element: dom.Element, base: str) -> None:
    sources = [dom.attribute(element, "src"), *(dom.attribute(element, key).split(" ")[0] for key in _LAZY)]
    if any(sources[1:]) and (not sources[0] or sources[0].startswith("data:") or is_placeholder(sources[0])):
        sources = sources[1:]
    source = absolute(next((candidate for candidate in sources if candidate), ""), base)
    if not source or is_tracking_pixel(element, source) or dom.is_hidden(element):
        dom.remove(element)
        return
    element.set("src", source)
