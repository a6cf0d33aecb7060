"""Finds the part of a page that holds the letter, and cuts away what is plainly something else."""

from __future__ import annotations

import re

from distributor.letters.intake import dom
from distributor.letters.intake.blocks import hint_of

_FURNITURE_TAGS = frozenset({"nav", "aside", "footer", "header", "form", "dialog", "menu"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "menu", "toolbar"}
)
_FURNITURE = re.compile(
    r"(?!(?:has|no|with|without|is|show|hide|enable|page|site|single|template)-)(?:.*-)?(?:"
    r"nav|navbar|navigation|menu|gnb|lnb|snb|breadcrumbs?|side-?bar|related(?:-.*)?|recommend(?:ed|ations?)?(?:-.*)?|"
    r"top-?10(?:-.*)?|rank(?:ing|ings)?(?:-.*)?|popular(?:-.*)?|most-(?:read|viewed|popular)(?:-.*)?|trending(?:-.*)?|"
    r"comments?(?:-.*)?|disqus(?:-.*)?|repl(?:y|ies)|newsletters?(?:-.*)?|subscri(?:be|ption)(?:-.*)?|sign-?up(?:-.*)?|"
    r"ads?|ad-(?:slot|unit|box|wrap|container|area|banner)|advert(?:isement|ising|s)?(?:-.*)?|banner|sponsor(?:ed)?(?:-.*)?|"
    r"promo(?:tion)?s?(?:-.*)?|settings?|font-?(?:size|control)s?(?:-.*)?|text-?size(?:-.*)?|go-?top|to-?top|back-to-top|"
    r"scroll-?top|cookies?(?:-.*)?|pop-?up|modal|tags|tag-list|pagination|pager|prev-next|post-nav(?:-.*)?|print(?:-.*)?|"
    r"skip(?:-.*)?|log-?in|copyrights?|toolbar|utils?|share(?:-.*)?|sharing|sns(?:-.*)?|social(?:-.*)?|follow(?:-us)?|"
    r"close|footer|masthead|site-header|read-more|paywall|donate|blind|sr-only|visually-hidden|screen-reader-text|a11y-hidden)"
)
_ALWAYS_CUT = re.compile(r"(?:.*-)?(?:comments?(?:-.*)?|disqus(?:-.*)?|related(?:-.*)?|top-?10(?:-.*)?)")
_INLINE = frozenset(("b", "strong", "em", "i", "span", "font", "u", "mark", "small", "q"))
_PARAGRAPHS = ("p", "blockquote", "li", "td", "div", "section", "article", "main", "body", "pre")


def prune(body: dom.Element, *, keep: dom.Element | None) -> None:
    """Cut navigation, asides, forms, lists of other letters, comments and whatever is hidden, in place.

    What holds `keep` (the title), an article or most of the page's text stays, whatever it is called; so do a note, a
    byline and a bio.
    """
    total = _prose_length(body)
    queue = [body]
    while queue:
        for element in list(queue.pop()):
            if element.tag in dom.SILENT or dom.is_hidden(element):
                cut = not _holds(element, keep)
            else:
                cut = _is_furniture(element) and not _protected(element, keep, total)
            if cut:
                _cut(element)
            else:
                queue.append(element)


def _cut(element: dom.Element) -> None:
    """Remove an element, and leave the note or bio that it holds in its place."""
    for note in [child for child in element.iterdescendants() if hint_of(child) in ("note", "bio")]:
        element.addprevious(note)
    dom.remove(element)


def find(body: dom.Element) -> dom.Element:
    """Return the element that holds the letter: the page's article, or where its paragraphs stand closest."""
    scores: dict[dom.Element, float] = {}
    for element in body.iter(*_PARAGRAPHS):
        length = _own_prose(element)
        parent = element.getparent()
        if length < 25 or parent is None:
            continue
        home = element if element.tag not in ("p", "blockquote", "li", "pre") else parent
        scores[home] = scores.get(home, 0.0) + length
        above = home.getparent()
        if above is not None and home is not body:
            scores[above] = scores.get(above, 0.0) + length / 2
    article_bodies = [
        descendant for descendant in body.iter() if "articlebody" in dom.attribute(descendant, "itemprop").lower()
    ]
    if article_bodies and max(_prose_length(descendant) for descendant in article_bodies) >= 0.5 * _prose_length(body):
        return max(article_bodies, key=_prose_length)
    if not scores:
        return body
    best = max(scores, key=lambda element: scores[element])
    article = best if best.tag == "article" else next((up for up in dom.ancestors(best) if up.tag == "article"), None)
    return article if article is not None else _widen(best, body)


def linked_headings(element: dom.Element) -> int:
    """Return how many headings are links: many of them make a list of letters, not a letter."""
    return sum(
        1
        for heading in element.iter("h1", "h2", "h3", "h4", "h5")
        if any(dom.attribute(link, "href").lstrip("#") for link in heading.iter("a"))
        or any(up.tag == "a" and up.get("href") for up in dom.ancestors(heading, most=3))
    )


def _widen(best: dom.Element, body: dom.Element) -> dom.Element:
    """Take in the sections around, as long as they hold much more prose."""
    while best is not body:
        parent = best.getparent()
        if parent is None or _prose_length(parent) < 1.25 * _prose_length(best):
            break
        best = parent
    return best


def _is_furniture(element: dom.Element) -> bool:
    if hint_of(element) in ("note", "bio", "byline"):
        return False
    if element.tag in _FURNITURE_TAGS and not (element.tag in ("header", "footer") and _in_article(element)):
        return True
    if dom.attribute(element, "role") in _FURNITURE_ROLES:
        return True
    return element.tag not in ("article", "main", "p", "h1") and any(
        _FURNITURE.fullmatch(name) for name in dom.names(element)
    )


def _in_article(element: dom.Element) -> bool:
    return any(up.tag in ("article", "main") for up in dom.ancestors(element))


def _holds(element: dom.Element, descendant: dom.Element | None) -> bool:
    return descendant is not None and (element is descendant or any(up is element for up in dom.ancestors(descendant)))


def _protected(element: dom.Element, keep: dom.Element | None, total: int) -> bool:
    if _holds(element, keep) or any(
        True for descendant in element.iter("article", "main") if descendant is not element
    ):
        return True
    if any(_ALWAYS_CUT.fullmatch(name) for name in dom.names(element)):
        return False
    return total > 0 and _prose_length(element) > 0.5 * total


def _prose_length(element: dom.Element) -> int:
    """Return the length of an element's text in paragraphs of some length, links left out."""
    return sum(
        length for paragraph in element.iter(*_PARAGRAPHS) for length in (_own_prose(paragraph),) if length >= 25
    )


def _own_prose(element: dom.Element) -> int:
    """Return the length of the text that stands in an element itself (and its inline children), links left out."""
    length = len((element.text or "").strip())
    for child in element:
        if child.tag in _INLINE:
            length += len(dom.text_of(child))
        length += len((child.tail or "").strip())
    return length
