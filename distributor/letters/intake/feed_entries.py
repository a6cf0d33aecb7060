"""What RSS, Atom and JSON Feed say of one entry, before it is understood as a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from distributor.domain.letters import AuthorView
from distributor.letters.intake import dom
from distributor.letters.intake.author_names import names_of
from distributor.letters.intake.people import EMAIL

ENTRY_LIMIT: Final = 200  # letters of one feed; a feed that never forgets is not taken in as a whole

# Words in bold and the like: what else stands in angle brackets in a title is its text ("The <title> element").
_TAG_PAIR: Final = re.compile(
    r"<(?P<tag>b|i|em|strong|u|s|span|a|sup|sub|small|big|mark|font|code|cite|q|abbr|tt|del|ins|p|div)(?:\s[^<>]*)?>"
    r"(?P<inner>.*?)</(?P=tag)\s*>",
    re.IGNORECASE | re.DOTALL,
)
_ALONE: Final = re.compile(r"<(?:br|wbr|img|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_ROUNDS: Final = 5  # how deep, and how often escaped


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an entry brings: its absolute address or path, media type, and width in pixels, 0 if not given."""

    url: str
    type: str
    width: int = 0


@dataclass(slots=True)
class Entry:
    """One entry. `title` and `content` are HTML; `summary` is HTML that stands beside a content.

    `date` is as it is written. Addresses may be relative; they hang on `base`. `whole` is false where the feed only has
    a description, which may be the letter or its beginning.
    """

    title: str
    content: str
    summary: str = ""
    whole: bool = True
    link: str = ""
    id: str = ""
    base: str = ""
    authors: Sequence[AuthorView] = ()
    section: str = ""
    language: str = ""
    date: str = ""
    attachments: Sequence[Attachment] = field(default_factory=list)


def title_text(title: str) -> str:
    """Return a title as one line of text, whether it is text, HTML, or HTML that was escaped once too often."""
    text = _without_tags(title)
    for _ in range(_MOST_ROUNDS):
        plain_text = _without_tags(_REFERENCE.sub(lambda match: dom.unescape(match[0]), text))
        if plain_text == text:
            break
        text = plain_text
    return " ".join(text.split())


def _without_tags(text: str) -> str:
    text = _ALONE.sub(" ", text)
    for _ in range(_MOST_ROUNDS):
        plain = _TAG_PAIR.sub(lambda match: match["inner"], text)
        if plain == text:
            break
        text = plain
    return text


def paragraphs(text: str) -> str:
    """Return plain text as HTML: paragraphs are parted by empty lines."""
    pieces = (piece.strip() for piece in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{dom.escape(piece)}</p>" for piece in pieces if piece)


def authors_named(text: str) -> list[AuthorView]:
    """Return the authors that a field of a feed names: "jo@l.example (Jo Lane)", "Holt, Mira"."""
    names = names_of(text)
    email = re.search(EMAIL, text)
    return [AuthorView(name, email[0] if email and len(names) == 1 else "") for name in names]
