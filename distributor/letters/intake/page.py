"""A letter from its page's HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from distributor.domain.errors import SourceError
from distributor.domain.leads import description
from distributor.domain.letters import AuthorView
from distributor.letters.intake import (
    anatomy,
    article_body,
    asides,
    boundaries,
    box_lines,
    chrome,
    dom,
    embeds,
    left_out,
    sanitise,
    script_text,
    standfirsts,
)
from distributor.letters.intake.blocks import flatten
from distributor.letters.intake.container import Cut, find, prune
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.head import read_head
from distributor.letters.intake.measures import PARAGRAPH_LENGTH, Measures
from distributor.letters.intake.page_authors import authors_of
from distributor.letters.intake.parts import Block, Parts
from distributor.letters.intake.series import series_of
from distributor.letters.intake.share_bar import take_share_bar
from distributor.letters.intake.titles import title_of

_TEASER = 300  # characters below one linked heading of a list
_LINK_SHARE = 0.7  # of a heading's text
_MOST = 0.75  # of the sentences on a page that seem to be the letter's
_FULLER = 1.25  # times the text
_COMMON_SHARE = 0.7  # of the paragraphs of the shorter reading that are in the fuller one
_DOUBT = (
    "It is not plain where on its page the letter begins and ends. The fuller reading was taken: "
    "compare it with the page."
)
_HIDDEN_NOTICE = (
    "The page shows its text by a script only; it was read from the page’s own data: compare it with what you see."
)
_SURPLUS = 20  # characters beside a letter that is all of its page
_FULLER_SCRIPT = 3  # times the text that is shown
_NOTICE = 400  # characters: what is shorter, and a fraction of the fuller reading, is a notice beside the letter
_FRACTION = 0.25
_VERSES = 100  # characters of an article without a sentence in it: a poem, a list
_SONG, _SONG_LINKS = 500, 0.2  # the same of a page that does not say it is an article, and how much of it is links
_SHORT_PAGE = 600  # characters of body below which a page with a password field or an error's title holds no letter


class NoLetter(SourceError):
    """It can be read, and no letter is in it."""


def read_page(markup: str, *, name: str, url: str = "") -> Findings:
    """Understand a whole page. `name` is for messages.

    Where the letter is not found, or a good part of the page's sentences stand outside of it, the readability library
    is asked as well, and the fuller of both is taken.

    Raises SourceError when there is no letter in it: a list of letters, a log-in page, an error page.
    """
    page = _Page(dom.parse(markup), url=url)
    tree = page.tree.copy()  # to find its parts, a tree is taken apart
    reading, sure = page.read(tree)
    if reading.is_list:
        raise no_letter(name)
    error = page.fault(reading)
    if error or not sure:
        other_reading = page.read_elements(boundaries.text_elements(page.tree.root))
        usable = other_reading is not None and not page.fault(other_reading)
        if other_reading and usable and (error or _is_fuller(other_reading.findings, reading.findings)):
            reading, error = other_reading, False
            reading.findings.notices = [*reading.findings.notices, _DOUBT]
    if error or len(reading.findings.body_text) < _SHORT_PAGE:
        script_findings = _hidden_findings(page, markup, "" if error else reading.findings.body_text)
        if script_findings is not None:
            return script_findings
    if error and not _is_all(reading.findings, page, dom.body_of(dom.parse(markup))):
        raise no_letter(name)
    return reading.findings


def _is_verse(findings: Findings) -> bool:
    """Return whether a long text without a sentence in it is a song or a poem, and no list of links."""
    text = dom.fragment(findings.body_html) if len(findings.body_text) >= _SONG else None
    return text is not None and dom.linked_share(text) <= _SONG_LINKS


def _is_all(findings: Findings, page: _Page, body: dom.Element) -> bool:
    """Return whether a letter without sentences, such as a few words or pictures, is all that is on its page."""
    if not findings.title or page.asks_password or chrome.says_no_letter(findings.title):
        return False
    if any(dom.leads_elsewhere(link) for link in body.iter("a")) or next(body.iter("form", "input"), None) is not None:
        return False
    length = len(findings.body_text) + len(findings.title) + _SURPLUS
    return bool(findings.body_html) and len(dom.text_of(body)) <= length


def _hidden_findings(page: _Page, markup: str, text: str) -> Findings | None:
    """Return the reading of what a page shows by scripts only, where it is far more than the text that it shows."""
    readings: list[_Reading] = []
    root = dom.parse(markup)
    if script_text.show(root):
        hidden_page = _Page(root, url=page.url)
        reading, _ = hidden_page.read(hidden_page.tree)
        readings += [] if hidden_page.fault(reading) else [reading]
    if len(page.head.text) >= script_text.LEAST and page.title.text:
        root = dom.parse(markup)
        script_text.show_text(root, page.head.text, title=page.title.text)
        hidden_page = _Page(root, url=page.url)
        reading, _ = hidden_page.read(hidden_page.tree)
        readings += [] if hidden_page.fault(reading) else [reading]
    fullest = max(readings, key=lambda reading: len(reading.findings.body_text), default=None)
    if fullest is None or len(fullest.findings.body_text) < max(script_text.LEAST, _FULLER_SCRIPT * len(text)):
        return None
    fullest.findings.notices = [*fullest.findings.notices, _HIDDEN_NOTICE]
    fullest.findings.share_bar = page.prelude.share_bar
    fullest.findings.authors = fullest.findings.authors or page.prelude.authors
    return fullest.findings


def _is_fuller(findings: Findings, shorter: Findings) -> bool:
    """Return whether a reading has all of another and a quarter more, or the other is a fraction of it."""
    length = len(findings.body_text)
    if length < _FULLER * len(shorter.body_text):
        return False
    if length >= _SHORT_PAGE and len(shorter.body_text) < min(_NOTICE, _FRACTION * length):
        return True
    paragraphs = [piece for piece in shorter.body_text.split("\n\n") if chrome.is_prose(piece)]
    common = sum(piece in findings.body_text for piece in paragraphs)
    return common >= _COMMON_SHARE * len(paragraphs)


@dataclass(slots=True)
class _Tree:
    """A page whose players and asides are settled, and the element that shows its title."""

    root: dom.Element
    heading: dom.Element | None

    @property
    def body(self) -> dom.Element:
        return dom.body_of(self.root)

    def copy(self) -> _Tree:
        return _Tree(*dom.copy_of(self.root, self.heading))


@dataclass(slots=True)
class _Reading:
    findings: Findings
    is_list: bool


class _Page:
    """A page, and what it says that is the same wherever its letter begins and ends."""

    def __init__(self, root: dom.Element, *, url: str) -> None:
        self.url = url
        head = self.head = read_head(root, url=url)
        body = dom.body_of(root)
        # Articles have one as well, to log in by: it is no log-in page where it says that it is an article.
        self.asks_password = not head.is_article and any(
            dom.attribute(field, "type").lower() == "password" for field in body.iter("input")
        )
        self.prelude = Findings(
            section=head.section or _section(body),
            language=head.language,
            published_at=head.published_at or _first_time(body),
            canonical_url=head.canonical_url,
            image_url=head.image_url,
            image_alt=head.image_alt or sanitise.alt_of(body, head.image_url, base=head.base),
            share_bar=take_share_bar(body),
            summary=head.summary,
            authors=authors_of(body),
            url=url,
        )
        embeds.settle(body, base=head.base, on_page=True)
        asides.settle(body, on_page=True)
        dom.settle_elements(body)  # players first: some are elements of their own
        self.title = title_of(body, head)
        self.tree = _Tree(root, self.title.element)

    def read(self, tree: _Tree) -> tuple[_Reading, bool]:
        """Return what the page says, and whether it is likely to be all of the letter. Takes the tree apart."""
        body, heading = tree.body, tree.heading
        measures = Measures(body)
        cuts = prune(body, measures, keep=[heading] if heading is not None else [])
        letter = find(body, measures, heading=heading)
        sure = measures[letter].prose >= _MOST * (measures[body].prose + _perhaps_own(cuts, measures))
        return self._finish(tree, letter, cuts), sure

    def read_elements(self, elements: list[dom.Element]) -> _Reading | None:
        """Return what the page says whose letter consists of some elements. Takes the page's own tree apart."""
        if not elements:
            return None
        body, heading = self.tree.body, self.tree.heading
        measures = Measures(body)
        prose = [element for element in elements if measures[element].own_text >= PARAGRAPH_LENGTH]
        if not prose:
            return None
        letter = boundaries.common_ancestor(prose)
        cuts = prune(body, measures, keep=[*prose, *([heading] if heading is not None else [])])
        return self._finish(self.tree, letter, cuts)

    def fault(self, reading: _Reading) -> bool:
        """Return whether this can be no letter: it lacks a title or sentences, or is a list, a log-in, an error."""
        text = reading.findings.body_text
        paragraphs = [piece for piece in text.split("\n\n") if chrome.is_prose(piece)]
        short = len(text) < _SHORT_PAGE
        return (
            not reading.findings.title
            or not (paragraphs or (self.head.is_article and len(text) >= _VERSES) or _is_verse(reading.findings))
            or reading.is_list
            or (short and (self.asks_password or chrome.says_no_letter(reading.findings.title)))
        )

    def _finish(self, tree: _Tree, letter: dom.Element, cuts: list[Cut]) -> _Reading:
        head, prelude = self.head, self.prelude
        blocks = flatten(tree.body, inside=letter, title=self.title.text, heading=tree.heading)
        article_body.leave_out_others(blocks, text=head.text)
        box_lines.leave_out(blocks, base=head.base)
        standfirsts.take_in(blocks, summary=prelude.summary)
        people = [author for author in head.authors if author.name not in head.sites]
        authors = people or prelude.authors or head.authors
        parts = anatomy.dissect(blocks, title=self.title.text, authors=authors)
        findings = _findings(parts, title=self.title.text, base=head.base)
        pieces = [*findings.left_out, *left_out.of_cuts(cuts, letter, base=head.base)]
        findings.left_out = left_out.within_limits(pieces)
        findings.section = prelude.section or findings.section
        findings.series = findings.series or head.series
        findings.language, findings.published_at, findings.summary = (
            prelude.language,
            prelude.published_at,
            description(prelude.summary, text=findings.body_text),
        )
        findings.canonical_url, findings.url = prelude.canonical_url, prelude.url
        findings.image_url, findings.image_alt = prelude.image_url, prelude.image_alt
        findings.share_bar = prelude.share_bar
        return _Reading(findings, is_list=not head.is_article and _is_list(parts.body))


def read_blocks(blocks: Sequence[Block], *, title: str, base: str, authors: Sequence[AuthorView] = ()) -> Findings:
    """Tell the parts apart and make the body safe."""
    return _findings(anatomy.dissect(blocks, title=title, authors=authors), title=title, base=base)


def _findings(parts: Parts, *, title: str, base: str) -> Findings:
    body = sanitise.safe_markup("\n".join(block.html for block in parts.body), base=base)
    return Findings(
        title=title,
        body_html=body.html,
        body_text=sanitise.plain_text(body.html),
        notices=body.notices,
        series=series_of(parts.note),
        editor_note=parts.note,
        authors=parts.authors,
        section=parts.section,
        left_out=[*left_out.of_blocks(parts.left_out, base=base), *body.left_out],
    )


def no_letter(name: str) -> NoLetter:
    """Return the error for what can be read but holds no letter."""
    return NoLetter(f"{name} holds no letter: give the page of one letter, with its title and text.")


def _first_time(body: dom.Element) -> datetime | None:
    """Return the first time that the page marks up and that does not say it is of a change."""
    for element in body.iter("time"):
        around = [*dom.names(element), *(dom.names(up)[0] for up in dom.ancestors(element, most=2) if dom.names(up))]
        if not any(re.search("updat|modif|comment|related", name) for name in around):
            time = moment(dom.attribute(element, "datetime"), zone=UTC)
            if time:
                return time
    return None


def _section(body: dom.Element) -> str:
    """Return the section's name that stands behind "go top"; most pages have neither."""
    if not chrome.may_go_top("".join(map(str, body.itertext()))):
        return ""
    return anatomy.section_of([block.text for block in flatten(body)])


def _is_list(blocks: Sequence[Block]) -> bool:
    """Return whether this is a list of letters: linked headings with a teaser each, and no text of some length."""
    headings = paragraphs = longest = length = prose = 0
    for block in blocks:
        if block.hint == "heading" and block.links > _LINK_SHARE:
            headings, length = headings + 1, 0
        elif chrome.is_prose(block.text) and block.links < _LINK_SHARE:
            paragraphs, length = paragraphs + 1, length + 1
            longest, prose = max(longest, length), prose + len(block.text)
    return headings >= 3 and headings >= 0.4 * paragraphs and longest <= 2 and prose < _TEASER * headings


def _perhaps_own(cuts: list[Cut], measures: Measures) -> int:
    """Return how much was cut that may be the letter's: comments and lists of other letters surely are not."""
    return sum(measures[cut.element].prose for cut in cuts if not cut.is_foreign)
