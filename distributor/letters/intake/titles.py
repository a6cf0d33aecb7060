"""A letter's title on its page: the heading that one sees, judged by what the head of the page says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distributor.letters.intake import dom
from distributor.letters.intake.head import Head

_LENGTH = 300  # characters: what is longer is no title
_CANDIDATES = ("h2", "h3", "h4", "div", "p", "strong", "span", "td")
_OF_TITLE = re.compile(r"(?:.*-)?(?:title|headline)(?:-.*)?")
_ENOUGH_IN_COMMON = 0.6  # of the words of the shorter


@dataclass(frozen=True, slots=True)
class Title:
    """The text, "" where there is none, and the element that shows it."""

    text: str = ""
    element: dom.Element | None = None


def title_of(body: dom.Element, head: Head) -> Title:
    """Return a page's title.

    A heading that says what the head says is it; else a heading that has most of its words, or that stands in the
    article; never the site's own name, where there is anything else.
    """
    headings = [Title(_line(element), element) for element in body.iter("h1") if not dom.is_hidden(element)]
    headings = [heading for heading in headings if 0 < len(heading.text) <= _LENGTH]
    for choice in (_named_by_head(headings, head), _below(body, head), _by_place(headings, head)):
        if choice is not None:
            return choice
    if head.titles:
        return Title(head.titles[0])
    return next((heading for heading in headings), Title())


def _named_by_head(headings: Sequence[Title], head: Head) -> Title | None:
    """Return the h1 that says what the head says, or of which a part does: beside a kicker."""
    for title in head.titles:
        for heading in headings:
            if plain(heading.text) == plain(title):
                return heading
            if heading.element is not None and _has_part(heading.element, title):
                return Title(title, heading.element)
    similar = [heading for heading in headings if not _is_site(heading, head) and _resembles(heading.text, head.titles)]
    return similar[0] if similar else None


def _has_part(heading: dom.Element, title: str) -> bool:
    return any(plain(_line(part)) == plain(title) for part in heading.iterdescendants() if part.tag not in dom.SILENT)


def _below(body: dom.Element, head: Head) -> Title | None:
    """Return what is no h1 and says what the head says: the site's name is the h1 then."""
    titles = {plain(title): title for title in head.titles}
    if not titles:
        return None
    longest = max(map(len, head.titles)) + 20
    for element in body.iter(*_CANDIDATES):
        if len(element) > 3 or _is_longer(element, 3 * longest):
            continue
        text = _line(element)
        if 0 < len(text) <= longest and plain(text) in titles:
            return Title(text, element)
    return None


def _is_longer(element: dom.Element, length: int) -> bool:
    """Return whether an element has more text than so many characters; most of a page has, and is left at once."""
    for text in element.itertext():
        length -= len(text)
        if length < 0:
            return True
    return False


def _by_place(headings: Sequence[Title], head: Head) -> Title | None:
    """Return the h1 that is most likely it: one in an article, one that is called so, the only one."""
    own = [heading for heading in headings if not _is_site(heading, head) and not _in_footer(heading.element)]
    within = [heading for heading in own if _in_article(heading.element)]
    called = [heading for heading in own if heading.element is not None and _is_called_title(heading.element)]
    alone = own if not head.titles or (len(own) == 1 and not head.names_article) else []
    return next((choices[0] for choices in (within, called, alone) if choices), None)


def _is_site(heading: Title, head: Head) -> bool:
    """Return whether a heading is the site's name, or links to its front page."""
    if plain(heading.text) in {plain(name) for name in head.sites}:
        return True
    links = [dom.attribute(link, "href") for link in heading.element.iter("a")] if heading.element is not None else []
    return any(re.fullmatch(r"(?:https?://[^/]+)?/?(?:index\.\w+)?", link) for link in links)


def _resembles(text: str, titles: Iterable[str]) -> bool:
    """Return whether most words of one are in the other: newspapers have a shorter title for networks."""
    words = set(re.findall(r"\w+", text.casefold()))
    for title in titles:
        others = set(re.findall(r"\w+", title.casefold()))
        least = min(len(words), len(others))
        if least >= 2 and len(words & others) >= _ENOUGH_IN_COMMON * least:
            return True
    return False


def _in_article(element: dom.Element | None) -> bool:
    return element is not None and any(up.tag in ("article", "main") for up in dom.ancestors(element))


def _in_footer(element: dom.Element | None) -> bool:
    return element is not None and any(
        up.tag == "footer" or any("footer" in name.split("-") for name in dom.names(up))
        for up in dom.ancestors(element)
    )


def _is_called_title(element: dom.Element) -> bool:
    return any(_OF_TITLE.fullmatch(name) for name in dom.names(element))


def _line(element: dom.Element) -> str:
    return " ".join(dom.text_of(element).split())


def plain(text: str) -> str:
    """Return a text's letters and digits only, in lower case: by them titles are compared."""
    return re.sub(r"[\W_]+", "", text).casefold()
