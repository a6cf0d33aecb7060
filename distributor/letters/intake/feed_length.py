"""Feeds that hold all that their site ever published: what is not read of them is cut off before a parser sees it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from distributor.letters.intake.dates import moment
from distributor.letters.intake.feed_entries import ENTRY_LIMIT

_START: Final = re.compile(r"<(?:[\w-]{1,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_END: Final = re.compile(r"</(?:[\w-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_DATE: Final = re.compile(
    r"<(?:[\w-]{1,40}:)?(?:pubDate|published|updated|date)(?:\s[^<>]{0,200})?>([^<>]{1,100})<", re.IGNORECASE
)
_LOOKED_AT: Final = 20_000  # characters of an entry, for its date


def newest_entries(text: str) -> str:
    """Return an XML feed without the entries beyond `ENTRY_LIMIT`; a feed of fewer is left as it is.

    Feeds begin with the newest; of one whose last entry is later than its first, the last ones are kept.
    """
    starts = [match.start() for match in _START.finditer(text)]
    if len(starts) <= ENTRY_LIMIT + 1:
        return text
    if _is_oldest_first(text, starts):
        cut = next((start for start in starts[-ENTRY_LIMIT:] if _is_markup(text[:start])), starts[0])
        return text[: starts[0]] + text[cut:]
    ends = islice(_END.finditer(text), ENTRY_LIMIT, None)
    end = next((match.end() for match in ends if _is_markup(text[: match.end()])), len(text))
    remainder = text[max(text.rfind(">", 0, len(text) - 1) - 200, end) :]
    tail = "".join(re.findall(r"</(?:channel|rss|feed|[\w-]{1,40}:RDF)\s*>", remainder, re.IGNORECASE))
    return text[:end] + tail


def _is_oldest_first(text: str, starts: list[int]) -> bool:
    first, last = (_DATE.search(text, start, start + _LOOKED_AT) for start in (starts[0], starts[-1]))
    first_at, last_at = (moment(match[1]) if match else None for match in (first, last))
    return first_at is not None and last_at is not None and last_at > first_at


def _is_markup(text: str) -> bool:
    """Whether a text ends outside of CDATA, which may hold what looks like an entry's end."""
    return text.rfind("<![CDATA[") <= text.rfind("]]>")
