"""Feeds that give only a letter's beginning, by what at its end says that it goes on elsewhere, or for money. Pure.

What a sentence may say as well (“read more”) is a sign only where it stands alone: as a line, as the last link, or
behind a sentence's end.
"""

from __future__ import annotations

import re
from typing import Final

from distributor.letters.intake import dom, teaser_words
from distributor.letters.intake.parts import one_line

SHORT: Final = 1_000  # characters of a description that dots at its end say to be cut
_LINKS: Final = "|".join(teaser_words.LINKS.values())
_CUT: Final = re.compile(
    rf"(?:\[\s*(?:…|\.\.\.)\s*\]|\((?:…|\.\.\.)\))\W*(?:(?:{_LINKS}|{teaser_words.WORDS}).{{0,120}})?$", re.IGNORECASE
)
_LINE: Final = re.compile(rf"\W*(?:(?:{_LINKS})(?!\w).{{0,120}}|(?:{teaser_words.WORDS}))\W*", re.IGNORECASE)
_BEHIND_A_SENTENCE: Final = re.compile(
    rf"(?:…|[.!?。！？])[\s»›→>|]*(?P<sign>(?:{_LINKS})[\s»›→⟶➔>|…]*)$", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[.!?。！？]\W*$")
_DOTS: Final = re.compile(r"(?:…|\.\.\.)$")
_PAYWALL: Final = re.compile("|".join(teaser_words.PAYWALLS.values()), re.IGNORECASE)
_LINK_ENDS: Final = " .»›→>…])"
_PAYWALL_LENGTH: Final = 200  # characters of a line that says who may read on
_LINE_LENGTH: Final = 160
_LAST_LINES: Final = 3


def sign_of_a_cut(text: str, *, whole: bool, last_link: str = "") -> str:
    """Return what at the end of an entry's text says that it goes on elsewhere ("[…]"), "" where nothing does.

    `whole`: the feed gives a content, which dots at its end don't cut. `last_link`: the words of a link that the text
    ends in, see `last_link_of`.
    """
    text = text.rstrip()
    end = one_line(text[-300:])
    if match := _CUT.search(end):
        return match[0].strip()
    lines = [one_line(line) for line in text[-3_000:].split("\n") if line.strip()]
    if len(lines) > 1 and _is_line_on(lines[-1]):
        return lines[-1]
    if last_link and _LINE.fullmatch(last_link):
        return last_link
    if match := _BEHIND_A_SENTENCE.search(end):
        return match["sign"].strip()
    for line in lines[1:][-_LAST_LINES:]:
        if len(line) <= _PAYWALL_LENGTH and _PAYWALL.search(line):
            return line
    return "…" if not whole and len(text) <= SHORT and _DOTS.search(end) else ""


def last_link_of(html: str) -> str:
    """Return the words of the link that an entry's HTML ends in, "" where it ends in something else."""
    body = dom.fragment(html)
    links = list(body.iter("a"))
    words = one_line(dom.text_of(links[-1])).rstrip(_LINK_ENDS) if links else ""
    return words if words and one_line(dom.text_of(body)).rstrip(_LINK_ENDS).endswith(words) else ""


def without_cut(text: str) -> str:
    """Return a text without the signs at its end that it is cut."""
    return _DOTS.sub("", _CUT.sub("", text))


def _is_line_on(line: str) -> bool:
    """Whether a line only leads on: "Continue reading “Pears”", but not "Read on the ferry, it says more."."""
    is_sentence = _SENTENCE_END.search(line) and not _DOTS.search(line) and len(line) > 40
    return len(line) <= _LINE_LENGTH and not is_sentence and bool(_LINE.fullmatch(line))
