"""Stray tags, read as browsers read them: the parser takes some for boxes, or for the end, of all that follows."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

# Elements without an end tag in HTML, which the parser takes for boxes.
_ENDLESS: Final = "embed|source|track|wbr|keygen|bgsound|image"
# Comments and scripts may say anything, and are passed over. Every branch ends at the text's end at the latest.
_TAGS: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<raw>script|style|textarea|title|xmp|iframe)\b.*?(?:</(?P=raw)\b|\Z)"
    rf"|(?P<endless><(?P<name>{_ENDLESS})\b[^<>]*>)"
    r"|(?P<end></(?:body|html)\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)
_MAY_HAVE: Final = re.compile(rf"<(?:{_ENDLESS})\b|</(?:body|html)\b", re.IGNORECASE)
# What stands in no drawing and no formula: there the drawing ends, closed or not (the HTML standard's list).
_BREAK_OUT: Final = (
    *("b", "big", "blockquote", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "hr", "i", "img", "li"),
    *("menu", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u"),
    *("ul", "var", "h1", "h2", "h3", "h4", "h5", "h6"),
)
# Where HTML may stand in them all the same.
_HTML_WITHIN: Final = frozenset(("foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml"))
_FORMULA_WORDS: Final = frozenset(("mi", "mo", "mn", "ms", "mtext"))
_LONG_BUTTON: Final = 200  # characters in paragraphs: it was never closed


def with_end_tags(markup: str) -> str:
    """Return markup whose elements without an end tag are closed, and which ends at its end only.

    Browsers go on reading behind `</body>`, as pages that were pasted together need it.
    """
    return _TAGS.sub(_end_tag, markup) if _MAY_HAVE.search(markup) else markup


def _end_tag(match: re.Match[str]) -> str:
    if match["end"]:
        return ""
    return f"{match['endless']}</{match['name']}>" if match["endless"] else match[0]


def let_out(root: etree._Element) -> None:
    """Move what an open drawing, formula, map or button has swallowed behind it, in place."""
    for element in list(root.iter("svg", "math")):
        inner = next((child for child in element.iter(*_BREAK_OUT) if _breaks_out(child, element)), None)
        if inner is not None:
            _move_behind(inner, element)
    for element in list(root.iter("button")):
        if sum(len("".join(map(str, child.itertext()))) for child in element.iter("p")) > _LONG_BUTTON:
            element.tag = "div"
    for element in list(root.iter("map")):
        element.tag = "div" if element.find(".//p") is not None else "span"


def _breaks_out(element: etree._Element, drawing: etree._Element) -> bool:
    for up in element.iterancestors():
        if up is drawing:
            return True
        if up.tag in _HTML_WITHIN:
            return up.tag in _FORMULA_WORDS and element.tag == "p"
    return False


def _move_behind(first: etree._Element, drawing: etree._Element) -> None:
    """Move an element, and all in the drawing that follows it, behind the drawing."""
    elements = [first]
    at: etree._Element = first
    while at is not drawing:
        elements += list(at.itersiblings())
        parent = at.getparent()
        assert parent is not None
        at = parent
    drawing_tail, drawing.tail = drawing.tail, None
    for element in reversed(elements):
        drawing.addnext(element)
    elements[-1].tail = (elements[-1].tail or "") + (drawing_tail or "")
