"""One reading of a page: where its letter begins and ends, by our own rules or by elements that are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from distributor.domain.leads import description
from distributor.letters.intake import (
    anatomy,
    article_body,
    asides,
    block_findings,
    boundaries,
    box_lines,
    chrome,
    comments,
    dom,
    embeds,
    left_out,
    refusals,
    sanitise,
    standfirsts,
)
from distributor.letters.intake.blocks import flatten
from distributor.letters.intake.container import Cut, find, prune, text_box
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.head import read_head
from distributor.letters.intake.measures import PARAGRAPH_LENGTH, Measures
from distributor.letters.intake.page_authors import authors_of
from distributor.letters.intake.share_bar import take_share_bar
from distributor.letters.intake.titles import title_of

_MOST: Final = 0.75  # of the sentences on a page that seem to be the letter's


@dataclass(slots=True)
class PageTree:
    """A page whose players and asides are settled, and the element that shows its title."""

    root: dom.Element
    heading: dom.Element | None

    @property
    def body(self) -> dom.Element:
        return dom.body_of(self.root)

    def copy(self) -> PageTree:
        return PageTree(*dom.copy_of(self.root, self.heading))


@dataclass(slots=True)
class Reading:
    findings: Findings
    is_list: bool
    has_text_box: bool  # the page names one element, and no other, as that of a letter's text


class PageReader:
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
        self.tree = PageTree(root, self.title.element)

    def read(self, tree: PageTree) -> tuple[Reading, bool]:
        """Return what the page says, and whether it is likely to be all of the letter. Takes the tree apart."""
        body, heading = tree.body, tree.heading
        keep = [heading] if heading is not None else []
        cuts = comments.take_out(body, keep=keep)
        measures = Measures(body)
        cuts += prune(body, measures, keep=keep)
        letter = find(body, measures, heading=heading)
        sure = measures[letter].prose >= _MOST * (measures[body].prose + _perhaps_own(cuts, measures))
        return self._finish(tree, letter, cuts), sure

    def read_by_library(self) -> Reading | None:
        """Return what the page says whose letter is what the library takes for it. Takes the page's own tree apart."""
        body, heading = self.tree.body, self.tree.heading
        keep = [heading] if heading is not None else []
        foreign_cuts = comments.take_out(body, keep=keep)
        elements = boundaries.text_elements(self.tree.root)
        measures = Measures(body)
        prose = [element for element in elements if measures[element].own_text >= PARAGRAPH_LENGTH]
        if not prose:
            return None
        letter = boundaries.common_ancestor(prose)
        cuts = prune(body, measures, keep=[*prose, *keep])
        return self._finish(self.tree, letter, [*foreign_cuts, *cuts])

    def fault(self, reading: Reading) -> bool:
        """Return whether this can be no letter."""
        return reading.is_list or refusals.lacks_letter(
            reading.findings,
            is_article=self.head.is_article,
            has_text_box=reading.has_text_box,
            asks_password=self.asks_password,
        )

    def _finish(self, tree: PageTree, letter: dom.Element, cuts: list[Cut]) -> Reading:
        head, prelude = self.head, self.prelude
        blocks = flatten(tree.body, inside=letter, title=self.title.text, heading=tree.heading)
        article_body.leave_out_others(blocks, text=head.text)
        box_lines.leave_out(blocks, base=head.base)
        standfirsts.take_in(blocks, summary=prelude.summary)
        people = [author for author in head.authors if author.name not in head.sites]
        authors = people or prelude.authors or head.authors
        parts = anatomy.dissect(blocks, title=self.title.text, authors=authors)
        findings = block_findings.of_parts(parts, title=self.title.text, base=head.base)
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
        return Reading(
            findings,
            is_list=not head.is_article and refusals.is_list(parts.body),
            has_text_box=self.title.element is not None and _is_text_box(text_box(tree.body), letter),
        )


def _first_time(body: dom.Element) -> datetime | None:
    """Return the first time that the page marks up and that does not say it is of a change."""
    for element in body.iter("time", "abbr"):
        if element.tag == "abbr" and "published" not in dom.names(element):  # an hAtom's date, as Blogger writes it
            continue
        around = [*dom.names(element), *(dom.names(up)[0] for up in dom.ancestors(element, most=2) if dom.names(up))]
        if not any(re.search("updat|modif|comment|related", name) for name in around):
            time = moment(dom.attribute(element, "datetime") or dom.attribute(element, "title"), zone=UTC)
            if time:
                return time
    return None


def _is_text_box(box: dom.Element | None, letter: dom.Element) -> bool:
    return box is not None and (box is letter or letter in box.iterancestors() or box in letter.iterancestors())


def _section(body: dom.Element) -> str:
    """Return the section's name that stands behind "go top"; most pages have neither."""
    if not chrome.may_go_top("".join(map(str, body.itertext()))):
        return ""
    return anatomy.section_of([block.text for block in flatten(body)])


def _perhaps_own(cuts: list[Cut], measures: Measures) -> int:
    """Return how much was cut that may be the letter's: comments and lists of other letters surely are not."""
    return sum(measures[cut.element].prose for cut in cuts if not cut.is_foreign)
