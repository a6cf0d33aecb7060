"""Turns a page's tree into blocks: one per paragraph, heading, list, figure, quotation or table."""

from __future__ import annotations

import re
from functools import lru_cache

from distributor.letters.intake import dom, people
from distributor.letters.intake.parts import Block, Hint

_ATOMIC = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "figure", "table", "pre", "img", "picture"}
)
_PARAGRAPH = frozenset({"p", "address", "summary", "figcaption", "dt", "dd", "legend", "caption"})
_CONTAINER = dom.BLOCKS - _ATOMIC - _PARAGRAPH - {"hr"}
_BLOCKS = dom.BLOCKS

_NOTE = re.compile(r"(?:^|-)(?:editor|editors|editor-s|editorial|ed)-?notes?(?:-|$)|^(?:series|letter)-(?:note|intro)$")
_BYLINE = re.compile(
    r"(?:[a-z0-9]+-)?(?:by-?line|authors?|writers?|reporters?|journalist)(?:-(?:names?|line|list|link|wrap|area))?"
)
_BIO = re.compile(
    r"(?:.*-)?(?:bio|bios|biography|about-(?:the-)?(?:author|writer)s?|"
    r"(?:author|writer|reporter|contributor)s?-?(?:bio|info|box|about|desc|description|profile|card|intro|details?))(?:-.*)?"
)
_SECTION = re.compile(
    r"(?:article-|post-|entry-|letter-)?(?:section|category|kicker|eyebrow)(?:-(?:name|label|title))?"
)
_DECK = re.compile(
    r"(?:[a-z]+-)?(?:standfirst|subtitle|sub-title|subhead|subheading|deck|dek|date|dateline|published|pubdate|meta)"
)
_HINT_LIMIT = 3000  # characters: what is longer is a container that only has such a name
_BYLINE_LIMIT = 160
_BESIDE = 200  # characters in a letter's element beside all of it: a title, a date, a caption
_ROW_LIMIT = 12  # children of a byline's box


def flatten(
    root: dom.Element,
    *,
    inside: dom.Element | None = None,
    title: str = "",
    heading: dom.Element | None = None,
    on_page: bool = True,
) -> list[Block]:
    """Return the blocks below `root` in the page's order; those within `inside` (default: all) are marked so.

    What says `title`, and `heading`, the element that shows it, are marked as the title. Lists on a page (`on_page`)
    may only arrange its paragraphs; elsewhere they are lists.
    """
    flattener = _Flattener(inside, title, heading, on_page)
    flattener.walk(root, "", inside is None or root is inside)
    return flattener.blocks


class _Flattener:
    def __init__(self, inside: dom.Element | None, title: str, heading: dom.Element | None, on_page: bool) -> None:
        self.blocks: list[Block] = []
        self._layouts = ("table", "ul", "ol") if on_page else ("table",)
        self._inside = inside
        self._title = title
        self._heading = heading
        self._length: int | None = None
        self._around = set(inside.iterancestors()) if inside is not None else set()

    def walk(self, element: dom.Element, hint: Hint, inside: bool) -> None:
        """Add the blocks of a container: its block children, and its bare text as paragraphs."""
        run = [dom.escape(element.text or "")]
        for child in element:
            if child.tag in dom.SILENT:
                pass
            elif _is_block(child, self._heading):
                self._paragraphs("".join(run), hint, inside)
                run = []
                self._add(child, hint, inside or child is self._inside)
            else:
                run.append(dom.markup(child))
            if tail := child.tail:
                run.append(dom.escape(tail))
        self._paragraphs("".join(run), hint, inside)

    def _add(self, element: dom.Element, outer_hint: Hint, inside: bool) -> None:
        own_hint = hint_of(element)
        if own_hint and inside and self._holds_all(element):
            own_hint = ""
        hint = own_hint or outer_hint
        tag = str(element.tag)
        if element in self._around or element is self._inside:
            self.walk(element, "", inside)
        elif element is self._heading:
            self._add_block(element, "title", inside)
        elif tag == "hr":
            self.blocks.append(Block("", "<hr>", "figure", inside))
        elif own_hint == "note":
            self._add_block(element, "note", inside)
        elif own_hint == "byline" or (own_hint in ("", "aside") and _is_byline_row(element)):
            self.blocks.append(Block(_byline_text(element), "", "byline", inside))
        elif (tag in self._layouts and _is_layout(element)) or tag in _CONTAINER:
            self.walk(element, hint, inside)
        elif tag in _ATOMIC:
            self._add_block(element, hint or _kind(element, self._title), inside)
        elif tag == "a" and element.get("href") and dom.leads_elsewhere(element):  # a card: all of it is a link
            self.blocks.append(Block(dom.text_of(element), dom.markup(element), hint, inside, 1.0))
        elif element.find(".//br") is None:
            self._paragraph(element, dom.inner_markup(element), hint, inside)
        else:
            self._paragraphs(dom.inner_markup(element), hint, inside)

    def _holds_all(self, element: dom.Element) -> bool:
        """Return whether all of the letter stands in an element, which is no part of it then, whatever its names."""
        if self._inside is None or element.tag not in _CONTAINER:
            return False
        if self._length is None:
            self._length = len(dom.text_of(self._inside))
        return len(dom.text_of(element)) >= self._length - _BESIDE

    def _add_block(self, element: dom.Element, hint: Hint, inside: bool) -> None:
        self.blocks.append(Block(dom.text_of(element), dom.markup(element), hint, inside, dom.linked_share(element)))

    def _paragraphs(self, markup: str, hint: Hint, inside: bool) -> None:
        """Two line breaks in a row are a paragraph's end, as much as `</p>` is."""
        for piece in re.split(r"(?:<br[^>]*>\s*){2,}", markup):
            if not piece.strip():
                continue
            if "<" not in piece:
                self._line(piece, hint, inside)
                continue
            self._paragraph(dom.fragment(piece), piece, hint, inside)

    def _line(self, markup: str, hint: Hint, inside: bool) -> None:
        """Add a paragraph that is nothing but text."""
        text = dom.one_line(dom.unescape(markup))
        if text:
            block_hint: Hint = hint or ("title" if text == self._title else "")
            self.blocks.append(Block(text, f"<p>{markup.strip()}</p>", block_hint, inside))

    def _paragraph(self, element: dom.Element, markup: str, hint: Hint, inside: bool) -> None:
        text = dom.text_of(element)
        if not text and element.find(".//img") is None:
            return
        block_hint: Hint = hint or ("title" if text and text == self._title else "figure" if not text else "")
        self.blocks.append(Block(text, f"<p>{markup.strip()}</p>", block_hint, inside, dom.linked_share(element)))


def _is_block(element: dom.Element, heading: dom.Element | None) -> bool:
    if element.tag in _BLOCKS or element is heading:
        return True
    # Inline elements that hold blocks (a link around a card, a span around paragraphs), or that the page gave a role.
    return (len(element) > 0 and any(True for _ in element.iter(*_BLOCKS))) or bool(hint_of(element))


def _is_layout(element: dom.Element) -> bool:
    """Tables and lists that only arrange paragraphs of text."""
    if element.tag == "table" and element.find(".//th") is not None:
        return False
    return sum(len(dom.text_of(p)) for p in element.iter("p", "h1", "h2", "blockquote")) > 400


def _kind(element: dom.Element, title: str) -> Hint:
    tag = str(element.tag)
    if tag in ("figure", "img", "picture"):
        return "figure"
    if re.fullmatch(r"h[1-6]", tag):
        return "title" if " ".join(dom.text_of(element).split()) == title else "heading"
    return ""


def hint_of(element: dom.Element) -> Hint:
    """Return what an element's names say it is."""
    names = dom.names(element)
    hint = _hint_of_names(names) if names else ""
    label, rel = element.get("aria-label"), element.get("rel")
    if label and str(label).strip().lower().startswith(("editor’s note", "editor's note")):
        hint = "note"
    elif rel and hint not in ("note", "bio") and "author" in str(rel).split():
        hint = "byline"
    if hint == "byline":
        return _if_short(element, "byline", _BYLINE_LIMIT) or _if_short(element, "bio", _HINT_LIMIT)
    return _if_short(element, hint, _LIMITS[hint]) if hint else ""


_LIMITS: dict[Hint, int] = {"note": _HINT_LIMIT, "bio": _HINT_LIMIT, "section": 40, "aside": 300}


@lru_cache(maxsize=4096)
def _hint_of_names(names: tuple[str, ...]) -> Hint:
    if any(_NOTE.search(name) for name in names):
        return "note"
    if any(_BIO.fullmatch(name) for name in names):
        return "bio"
    if any(_BYLINE.fullmatch(name) for name in names):
        return "byline"
    if any(_SECTION.fullmatch(name) for name in names):
        return "section"
    return "aside" if any(_DECK.fullmatch(name) for name in names) else ""


def _if_short(element: dom.Element, hint: Hint, limit: int) -> Hint:
    return hint if 0 < len(dom.text_of(element)) <= limit else ""


def _is_byline_row(element: dom.Element) -> bool:
    """A box without a telling name that holds the authors' names and little else: "By A and B · 18 January"."""
    if element.tag in ("p", "li", "h1") or len(element) > _ROW_LIMIT:
        return False
    if any(child.tag in _BLOCKS or len(child) > _ROW_LIMIT for child in element.iterdescendants()):
        return False
    if not any(_names_author(child) for child in element.iter("a", "span", "b", "strong")):
        return False
    return len(dom.text_of(element)) <= 2 * _BYLINE_LIMIT


def _byline_text(element: dom.Element) -> str:
    """A byline's own words: without the dates, pictures and buttons that share its box."""
    name_elements = [child for child in element.iterdescendants() if _names_author(child)]
    names = [people.plain_name(dom.text_of(child)) for child in name_elements]
    names = [name for name in dict.fromkeys(names) if name]
    names = [
        name for name in names if not any(name != longer_name and name in longer_name for longer_name in names)
    ]  # a name's parts
    if names:
        return "By " + " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    remainder = dom.fragment(dom.inner_markup(element))
    for child in list(remainder.iter("time", "img", "figure", "ul")):
        dom.remove(child)
    lines = dom.text_of(remainder).split("\n")
    return lines[0] if len(lines) > 1 and re.match(r"by\b.{3,}", lines[0], re.IGNORECASE) else " ".join(lines)


def _names_author(element: dom.Element) -> bool:
    if "author" in dom.attribute(element, "rel").split() or dom.attribute(element, "itemprop") in ("name", "author"):
        return True
    return any(_BYLINE.fullmatch(name) for name in dom.names(element))
