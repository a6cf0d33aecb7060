"""A letter from its page's HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView
from distributor.letters.intake import anatomy, asides, chrome, dom, embeds, sanitise
from distributor.letters.intake.blocks import flatten
from distributor.letters.intake.container import find, linked_headings, prune
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.head import Head, read_head
from distributor.letters.intake.parts import Block
from distributor.letters.intake.series import series_of
from distributor.letters.intake.share_bar import take_share_bar

_SHORT_PAGE = 600  # characters of body below which a page with a password field or an error's title holds no letter


class NoLetter(SourceError):
    """It can be read, and no letter is in it."""


def read_page(markup: str, *, name: str, url: str = "") -> Findings:
    """Understand a whole page. `name` is for messages.

    Raises SourceError when there is no letter in it: a list of letters, a log-in page, an error page.
    """
    root = dom.parse(markup)
    head = read_head(root, url=url)
    body = dom.body_of(root)
    asks_password = any(dom.attribute(field, "type").lower() == "password" for field in body.iter("input"))
    heading = _heading(body, head)
    title = " ".join(dom.text_of(heading).split()) if heading is not None else next(iter(head.titles), "")
    section = anatomy.section_of([block.text for block in flatten(body)])
    published_at = head.published_at or _first_time(body)
    share_bar = take_share_bar(body)
    image_alt = head.image_alt or sanitise.alt_of(body, head.image_url, base=head.base)
    embeds.settle(body, base=head.base, on_page=True)
    asides.settle(body, on_page=True)
    prune(body, keep=heading)
    letter = find(body)
    findings = read_blocks(flatten(body, inside=letter, title=title), title=title, base=head.base, authors=head.authors)
    _check(findings, name=name, asks_password=asks_password, links=linked_headings(letter))
    findings.section = head.section or section
    findings.series = findings.series or head.series
    findings.language, findings.published_at = head.language, published_at
    findings.canonical_url = head.canonical_url
    findings.image_url, findings.image_alt = head.image_url, image_alt
    findings.share_bar, findings.url = share_bar, url
    return findings


def read_blocks(blocks: Sequence[Block], *, title: str, base: str, authors: Sequence[AuthorView] = ()) -> Findings:
    """Tell the parts apart and make the body safe."""
    parts = anatomy.dissect(blocks, title=title, authors=authors)
    body = sanitise.safe_markup("\n".join(block.html for block in parts.body), base=base)
    return Findings(
        title=title,
        body_html=body.html,
        body_text=sanitise.plain_text(body.html),
        left_out=body.left_out,
        notices=body.notices,
        series=series_of(parts.note),
        editor_note=parts.note,
        authors=parts.authors,
        section=parts.section,
    )


def no_letter(name: str) -> NoLetter:
    """Return the error for what can be read but holds no letter."""
    return NoLetter(f"{name} holds no letter: give the page of one letter, with its title and text.")


def _heading(body: dom.Element, head: Head) -> dom.Element | None:
    """Return the element that holds the title: the h1 that the head names, else one in the article, else the first."""
    headings = [element for element in body.iter("h1") if dom.text_of(element) and not dom.is_hidden(element)]
    titles = {_plain(title) for title in head.titles}
    title_headings = [element for element in headings if _plain(dom.text_of(element)) in titles]
    within = [element for element in headings if any(up.tag in ("article", "main") for up in dom.ancestors(element))]
    class_headings = [
        element for element in headings if any(re.search("title|headline", name) for name in dom.names(element))
    ]
    for choices in (title_headings, within, class_headings, headings if not head.titles or len(headings) == 1 else []):
        if choices and not (choices is headings and _is_logo(choices[0])):
            return choices[0]
    candidates = (element for element in body.iter("h2", "h3", "div", "p", "strong") if len(element) <= 3)
    return next((element for element in candidates if titles and _plain(dom.text_of(element)) in titles), None)


def _is_logo(heading: dom.Element) -> bool:
    """A site's name in an h1, linked to its front page."""
    links = [dom.attribute(link, "href") for link in heading.iter("a")]
    return any(re.fullmatch(r"(?:https?://[^/]+)?/?(?:index\.\w+)?", link) for link in links)


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _first_time(body: dom.Element) -> datetime | None:
    """Return the first time that the page marks up and that does not say it is of a change."""
    for element in body.iter("time"):
        around = [*dom.names(element), *(dom.names(up)[0] for up in dom.ancestors(element, most=2) if dom.names(up))]
        if not any(re.search("updat|modif|comment|related", name) for name in around):
            time = moment(dom.attribute(element, "datetime"), zone=UTC)
            if time:
                return time
    return None


def _check(findings: Findings, *, name: str, asks_password: bool, links: int) -> None:
    text = findings.body_text
    paragraphs = [piece for piece in text.split("\n\n") if chrome.is_prose(piece)]
    short = len(text) < _SHORT_PAGE
    is_list = links >= 3 and links >= 0.4 * len(paragraphs)
    if (
        not findings.title
        or not paragraphs
        or is_list
        or (short and (asks_password or chrome.says_no_letter(findings.title)))
    ):
        raise no_letter(name)
