"""A letter's title on its page: the heading that one sees, judged by what the head of the page says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distributor.letters.intake import dom, heading_parts
from distributor.letters.intake.head import Head
from distributor.letters.intake.heading_parts import plain

_LENGTH = 300  # characters: what is longer is no title
_CANDIDATES = ("h2", "h3", "h4", "div", "p", "strong", "span", "td")
_OF_TITLE = re.compile(r"(?:.*-)?(?:title|headline)(?:-.*)?")
_FRONT_PAGE = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+)?")
_SITE_BOX = re.compile(
    r"(?:(?:site|page|blog|main|top|global|app)-?)?(?:header|masthead|branding|logo)(?:-(?:inner|wrapper|wrap|widget))?|"
    r"(?:site|blog)-?(?:title|name|logo)"
)
_ENOUGH_IN_COMMON = 0.6  # of the words of the shorter


@dataclass(frozen=True, slots=True)
class Title:
    """The text, "" where there is none, and the element that shows it."""

    text: str = ""
    element: dom.Element | None = None


def title_of(body: dom.Element, head: Head) -> Title:
    """Return a page's title. What stands beside it in its heading is left out, subtitles are put behind it, in place.

    A heading that says what the head says is it; else a heading that has most of its words, or that stands in the
    article; never the site's own name, where there is anything else.
    """
    title = _title_of(body, head)
    if title.element is not None and title.element.tag in ("h1", "h2", "h3", "h4"):
        heading_parts.move_subtitles(title.element)
    return title


def _title_of(body: dom.Element, head: Head) -> Title:
    headings = [Title(heading_parts.own_text(element), element) for element in _headings(body, "h1")]
    headings = [heading for heading in headings if 0 < len(heading.text) <= _LENGTH]
    lower_headings = [
        Title(heading_parts.own_text(element), element)
        for element in _headings(body, "h2", "h3", "h4")
        if not any(up.tag in ("li", "a", "aside", "nav") for up in element.iterancestors())  # one of a list of letters
    ]
    for choice in (
        _by_head(headings, head.own_titles),
        _by_head(lower_headings, head.own_titles, parts=False),
        _of_page_title(headings, lower_headings, head),
        _by_head(headings, head.titles),
        _similar(headings, head),
        _below(body, head),
        _by_place(headings, head),
    ):
        if choice is not None:
            return choice
    if head.titles:
        return Title(head.titles[0])
    return next((heading for heading in headings), Title())


def _headings(body: dom.Element, *tags: str) -> list[dom.Element]:
    return [
        element for element in body.iter(*tags) if not dom.is_hidden(element) and not _is_longer(element, 3 * _LENGTH)
    ]


def _by_head(headings: Sequence[Title], titles: Iterable[str], *, parts: bool = True) -> Title | None:
    """Return the heading that says what the head says, or of which a part does: beside a kicker."""
    for title in titles:
        plain_title = plain(title)
        for heading in headings:
            if plain(heading.text) == plain_title:
                return heading
            if (
                parts
                and plain_title
                and heading.element is not None
                and heading_parts.holds(heading.element, plain_title)
            ):
                return Title(title, heading.element)
    return None


def _of_page_title(headings: Sequence[Title], lower_headings: Sequence[Title], head: Head) -> Title | None:
    """Return the heading that is the page's title or one part of it, and not the site's name or a section's.

    "The Quay | Letters | A bell": which part is the letter's is not said, so a heading in an article comes first.
    """
    titles = [plain(title) for title in head.page_titles]
    candidates = [
        (heading, heading.element)
        for heading in (*headings, *lower_headings)
        if heading.element is not None and plain(heading.text) in titles and not _is_of_site(heading.element)
    ]
    # One word is a section's name, but where the site's own is shorter: "Letters | The Quay Post".
    longest = max(map(len, titles[1:]), default=0)
    candidates = [
        (heading, element)
        for heading, element in candidates
        if " " in heading.text or plain(heading.text) == titles[0] or len(plain(heading.text)) == longest
    ]
    names_part = len(titles) > 1 and not head.own_titles
    if not names_part:
        candidates = [(heading, element) for heading, element in candidates if plain(heading.text) == titles[0]]
    ranks = [
        (
            plain(heading.text) == titles[0],
            _in_article(element) and not _in_footer(element),
            element.tag == "h1",
            _is_called_title(element),
            len(heading.text),
        )
        for heading, element in candidates
    ]
    return candidates[ranks.index(max(ranks))][0] if candidates else None


def _is_of_site(element: dom.Element) -> bool:
    """Return whether a heading leads to the front page, or stands in the box that has the site's name."""
    if any(
        _FRONT_PAGE.fullmatch(dom.attribute(link, "href")) for link in (*element.iter("a"), *element.iterancestors("a"))
    ):
        return True
    return not _in_article(element) and any(
        up.tag == "header" or any(map(_SITE_BOX.fullmatch, dom.names(up)))
        for up in (element, *dom.ancestors(element, most=5))
    )


def _similar(headings: Sequence[Title], head: Head) -> Title | None:
    """Return the h1 that has most words of what the head says, and is not only the site's name in it."""
    for heading in headings:
        if heading.element is None or _is_site(heading, head) or not _resembles(heading.text, head.titles):
            continue
        if not (head.own_titles and _is_rest(heading.text, head)):
            return heading
    return None


def _is_rest(text: str, head: Head) -> bool:
    """Return whether a text is what the page's own title has beside the letter's, as the head names it."""
    whole = plain(head.page_titles[0]) if head.page_titles else ""
    return any(whole in (plain(text) + plain(title), plain(title) + plain(text)) for title in head.own_titles)


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
    candidates = [heading for heading in headings if not _is_site(heading, head) and not _in_footer(heading.element)]
    within = [heading for heading in candidates if _in_article(heading.element)]
    title_boxes = [
        heading for heading in candidates if heading.element is not None and _is_called_title(heading.element)
    ]
    alone = candidates if not head.titles or (len(candidates) == 1 and not head.names_article) else []
    return next((choices[0] for choices in (within, title_boxes, alone) if choices), None)


def _is_site(heading: Title, head: Head) -> bool:
    """Return whether a heading is the site's name, or links to its front page."""
    if plain(heading.text) in {plain(name) for name in head.sites}:
        return True
    links = [dom.attribute(link, "href") for link in heading.element.iter("a")] if heading.element is not None else []
    return any(_FRONT_PAGE.fullmatch(link) for link in links)


def _resembles(text: str, titles: Iterable[str]) -> bool:
    """Return whether most words of one are in the other: newspapers have a shorter title for networks."""
    words = set(re.findall(r"\w+", text.casefold()))
    for title in titles:
        title_words = set(re.findall(r"\w+", title.casefold()))
        least = min(len(words), len(title_words))
        if least >= 2 and len(words & title_words) >= _ENOUGH_IN_COMMON * least:
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
