"""The series and the letter's number in it, as an editor's note names them. Pure; the body is never asked."""

from __future__ import annotations

import re

from distributor.domain.letters import SeriesView
from distributor.letters.intake.ordinals import CARDINAL, KOREAN_COUNT, ORDINAL, value

# A straight single quote inside a word is an apostrophe.
_QUOTED = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|\"([^\"]+)\"|«([^«»]+)»|「([^「」]+)」|『([^『』]+)』|《([^《》]+)》|〈([^〈〉]+)〉"
    r"|‘((?:[^‘’]|(?<=\w)’(?=\w))+)’|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)|<([^<>\n]{2,80})>"
)
_MARK = "\x00"  # stands for a quotation while the words around it are read

_SERIES_WORD = r"(?:series|serial|column|시리즈|연재|기획|연속\s?기고|연속\s?기획)"
_CALLED = r"(?:called|titled|entitled|named)"
_PIECE = (
    r"(?:letter|piece|part|instal?lment|entry|article|essay|episode|column|chapter|dispatch|story|post|edition|"
    r"issue|note|postcard|conversation)"
)
# In the order of how surely the quotation is the series' title.
_AROUND_QUOTE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_MARK}\s*[,:;]?\s*(?:letter\s+|essay\s+|article\s+)?{_SERIES_WORD}",
        rf"{_SERIES_WORD}\s*(?:of {_PIECE}s)?\s*(?:,|:|인|의|제목은)?\s*{_CALLED}?\s*{_MARK}",
        rf"(?:{ORDINAL}|{_PIECE})\b[^.{_MARK}]{{0,40}}\b(?:in|of|from)\s+(?:the|our)?\s*{_MARK}",
        rf"{_MARK}\s*(?:의|에서|중|가운데|,)?\s*(?:제\s*)?{KOREAN_COUNT}\s*(?:번\s?째|째|화|편|회|신|호)",
        rf"{_MARK}\s*[(\[<]?(?:\d{{1,4}}[)\]>]|[①-⑳])",
    )
)
_LITTLE = r"(?:of|the|to|and|for|in|a|an|on|from|at|with|by)"
_TITLE_RUN = rf"[A-Z0-9][\w'’&.-]*(?:\s+(?:{_LITTLE}\s+)*[A-Z0-9][\w'’&.-]*)*"
_UNQUOTED = re.compile(rf"\b(?:in|of|from|to)\s+(?:the|our|The)\s+({_TITLE_RUN})\s+series\b")

_CLOSING = r"(?:\s+(?:and\s+)?(?:last|final|latest|closing|new|open))?"
# In the order of how surely the number is the letter's.
_NUMBERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"({ORDINAL}){_CLOSING}\s+{_PIECE}\s+(?:in|of|from|to)\b",
        rf"({ORDINAL}){_CLOSING}\s+(?:in|of|from|to)\s+(?:the|our|a)\b",
        rf"({ORDINAL}){_CLOSING}\s+(?:{_PIECE}|one)\b",
        rf"\b{_PIECE}\s*(?:no\.?|nr\.?|number|#|№)\s*({CARDINAL})",
        rf"\b{_PIECE}\s*({CARDINAL})(?=\s*(?:[^\w\s]|of\b|in\b|from\b|{_MARK}|$))",
        rf"(?:\bno\.|\bnumber|#|№)\s*({CARDINAL})",
        rf"(?:제\s*)?({KOREAN_COUNT})\s*번\s?째\s*(?:편지|글|이야기|순서|기고|원고|회|편)",
        rf"(?<![가-힣])({KOREAN_COUNT})\s*번\s?째",
        rf"제\s*({KOREAN_COUNT})\s*(?:화|편|회|신|호|장|통)",
        r"(\d{1,4})\s*(?:화|편|회|신|통)(?![가-힣]{2})",
        rf"(?<![가-힣])({KOREAN_COUNT})째\s*(?:편지|글|이야기|통)",
        rf"{_MARK}\s*[(\[<]?\s*(\d{{1,4}}|[①-⑳])\s*[)\]>]?",
        rf"\b(?:is|now)\s+(?:the|our|its)\s+({ORDINAL})",
    )
)

_OPENING = re.compile(
    r"\W*(?:this|the following|what follows|editor|in (?:this|our)|below|이 (?:편지|글)|이번|본 (?:연재|기고)|다음은)",
    re.IGNORECASE,
)


def series_of(note: str) -> SeriesView | None:
    """Return the series that an editor's note names, with the letter's number where the note says it.

    None when the note names no series by title: a number alone belongs to nothing.
    """
    marked, quotes = _marked(note)
    title = _title(marked, quotes)
    if not title:
        return None
    return SeriesView(title, _number(marked))


def names_series(text: str) -> bool:
    """Return whether a text reads like a note about its place in a series, even without an editor's mark."""
    marked, quotes = _marked(text)
    opening = _OPENING.match(text)
    return bool(opening and _title(marked, quotes) and (_number(marked) or re.search(_SERIES_WORD, marked)))


def _marked(note: str) -> tuple[str, list[str]]:
    """Replace each quotation by a mark, so that numbers and the word "series" inside titles mislead nobody."""
    quotes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        quotes.append(next(group for group in found.groups() if group is not None).strip())
        return _MARK

    return _QUOTED.sub(keep, note.replace(_MARK, "")), quotes


def _title(marked: str, quotes: list[str]) -> str:
    for pattern in _AROUND_QUOTE:
        found = pattern.search(marked)
        if found:
            at = marked.index(_MARK, found.start())
            return quotes[marked[:at].count(_MARK)].rstrip(",.;")
    unquoted = _UNQUOTED.search(marked)
    return unquoted[1] if unquoted else ""


def _number(marked: str) -> int | None:
    for pattern in _NUMBERS:
        found = pattern.search(marked)
        number = value(found[1]) if found else None
        if number:
            return number
    return None
