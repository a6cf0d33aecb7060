"""What stands in a heading beside its title: kickers, subtitles, permalinks, marks of footnotes."""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from typing import Final

from distributor.letters.intake import dom

_SUBTITLE: Final = re.compile(
    r"(?:[a-z]+-){0,2}(?:sub-?titles?|sub-?head(?:ing|line)?s?|deck|dek|standfirst|tagline|strapline|lead|lede|teaser|"
    r"untertitel|sous-titre|subtitulo|sottotitolo|부제목?)(?:-(?:text|line))?"
)
_LABEL: Final = re.compile(
    r"(?:[a-z]+-){0,2}(?:kicker|eyebrow|category|categories|section|label|tag|badge|overline|over-?title|rubri[ck]|"
    r"dachzeile|topline|roofline|spitzmarke|surtitre|antetitulo|occhiello|counts?|date|byline|author|views|edit-?section|"
    r"screen-reader-text|sr-only|visually-?hidden|a11y-hidden|blind|tooltip|share|icon|reading-time)"
    r"(?:-(?:text|name|label|link))?"
)
_PERMALINK: Final = re.compile(r"(?:[a-z]+-)*(?:header-?link|perma-?link|anchor|anchor-?link|hash-?link|heading-?link)")
_PERMALINK_WORDS: Final = re.compile(
    r"\W*(?:#|link|permalink|anchor|copy link|direct link|permanent link)?\W*", re.IGNORECASE
)
_FOOTNOTE: Final = re.compile(r"\W*\d{0,3}\W*|[a-z]")
_WORD: Final = re.compile(r"[^\W\d_]{4,}\W*$")
_AFTER_LABEL: Final = ":–—|·• "  # between a kicker and the title
_LEAST: Final = 2  # letters that a title has


def own_text(heading: dom.Element) -> str:
    """Return a heading's text on one line, without what is no part of the title; all of it where nothing else is."""
    if not len(heading):
        return _line(heading)
    twin = copy.deepcopy(heading)
    twin.tail = None
    _take_out(twin)
    text = _line(twin).lstrip(_AFTER_LABEL)
    return text if len(re.findall(r"\w", text)) >= _LEAST else _line(heading)


def holds(heading: dom.Element, plain_title: str) -> bool:
    """Return whether parts of a heading that stand side by side say just what a title does (letters and digits)."""
    for element in (heading, *heading.iterdescendants()):
        if element.tag in dom.SILENT or not len(element):
            continue
        pieces = [plain(element.text or "")]
        for child in element:
            pieces += ["" if child.tag in dom.SILENT else plain(dom.text_of(child)), plain(child.tail or "")]
        for first in range(len(pieces)):
            text = ""
            for piece in pieces[first:]:
                text += piece
                if text == plain_title:
                    return True
                if len(text) > len(plain_title):
                    break
    return any(plain(_line(part)) == plain_title for part in heading.iterdescendants() if part.tag not in dom.SILENT)


def move_subtitles(heading: dom.Element) -> None:
    """Put the subtitles of a heading behind it, in place: they may be the letter's first paragraph."""
    subtitles = [part for part in heading.iterdescendants() if _is_named(part, _SUBTITLE)]
    if not own_text(heading) or heading.getparent() is None:
        return
    for part in reversed(subtitles):
        text = dom.text_of(part)
        if text and part.getparent() is not None and plain(text) != plain(_line(heading)):
            dom.remove(part)
            part.tail = None
            part.tag = "p"
            tail, heading.tail = heading.tail, None
            heading.addnext(part)
            part.tail = tail


def plain(text: str) -> str:
    """Return a text's letters and digits only, in lower case: by them titles are compared."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _take_out(heading: dom.Element) -> None:
    for part in list(heading.iterdescendants()):
        if part.getparent() is not None and _is_foreign(part):
            dom.remove(part)


def _is_foreign(part: dom.Element) -> bool:
    if dom.is_hidden(part) or _is_named(part, _SUBTITLE) or _is_named(part, _LABEL):
        return True
    text = dom.text_of(part)
    if part.tag == "a":
        named = _is_named(part, _PERMALINK) and bool(_PERMALINK_WORDS.fullmatch(text))
        return named or (not re.search(r"\w", text) and not dom.leads_elsewhere(part) and part.find(".//img") is None)
    return part.tag == "sup" and bool(_FOOTNOTE.fullmatch(text)) and _marks_footnote(part)


def _marks_footnote(part: dom.Element) -> bool:
    """Return whether a raised number or star leads to a note: by a link, or at the end of a word."""
    if any(True for _ in part.iter("a")) or any(up.tag == "a" for up in dom.ancestors(part, most=2)):
        return True
    parent, previous = part.getparent(), part.getprevious()
    before = (previous.tail if previous is not None else parent.text if parent is not None else "") or ""
    return not (part.tail or "").strip() and part.getnext() is None and bool(_WORD.search(str(before)))


def _is_named(part: dom.Element, names: re.Pattern[str]) -> bool:
    return any(_fits(names, name) for name in dom.names(part))


@lru_cache(maxsize=2048)
def _fits(names: re.Pattern[str], name: str) -> bool:
    return bool(names.fullmatch(name))


def _line(element: dom.Element) -> str:
    return " ".join(dom.text_of(element).split())
