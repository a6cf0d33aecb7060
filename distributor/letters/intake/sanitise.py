"""Body HTML that is safe to mail and to publish: a small set of elements, absolute http(s) links, no tracking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from lxml import etree

from distributor.domain.letters import LeftOut
from distributor.letters.intake import body_pictures, dom
from distributor.letters.intake.web_addresses import LONGEST, absolute, is_relative, phone

ANCHOR = "l-"  # before the ids of letters: none of them is one of the page's own

_TAGS = {
    *("p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "a", "em", "strong", "b", "i", "u", "s"),
    *("sub", "sup", "cite", "q", "mark", "img", "figure", "figcaption", "br", "hr", "pre", "code"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("ruby", "rb", "rt", "rtc", "rp", "bdi", "bdo"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang", "id"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_SOURCES = ("http://", "https://", "data:image/", f"{body_pictures.SCHEME}:")
_TARGETS = ("http://", "https://", "mailto:", "tel:", "sms:", f"#{ANCHOR}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_NUMBER = re.compile(r"[1-9]\d{0,4}")
_ANCHOR = re.compile(rf"{ANCHOR}[\w-]{{1,80}}")
_NOT_IN_ID = re.compile(r"[^\w-]+")


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, None for one that may not stay."""
    if name == "src":
        return value if value.lower().startswith(_SOURCES) else None
    if name == "href":
        return value if value.lower().startswith(_TARGETS) else None
    if name == "dir":
        return value.lower() if value.lower() in ("ltr", "rtl", "auto") else None
    patterns = {"lang": _LANGUAGE, "id": _ANCHOR, "width": _NUMBER, "height": _NUMBER}
    return value if name not in patterns or patterns[name].fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    # “data” and “picture” are the letter's own pictures, until they are stored with it.
    url_schemes={"http", "https", "mailto", "tel", "sms", "data", body_pictures.SCHEME},
    url_relative="pass_through",  # all that is left of these are anchors within the letter
    link_rel=None,  # mails and feeds don't need it, and the reader's page adds its own
    clean_content_tags={"script", "style", "noscript", "template", "iframe", "title"},
)
_REPLACEMENTS = {
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "strike": "s",
    "del": "s",
    "menu": "ul",
    "dir": "ul",
    "aside": "blockquote",  # a pull quote, or a word beside the letter
}

_EMPTY = re.compile(r"<(p|h2|h3|h4|li|figure|blockquote|strong|em|b|i|ul|ol)>(?:\s|&nbsp;|<br>)*</\1>")
_NESTED_EMPTY = 8
_TEXT = ParserConfig(css={**STRICT_CSS_PROFILE, "q": HtmlElement(prefix="“", suffix="”")})


@dataclass(frozen=True, slots=True)
class SafeMarkup:
    """Safe HTML, what of the markup could not be had in it, and what an editor should know of that."""

    html: str
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()


def safe_markup(markup: str, *, base: str = "") -> SafeMarkup:
    """Return a fragment's safe HTML, and the links and pictures that are not in it.

    Relative addresses are made absolute with `base`; where there is none, links are text, and pictures are named as
    `picture:PATH`, to be looked for beside the letter.

    Elements: paragraphs, headings h2 to h4, quotations, lists, links, emphasis, pictures, tables, code, ruby, and what
    isolates a text's direction. No scripts, styles, event handlers, tracking pixels, or other schemes than http, https,
    mailto, tel and sms; a picture may be a `data:` one. Ids stay where the letter links to them.
    """
    body = dom.fragment(markup)
    anchors = _anchors(body, base)
    losses: list[LeftOut] = []
    notices = _pathless(body) if not base else ()
    for element in list(body.iter()):
        tag = str(element.tag)
        if tag in _REPLACEMENTS:
            element.tag = _REPLACEMENTS[tag]
        if tag == "a":
            losses += _link(element, base, anchors)
        elif tag == "img":
            losses += body_pictures.settle(element, base)
        elif tag == "span" and element.get("dir"):
            element.tag = "bdi"
        elif tag == "rt":
            _bracket(element)
    return SafeMarkup(without_empty(_CLEANER.clean(dom.inner_markup(body))), tuple(losses), notices)


def without_empty(html: str) -> str:
    """Return safe HTML without what held only a removed picture or script: in a mail it is an empty line."""
    for _ in range(_NESTED_EMPTY):
        fuller, html = html, _EMPTY.sub("", html)
        if html == fuller:
            break
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


def alt_of(body: dom.Element, image_url: str, *, base: str = "") -> str:
    """Return the alternative text that a body's own picture of this address has, in whatever size; "" for none."""
    image_path = image_url.partition("?")[0]
    for element in body.iter("img") if image_path else ():
        alt = " ".join(dom.attribute(element, "alt").split())
        sources = (body_pictures.address(source, base) for source in body_pictures.sources(element))
        if alt and any(source.partition("?")[0] == image_path for source in sources):
            return alt
    return ""


def _bracket(reading: dom.Element) -> None:
    """Put a word's reading into brackets that show where ruby is not known: in text, and in most mail programs."""
    previous, following = reading.getprevious(), reading.getnext()
    if previous is None or previous.tag != "rp" or (previous.tail or "").strip():
        opening = etree.Element("rp")
        opening.text = "("
        reading.addprevious(opening)
    if following is None or following.tag != "rp":
        closing = etree.Element("rp")
        closing.text, closing.tail, reading.tail = ")", reading.tail, None
        reading.addnext(closing)


def _anchors(body: dom.Element, base: str) -> dict[str, str]:
    """Give the places that the letter itself links to their ids here, and no others any; return them by their names."""
    link_names = {name for link in body.iter("a") if (name := _fragment(dom.attribute(link, "href"), base))}
    anchors: dict[str, str] = {}
    for element in list(body.iter()):
        names = [element.get("id") or "", (element.get("name") or "") if element.tag == "a" else ""]
        element.attrib.pop("id", "")
        name = next((name for name in names if name in link_names and name not in anchors), "")
        if name:
            anchors[name] = ANCHOR + _NOT_IN_ID.sub("-", name)[:80]
            element.set("id", anchors[name])
    return anchors


def _fragment(href: str, base: str) -> str:
    """Return the name that a link within its own page leads to; "" for every other link."""
    page, _, name = href.partition("#")
    return name if not page or (base and page == base.partition("#")[0]) else ""


def _link(element: dom.Element, base: str, anchors: dict[str, str]) -> list[LeftOut]:
    """Make a link's address safe; one to nowhere is text."""
    href = dom.attribute(element, "href")
    if href.lower().startswith("mailto:"):
        return []
    if anchor := anchors.get(_fragment(href, base)):
        element.set("href", f"#{anchor}")
        return []
    target = phone(href) or (absolute(href, base) if href and not href.startswith("#") else "")
    if target:
        element.set("href", target)
        return []
    if element.get("id"):  # a place that is linked to
        element.attrib.pop("href", "")
        return []
    element.tag = "span"
    if not href or href.startswith("#") or href.lower().startswith("javascript:") or (not base and is_relative(href)):
        return []
    text = " ".join(dom.text_of(element).split())
    reason = f"it has more than {LONGEST:,} characters" if len(href) > LONGEST else _why_no_link(href)
    return [LeftOut(f"the link of “{text[:80]}”", f"Its address can’t be linked to: {reason}.")]


def _pathless(body: dom.Element) -> tuple[str, ...]:
    """Say which links lead nowhere, for they are paths and nothing says of which site."""
    hrefs = dict.fromkeys(dom.attribute(link, "href") for link in body.iter("a"))
    paths = [href for href in hrefs if is_relative(href)]
    if not paths:
        return ()
    names = ", ".join(f"“{path[:60]}”" for path in paths[:3]) + (" …" if len(paths) > 3 else "")
    return (
        f"Links that are no whole addresses are words now ({names}): give the letter's “canonical_url”, or whole ones.",
    )


def _why_no_link(href: str) -> str:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", href)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return f"readers can’t follow “{scheme[1][:20]}:”"
    return "it is no complete web address, or holds a password"
