"""Finds the part of a page that holds the letter, and cuts away what is plainly something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from distributor.letters.intake import dom
from distributor.letters.intake.blocks import hint_of
from distributor.letters.intake.measures import PARAGRAPH_LENGTH, Measures

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
    r"scroll-?top|cookies?(?:-.*)?|pop-?up|modal|tags|tag-list|pagination|pager|prev-next|post-nav(?:-.*)?|print(?:-?(?:button|btn|link|icon|page))?|"
    r"skip(?:-.*)?|log-?in|copyrights?|toolbar|utils?|share(?:-.*)?|sharing|sns(?:-.*)?|social(?:-.*)?|follow(?:-us)?|"
    r"teasers?(?:-.*)?|werbung|anzeige|tagged|(?:tags?|cat)-?links?|post-?meta(?:-?data)?|like-?box|likes?-widget(?:-.*)?|"
    r"sharedaddy|sd-like(?:-.*)?|jp-relatedposts|ratings?|star-rating|vot(?:e|ing)s?|outbrain|taboola(?:-.*)?|see-also|"
    r"also-read|read-also|more-on|mehr-zum-thema|weitere-artikel|kommentare?|cta|call-to-action|article-tags|widget(?:-.*)?|"
    r"close|footer|masthead|site-header|read-more|paywall|donate|blind|sr-only|visually-hidden|screen-reader-text|a11y-hidden)"
)
_ALWAYS_CUT = re.compile(r"(?:.*-)?(?:comments?(?:-.*)?|disqus(?:-.*)?|related(?:-.*)?|top-?10(?:-.*)?)")
# What systems call the box of a letter's text, whatever else they call it.
_TEXT = re.compile(
    r"(?:[a-z]+-)?(?:entry|post|article|story|letter|page|single|blog|news)-?(?:content|body|text|inner)|e-content|"
    r"article-?body|available-content|body-(?:content|text|copy)|(?:content|text)-body|td-post-content|articletext"
)
_TEXT_TAGS = ("div", "section", "article", "td")
_TEXT_SHARE = 0.2  # of a page's sentences that such a box holds

_PARTS = frozenset(("table", "tbody", "tr", "ul", "ol", "li", "dl", "dt", "dd", "p", "a", "span", "figure", "h2", "h3"))
_LEVELS = 4
_MOST = 0.6  # of a region's sentences, which stand in one place where there is one
_NEARLY_ALL = 0.8
_REGION_LENGTH = 400  # characters of sentences
_REGION_SHARE = 0.2  # of those of the page
_ARTICLE_SHARE = 0.05  # the same, where the page calls it an article
_SCRIPT_SHARE = 0.75  # of a page's sentences that are hidden: a script shows them
_CELL_LENGTH = 500  # characters of a table's cell that is a column of the page


@dataclass(frozen=True, slots=True)
class Cut:
    """What was taken out of a page: the element, where it stood, and reason. Only what holds sentences is protected."""

    element: dom.Element
    home: dom.Element
    reason: str
    is_foreign: bool = False  # surely no part of the letter: comments, other letters


def prune(body: dom.Element, measures: Measures, *, keep: Sequence[dom.Element]) -> list[Cut]:
    """Cut navigation, asides, forms, lists of other letters, comments and whatever is hidden, in place.

    What holds one of `keep` (the title), an article or most of the page's text stays, whatever it is called; so do a
    note, a byline and a bio. Returns what was cut that holds prose.
    """
    total = measures[body].prose
    protected = {up for element in keep for up in (element, *element.iterancestors())}
    cuts: list[Cut] = []
    queue = [body]
    while queue:
        parent = queue.pop()
        for element in list(parent):
            if element in protected:
                queue.append(element)
            elif element.tag in dom.SILENT or _is_unseen(element, measures, total):
                _cut(element, measures)
            elif _is_furniture(element) and not _protected(element, measures, total):
                if measures[element].prose:
                    cuts.append(Cut(element, parent, _reason(element), _is_foreign(element)))
                _cut(element, measures)
            elif len(element):
                queue.append(element)
    return cuts


def _is_unseen(element: dom.Element, measures: Measures, total: int) -> bool:
    """Return whether an element is hidden; what is most of a page is shown later, by a script."""
    return dom.is_hidden(element) and measures[element].prose <= _SCRIPT_SHARE * total


def _reason(element: dom.Element) -> str:
    """Return for an editor's eyes reason an element is no part of the letter."""
    name = next((name for name in dom.names(element) if _names_furniture(name)), str(element.tag))
    return f"Its page calls it “{name}”."


def _cut(element: dom.Element, measures: Measures) -> None:
    """Remove an element, and leave the note or bio that it holds in its place."""
    if measures[element].text:
        for note in [child for child in element.iterdescendants() if hint_of(child) in ("note", "bio")]:
            element.addprevious(note)
    measures.take_off(element)
    dom.remove(element)


def find(body: dom.Element, measures: Measures, *, heading: dom.Element | None = None) -> dom.Element:
    """Return the element that holds the letter: the page's article, or where its paragraphs stand closest.

    It is looked for around the `heading` first, since pages show further letters, and windows that open over them.
    """
    region = _region(body, measures, heading)
    bodies = [element for element in region.iter() if "articlebody" in str(element.get("itemprop") or "").lower()]
    if bodies and max(measures[element].prose for element in bodies) >= 0.5 * measures[region].prose:
        return max(bodies, key=lambda element: measures[element].prose)
    box = text_box(body) if measures[region].prose < _REGION_LENGTH else None
    if box is not None and measures[box].text:
        return box
    scores = _scores(region, measures)
    if not scores:
        return region
    best = max(scores, key=lambda element: scores[element])
    article = best if best.tag == "article" else next((up for up in dom.ancestors(best) if up.tag == "article"), None)
    if article is not None and measures[article].prose >= 0.5 * measures[region].prose:
        return article
    widened = _widen(best, region, measures)
    return widened if measures[widened].prose >= _MOST * measures[region].prose else _core(region, measures)


def text_box(body: dom.Element) -> dom.Element | None:
    """Return the one element that the page calls the letter's text; None where it calls none so, or several."""
    boxes = [element for element in body.iter(*_TEXT_TAGS) if any(map(names_text, dom.names(element)))]
    outer_boxes = [box for box in boxes if not any(up in boxes for up in box.iterancestors())]
    return outer_boxes[0] if len(outer_boxes) == 1 else None


def _core(region: dom.Element, measures: Measures) -> dom.Element:
    """Return the innermost element that holds nearly all of a region's sentences, however deep each of them stands."""
    core = region
    while True:
        inner = max(core, key=lambda element: measures[element].prose, default=None)
        if inner is None or measures[inner].prose < _NEARLY_ALL * measures[core].prose:
            return core
        core = inner


def _region(body: dom.Element, measures: Measures, heading: dom.Element | None) -> dom.Element:
    """Return the nearest element around the heading that holds a fair part of the page's sentences."""
    whole = measures[body].prose
    for element in heading.iterancestors() if heading is not None else ():
        share = _ARTICLE_SHARE if element.tag == "article" else _REGION_SHARE
        if measures[element].prose >= max(_REGION_LENGTH, share * whole):
            return element
    return body


def _scores(region: dom.Element, measures: Measures) -> dict[dom.Element, float]:
    """Return how much text stands in each element: that of its own paragraphs, and half as much for what is around."""
    scores: dict[dom.Element, float] = {}
    for element in region.iter():
        measure = measures[element]
        parent = element.getparent()
        if not measure.is_block or measure.own_text < PARAGRAPH_LENGTH or parent is None:
            continue
        is_part = element.tag in ("p", "blockquote", "li", "pre") or (
            element.tag in ("td", "th") and measure.own_text < _CELL_LENGTH
        )
        home = parent if is_part else element
        scores[home] = scores.get(home, 0.0) + measure.own_text
        above = home.getparent()
        if above is not None and home is not region:
            scores[above] = scores.get(above, 0.0) + measure.own_text / 2
    return scores


def _widen(best: dom.Element, body: dom.Element, measures: Measures) -> dom.Element:
    """Take in the sections around, as long as they hold much more prose; a list or table alone is no letter."""
    while best is not body:
        wider = _wider(best, body, measures)
        if wider is None:
            break
        best = wider
    return best


def _wider(best: dom.Element, body: dom.Element, measures: Measures) -> dom.Element | None:
    """Return the element around that holds much more: its parent, or one further up where sections stand in a row."""
    inner = best
    for level, up in enumerate(dom.ancestors(best, most=_LEVELS)):
        if not level and best.tag in _PARTS:
            return up
        holds_more = measures[up].prose >= 1.25 * measures[best].prose
        if holds_more:
            return up if not level or _in_row(inner, measures) else None
        if up is body:
            break
        inner = up
    return None


def _in_row(section: dom.Element, measures: Measures) -> bool:
    """Return whether a section stands beside others of its kind that hold prose."""
    return any(
        sibling.tag == section.tag and sibling.get("class") == section.get("class") and measures[sibling].prose
        for sibling in (*section.itersiblings(), *section.itersiblings(preceding=True))
    )


def _is_furniture(element: dom.Element) -> bool:
    if hint_of(element) in ("note", "bio", "byline"):
        return False
    if element.tag in _FURNITURE_TAGS and not (element.tag in ("header", "footer") and _in_article(element)):
        return True
    if element.get("role") in _FURNITURE_ROLES:
        return True
    return element.tag not in ("article", "main", "p", "h1") and any(map(_names_furniture, dom.names(element)))


@lru_cache(maxsize=4096)
def _names_furniture(name: str) -> bool:
    return bool(_FURNITURE.fullmatch(name))


@lru_cache(maxsize=4096)
def names_text(name: str) -> bool:
    """Return whether a class or id says that a letter's text is in it: “entry-content”."""
    return bool(_TEXT.fullmatch(name))


def _in_article(element: dom.Element) -> bool:
    return any(up.tag in ("article", "main") for up in dom.ancestors(element))


def _protected(element: dom.Element, measures: Measures, total: int) -> bool:
    if any(True for descendant in element.iter("article", "main") if descendant is not element):
        return True
    if any(map(names_text, dom.names(element))) and measures[element].prose > _TEXT_SHARE * total:
        return True
    most = 0.85 if _is_foreign(element) else 0.5
    return total > 0 and measures[element].prose > most * total


def _is_foreign(element: dom.Element) -> bool:
    return any(_ALWAYS_CUT.fullmatch(name) for name in dom.names(element))
