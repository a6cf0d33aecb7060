"""Asides within a letter: a pull quote or a word beside it stays, as a quotation; a box about other things goes."""

from __future__ import annotations

import re

from distributor.letters.intake import dom
from distributor.letters.intake.blocks import hint_of

_SHORTEST, _LONGEST = 15, 1_500  # characters
_MOST_LINKS = 0.3  # of its text
_QUOTES = re.compile(r"(?:.*-)?(?:pull-?quotes?|pulled-quote|blockquote|epigraph|callout|key-quote)(?:-.*)?")
_OTHER = re.compile(
    r"(?:.*-)?(?:related|more|newsletters?|subscri(?:be|ption)|sign-?up|side-?bar|widget|promo|ads?|advert\w*|share|social|"
    r"comments?|author|bio|nav|menu|toc|table-of-contents|recommend\w*|popular|trending|tags|donate|paywall)(?:-.*)?"
)
_ENLARGE = re.compile(r"\s*press enter or click to view image in full size\s*", re.IGNORECASE)  # Medium's, on pictures
_PLAIN_TEXT_ONLY = ("form", "input", "button", "iframe", "nav", "video", "audio")


def settle(body: dom.Element, *, on_page: bool) -> None:
    """Make quotations of the asides that belong to the letter, in place. On a page these stand within its article."""
    for element in list(body.iter("span", "div")) if on_page else ():
        if element.text and _ENLARGE.fullmatch(element.text) and not len(element):
            dom.remove(element)
    for element in list(body.iter("aside")):
        if _belongs(element, on_page=on_page):
            element.tag = "blockquote"
    for element in list(body.iter("div", "section", "figure", "span", "p")):
        if any(_QUOTES.fullmatch(name) for name in dom.names(element)) and _is_quotation(element):
            element.tag = "blockquote"


def _belongs(element: dom.Element, *, on_page: bool) -> bool:
    if on_page and not any(up.tag in ("article", "main") for up in dom.ancestors(element)):
        return False
    if any(_QUOTES.fullmatch(name) for name in dom.names(element)):
        return _is_text(element)
    names_other_part = any(_OTHER.fullmatch(name) for name in dom.names(element)) or element.get("role") is not None
    headings = any(element.find(f".//h{level}") is not None for level in range(1, 7))
    return not names_other_part and not headings and not hint_of(element) and _is_text(element)


def _is_text(element: dom.Element) -> bool:
    if any(element.find(f".//{tag}") is not None for tag in _PLAIN_TEXT_ONLY):
        return False
    return _SHORTEST <= len(dom.text_of(element)) <= _LONGEST and dom.linked_share(element) <= _MOST_LINKS


def _is_quotation(element: dom.Element) -> bool:
    """Whether the box itself is the quotation, and neither holds one nor stands in one."""
    if element.find(".//blockquote") is not None or any(up.tag == "blockquote" for up in dom.ancestors(element)):
        return False
    return element.find(".//img") is None and _is_text(element)
