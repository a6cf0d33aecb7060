"""The series and the letter's number in it, as an editor's note names them. Pure; the body is never asked."""

from __future__ import annotations

import re

from distributor.domain.letters import SeriesView
from distributor.letters.intake.ordinals import CARDINAL, KOREAN_COUNT, ORDINAL, value

# A straight single quote inside a word is an apostrophe.
_QUOTATION = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|\"([^\"]+)\"|«([^«»]+)»|「([^「」]+)」|『([^『』]+)』|《([^《》]+)》|〈([^〈〉]+)〉"
    r"|‘((?:[^‘’]|(?<=\w)’(?=\w))+)’|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)|<([^<>\n]{2,80})>"
)
_MARK = "\x00"  # stands for a quotation while the words around it are read

_SERIES_WORD = r"(?:series|serial|column|시리즈|연재|기획|연속\s?기고|연속\s?기획)"
_CALLED_WORDS = r"(?:called|titled|entitled|named)"
_PIECE = (
    r"(?:letter|piece|part|instal?lment|entry|article|essay|episode|column|chapter|dispatch|story|post|edition|"
    r"issue|note|postcard|conversation)"
)
# In the order of how surely the quotation is the series' title.
_AROUND_QUOTE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_MARK}\s*[,:;]?\s*(?:letter\s+|essay\s+|article\s+)?{_SERIES_WORD}",
        rf"{_SERIES_WORD}\s*(?:of {_PIECE}s)?\s*(?:,|:|인|의|제목은)?\s*{_CALLED_WORDS}?\s*{_MARK}",
        rf"(?:{ORDINAL}|{_PIECE})\b[^.{_MARK}]{{0,40}}\b(?:in|of|from)\s+(?:the|our)?\s*{_MARK}",
        rf"{_MARK}\s*(?:의|에서|중|가운데|,)?\s*(?:제\s*)?{KOREAN_COUNT}\s*(?:번\s?째|째|화|편|회|신|호)",
        rf"{_MARK}\s*[(\[<]?(?:\d{{1,4}}[)\]>]|[①-⑳])",
    )
)
_SMALL_WORDS = r"(?:of|the|to|and|for|in|a|an|on|from|at|with|by)"
_TITLE_RUN = rf"[A-Z0-9][\w'’&.-]*(?:\s+(?:{_SMALL_WORDS}\s+)*[A-Z0-9][\w'’&.-]*)*"
_BARE_TITLE = re.compile(rf"\b(?:in|of|from|to)\s+(?:the|our|The)\s+({_TITLE_RUN})\s+series\b")

_CLOSING_WORDS = r"(?:\s+(?:and\s+)?(?:last|final|latest|closing|new|open))?"
# In the order of how surely the number is the letter's.
_NUMBERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"({ORDINAL}){_CLOSING_WORDS}\s+{_PIECE}\s+(?:in|of|from|to)\b",
        rf"({ORDINAL}){_CLOSING_WORDS}\s+(?:in|of|from|to)\s+(?:the|our|a)\b",
        rf"({ORDINAL}){_CLOSING_WORDS}\s+(?:{_PIECE}|one)\b",
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
    text, quotes = _mark_quotes(note)
    title = _title(text, quotes)
    if not title:
        return None
    return SeriesView(title, _number(text))


def names_series(text: str) -> bool:
    """Return whether a text reads like a note about its place in a series, even without an editor's mark."""
    plain_text, quotes = _mark_quotes(text)
    opening = _OPENING.match(text)
    return bool(opening and _title(plain_text, quotes) and (_number(plain_text) or re.search(_SERIES_WORD, plain_text)))


def _mark_quotes(note: str) -> tuple[str, list[str]]:
    """Replace each quotation by a mark, so that numbers and the word "series" inside titles mislead nobody."""
    quotes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quotes.append(next(group for group in match.groups() if group is not None).strip())
        return _MARK

    return _QUOTATION.sub(keep, note.replace(_MARK, "")), quotes


def _title(text: str, quotes: list[str]) -> str:
    for pattern in _AROUND_QUOTE:
        match = pattern.search(text)
        if match:
            at = text.index(_MARK, match.start())
            return quotes[text[:at].count(_MARK)].rstrip(",.;")
    bare_title = _BARE_TITLE.search(text)
    return bare_title[1] if bare_title else ""


def _number(text: str) -> int | None:
    for pattern in _NUMBERS:
        match = pattern.search(text)
        number = value(match[1]) if match else None
        if number:
            return number
    return None
