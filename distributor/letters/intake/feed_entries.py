"""What RSS, Atom and JSON Feed say of one entry, before it is understood as a letter."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from distributor.domain.letters import AuthorView
from distributor.domain.source_keys import FeedName
from distributor.letters.intake import dom
from distributor.letters.intake.author_names import names_of
from distributor.letters.intake.people import EMAIL

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>@]{0,500}>")  # an address in brackets is none
ENTRY_LIMIT: Final = 200  # letters of one feed; a feed that never forgets is not taken in as a whole


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
    a description, which may be the letter or its beginning. `id` is unique in `feed`; `withheld` is the sentence that
    says why the entry is not to go out yet, "" where it is; `no_text` says that there is none, and where it belongs.
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
    feed: FeedName = FeedName()  # noqa: RUF009 - frozen
    withheld: str = ""
    no_text: str = "no text"


def paragraphs(text: str) -> str:
    """Return plain text as HTML: paragraphs are parted by empty lines."""
    pieces = (piece.strip() for piece in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{dom.escape(piece)}</p>" for piece in pieces if piece)


def authors_named(text: str) -> list[AuthorView]:
    """Return the authors that a field of a feed names: "jo@l.example (Jo Lane)", "Holt, Mira", without markup."""
    text = html.unescape(_TAG.sub(" ", text))
    names = names_of(text)
    email = re.search(EMAIL, text)
    return [AuthorView(name, email[0] if email and len(names) == 1 else "") for name in names]
