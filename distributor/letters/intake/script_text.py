"""A letter's text that its page shows by a script only: in `noscript`, in templates, or in the page's own JSON-LD.

It is looked for where the page shows no letter, or hardly any: nothing else would be read of such pages.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from distributor.letters.intake import dom

LEAST: Final = 400  # characters of a text that is a letter and no notice to switch scripts on
_TEMPLATES: Final = ("text/template", "text/x-template", "text/html", "text/ng-template")


def show(root: dom.Element) -> bool:
    """Make boxes of what a page shows without scripts, or keeps for them, in place; return whether there is any."""
    elements = [element for element in root.iter("noscript", "template", "script") if _length(element) >= LEAST]
    for element in elements:
        if element.tag == "script":
            content = dom.fragment(element.text or "")
            element.text = content.text
            element.extend(list(content))
            element.attrib.clear()
        element.tag = "div"
    return bool(elements)


def _length(element: dom.Element) -> int:
    """Return how much of text an element may hold; 0 for a script that is one."""
    if element.tag == "script":
        return len(element.text or "") if dom.attribute(element, "type").lower() in _TEMPLATES else 0
    return sum(len(" ".join(str(text).split())) for text in element.itertext())


def show_text(root: dom.Element, text: str, *, title: str) -> None:
    """Make a page one of a title and a text, as its own JSON-LD says both."""
    body = dom.body_of(root)
    for child in list(body):
        body.remove(child)
    body.text = None
    article = etree.SubElement(body, "article")
    etree.SubElement(article, "h1").text = title
    if "</" in text or "<br" in text:
        article.extend(list(dom.fragment(text)))
        return
    for line in text.splitlines():
        if line.strip():
            etree.SubElement(article, "p").text = line.strip()
