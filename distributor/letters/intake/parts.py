"""What the parts of a letter's page are, for HTML and visible text alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from distributor.domain.letters import AuthorView

NOTE_LIMIT = 3000  # characters: a longer paragraph is no note and no bio
Hint = Literal["", "title", "note", "byline", "bio", "section", "figure", "heading", "aside", "standfirst"]


@dataclass(slots=True)
class Block:
    """One paragraph-like piece of a page.

    `text` is what one sees, with line breaks; `html` its markup, of any quality (it is sanitised later). `inside`: it
    stands in the container that holds the letter. `links` is the share of its text that is links (0 to 1). `reason`
    says why it is no part of the letter, where that is not plain, and `place` how many of the letter's blocks stand
    before it.
    """

    text: str
    html: str = ""
    hint: Hint = ""
    inside: bool = True
    links: float = 0.0
    reason: str = ""
    place: int = -1


@dataclass(slots=True)
class Parts:
    """What was found.

    `body` are the blocks of the letter itself, in order, and `left_out` those that stand in its container and are
    neither it nor one of its parts; the rest is empty where not found.
    """

    body: list[Block] = field(default_factory=list)
    left_out: list[Block] = field(default_factory=list)
    note: str = ""
    authors: tuple[AuthorView, ...] = ()
    section: str = ""


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())
