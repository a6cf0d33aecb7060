"""A body's HTML as the text part of a mail: code as it is, quotations marked on each line, pictures named."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from lxml import html as lxml_html
from lxml.etree import ParserError

_CONFIG = ParserConfig(css={**STRICT_CSS_PROFILE, "q": HtmlElement(prefix="“", suffix="”")})
_QUOTE = "> "  # as mails have quoted since RFC 3676 §4.5


def plain_text(body: str) -> str:
    """Return safe HTML as text, "" for none.

    Code keeps its lines and spaces. Each line of a quotation begins with “> ”, of one within another with “> > ”. A
    picture is its alternative text in brackets, else the name of its file.
    """
    try:
        root = lxml_html.fragment_fromstring(body, create_parent="div")
    except (ParserError, ValueError):  # nothing to parse, or characters that XML can't hold
        return ""
    for picture in list(root.iter("img")):
        _replace(picture, "span", _name_of(picture))
    for code in list(root.iter("pre")):  # what stands in it is set apart by nothing but its lines and spaces
        _replace(code, "pre", str(code.text_content()).strip("\n"))
    for quotation in reversed(list(root.iter("blockquote"))):  # the innermost first
        lines = _text_of(quotation).strip("\n").split("\n")
        _replace(quotation, "pre", "\n".join(f"{_QUOTE}{line}".rstrip() for line in lines))
    return _text_of(root).strip("\n")


def _text_of(element: lxml_html.HtmlElement) -> str:
    markup = lxml_html.tostring(element, encoding="unicode", with_tail=False)
    text = str(get_text(f"<html><body>{markup.replace('<blockquote', '<div')}</body></html>", _CONFIG))
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _name_of(picture: lxml_html.HtmlElement) -> str:
    alt = " ".join((picture.get("alt") or "").split())
    file = PurePosixPath(unquote(urlsplit(picture.get("src") or "").path)).name
    return f"[{alt or file}]" if alt or file else ""


def _replace(element: lxml_html.HtmlElement, tag: str, text: str) -> None:
    replacement = lxml_html.Element(tag)
    replacement.text, replacement.tail = text, element.tail
    parent = element.getparent()
    assert parent is not None
    parent.replace(element, replacement)
