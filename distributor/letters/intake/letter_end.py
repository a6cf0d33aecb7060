"""Where a letter ends on its page: the bios below it, and what the page adds. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from distributor.domain.letters import AuthorView
from distributor.letters.intake import chrome, people
from distributor.letters.intake.parts import NOTE_LIMIT, Block, one_line

_ABOUT = re.compile(
    r"\W*(?:about (?:the|our) (?:authors?|writers?|contributors?)|the authors?|contributors?|"
    r"(?:필자|글쓴이|저자|작가)\s?소개)\W*",
    re.IGNORECASE,
)


def tail_of(blocks: Sequence[Block]) -> int:
    """Return where the page goes on with something else after the letter; boxes in the letter's middle are marked."""
    prose_at = next((at for at, block in enumerate(blocks) if chrome.is_prose(block.text)), len(blocks))
    for at in range(prose_at + 1, len(blocks)):
        line = one_line(blocks[at].text)
        if blocks[at].hint not in ("", "heading"):
            continue
        if chrome.ends_letter(line):
            return at
        if chrome.begins_box(line):
            end = _box(blocks, at)
            if end is None:
                return at
            for block in blocks[at:end]:
                block.hint = "aside"
    return len(blocks)


def _box(blocks: Sequence[Block], at: int) -> int | None:
    """Return the end of a box that begins here, or None where the letter ends with it.

    A box is a list of links, or one paragraph where the author's bio, and so the letter's end, comes later.
    """
    end = at + 1
    while end < len(blocks) and blocks[end].links > 0.5:
        end += 1
    if end > at + 1:
        return end
    later = (
        block for block in blocks[end:] if block.hint == "bio" or people.bio(one_line(block.text[:NOTE_LIMIT]), ())
    )
    return min(end + 1, len(blocks)) if any(True for _ in later) else None


def take_bios(
    body: list[Block], tail: Sequence[Block], names: Sequence[str]
) -> tuple[list[Block], tuple[AuthorView, ...]]:
    """Take the bios from the letter's end, or from what the page adds where the markup or an address says so."""
    authors: list[AuthorView] = []
    first = len(body)
    lowest = max(0, len(body) - 3 - 2 * max(1, len(names)))
    for at in range(len(body) - 1, lowest - 1, -1):
        block = body[at]
        introductions = _authors_in(block, names)
        if introductions:
            authors[:0] = _with_continuation(introductions, body[at + 1 : first])
            first = at
        elif block.hint != "bio" and not people.goes_on(block.text) and not _beside(block):
            break
    while first < len(body) and first and (_ABOUT.fullmatch(body[first - 1].text)):
        first -= 1
    if not authors:
        first = len(body)
    for block in tail:
        if block.hint == "bio" or re.search(people.EMAIL, block.text[:200]):
            authors += [
                candidate
                for candidate in _authors_in(block, names)
                if candidate.name not in {other_author.name for other_author in authors}
            ]
    return body[:first], tuple(authors)


def _authors_in(block: Block, names: Sequence[str]) -> list[AuthorView]:
    text = one_line(block.text)
    if block.hint == "bio":
        text = re.sub(rf"^(?:{_ABOUT.pattern})\s*", "", text, flags=re.IGNORECASE)
    if len(text) > NOTE_LIMIT or block.links > 0.8:
        return []
    authors = [people.bio(piece, names) for piece in people.split_bios(text, names)]
    introductions = [author for author in authors if author]
    if not introductions and block.hint == "bio" and len(names) == 1 and len(text.split()) > 3:
        email = re.search(people.EMAIL, text)
        return [AuthorView(names[0], email[0] if email else "", text)]
    return introductions


def _with_continuation(authors: list[AuthorView], blocks: Sequence[Block]) -> list[AuthorView]:
    continuations = [one_line(block.text) for block in blocks if people.goes_on(block.text)]
    if not continuations:
        return authors
    last = authors[-1]
    return [*authors[:-1], AuthorView(last.name, last.email, " ".join([last.bio, *continuations]))]


def _beside(block: Block) -> bool:
    """Return whether a block may stand between or behind bios without being the letter's last paragraph."""
    return bool(
        not block.inside
        or block.hint in ("figure", "aside")
        or chrome.is_chrome_around(one_line(block.text))
        or _ABOUT.fullmatch(block.text)
    )
