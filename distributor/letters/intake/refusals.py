"""What can be read and holds no letter: a list of letters, a log-in page, an error page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from distributor.domain.errors import SourceError
from distributor.letters.intake import chrome, dom
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.parts import Block

SHORT_PAGE: Final = (
    600  # characters of body below which a page with a password field or an error's title holds no letter
)
_TEASER: Final = 300  # characters below one linked heading of a list
_LINK_SHARE: Final = 0.7  # of a heading's text
_VERSES: Final = 100  # characters of an article without a sentence in it: a poem, a list
_SONG, _SONG_LINKS = 500, 0.2  # the same of a page that does not say it is an article, and how much of it is links
_SURPLUS: Final = 20  # characters beside a letter that is all of its page


class NoLetter(SourceError):
    """It can be read, and no letter is in it."""


def no_letter(name: str) -> NoLetter:
    """Return the error for what can be read but holds no letter."""
    return NoLetter(f"{name} holds no letter: give the page of one letter, with its title and text.")


def lacks_letter(findings: Findings, *, is_article: bool, has_text_box: bool, asks_password: bool) -> bool:
    """Return whether this can be no letter: it lacks a title or sentences, or is a log-in or an error.

    A few words are a letter where the page names their box as that of its text (`has_text_box`).
    """
    text = findings.body_text
    paragraphs = [piece for piece in text.split("\n\n") if chrome.is_prose(piece)]
    short = len(text) < SHORT_PAGE
    return (
        not findings.title
        or not (paragraphs or (is_article and len(text) >= _VERSES) or (has_text_box and text) or _is_verse(findings))
        or (short and (asks_password or chrome.says_no_letter(findings.title)))
    )


def _is_verse(findings: Findings) -> bool:
    """Return whether a long text without a sentence in it is a song or a poem, and no list of links."""
    text = dom.fragment(findings.body_html) if len(findings.body_text) >= _SONG else None
    return text is not None and dom.linked_share(text) <= _SONG_LINKS


def is_all(findings: Findings, body: dom.Element, *, asks_password: bool) -> bool:
    """Return whether a letter without sentences, such as a few words or pictures, is all that is on its page."""
    if not findings.title or asks_password or chrome.says_no_letter(findings.title):
        return False
    if any(dom.leads_elsewhere(link) for link in body.iter("a")) or next(body.iter("form", "input"), None) is not None:
        return False
    length = len(findings.body_text) + len(findings.title) + _SURPLUS
    return bool(findings.body_html) and len(dom.text_of(body)) <= length


def is_list(blocks: Sequence[Block]) -> bool:
    """Return whether this is a list of letters: linked headings with a teaser each, and no text of some length."""
    headings = paragraphs = longest = length = prose = 0
    for block in blocks:
        if block.hint == "heading" and block.links > _LINK_SHARE:
            headings, length = headings + 1, 0
        elif chrome.is_prose(block.text) and block.links < _LINK_SHARE:
            paragraphs, length = paragraphs + 1, length + 1
            longest, prose = max(longest, length), prose + len(block.text)
    return headings >= 3 and headings >= 0.4 * paragraphs and longest <= 2 and prose < _TEASER * headings
