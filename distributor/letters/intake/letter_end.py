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


_BEHIND_BIO = 4  # blocks: as many may stand between the author's bio and what the page adds
_NEAR = 8  # blocks behind a line that are asked for what kind of thing they are
_LEAST_SIGNS = 3
_MOST_LINK = 0.5  # of a text
_BESIDE_LINK = 2  # blocks of one teaser: a picture, a kicker
_LABEL = 60  # characters
_LINKED_LINE = 0.3  # of a line that leads elsewhere: "Read more: The sixth letter"


def tail_of(blocks: Sequence[Block], names: Sequence[str] = ()) -> int:
    """Return where the page goes on with something else after the letter; boxes in the letter's middle are marked.

    No line ends a letter by itself, since a letter may say what pages say: "© Jane Doe" below a picture, "Comments"
    as a heading. It ends where enough signs come together (see `_signs`).
    """
    prose_at = next((at for at, block in enumerate(blocks) if chrome.is_prose(block.text)), len(blocks))
    for at in range(prose_at + 1, len(blocks)):
        line = one_line(blocks[at].text)
        if blocks[at].hint not in ("", "heading"):
            continue
        ends, begins_box = chrome.ends_letter(line), chrome.begins_box(line)
        if not ends and not begins_box:
            continue
        if _signs(blocks, at, names) >= _LEAST_SIGNS:
            return at
        if begins_box:
            _leave_out_box(blocks, at, line)
    return len(blocks)


def _signs(blocks: Sequence[Block], at: int, names: Sequence[str]) -> int:
    """Return how much speaks for the letter's end at a line that reads like one."""
    line = one_line(blocks[at].text)
    before, behind = _prose(blocks[:at]), _prose(blocks[at + 1 :])
    near = blocks[at + 1 : at + 1 + _NEAR]
    signs = 2 if chrome.surely_ends_letter(line) else 1
    if not behind:
        signs += 2
    elif behind < 0.15 * before:
        signs += 1
    if any(_introduces(block, names) for block in blocks[max(0, at - _BEHIND_BIO) : at]):
        signs += 2
    if blocks[at].hint == "heading" and chrome.begins_box(line):
        signs += 1
    if any(chrome.is_of_comments(one_line(block.text)) for block in near):
        signs += 2
    if len(near) >= 3 and sum(block.links > 0.5 for block in near) > len(near) / 2:
        signs += 1
    if any(_introduces(block, names) for block in blocks[at + 1 :]):
        signs -= 2
    return signs


def _prose(blocks: Sequence[Block]) -> int:
    """Return how many characters of sentences some blocks hold that may be the letter's."""
    return sum(
        len(block.text) for block in blocks if block.inside and block.links < 0.5 and chrome.is_prose(block.text)
    )


def _introduces(block: Block, names: Sequence[str]) -> bool:
    return block.hint == "bio" or bool(people.bio(one_line(block.text[:NOTE_LIMIT]), names))


def _leave_out_box(blocks: Sequence[Block], at: int, line: str) -> None:
    """Mark a box of something else in the letter's middle: its heading, and the links or the call below it."""
    end = at + 1
    while end < len(blocks) and (length := _link_length(blocks, end)):
        end += length
    if end == at + 1 and end < len(blocks) and chrome.is_call(one_line(blocks[end].text)):
        end += 1
    if end == at + 1 and blocks[at].links < _LINKED_LINE and not chrome.is_call(line):
        return  # a heading of the letter may read the same
    for block in blocks[at:end]:
        block.hint = "aside"
        block.reason = f"It stands in a box, “{line[:60]}”."


def _link_length(blocks: Sequence[Block], at: int) -> int:
    """Return how many blocks of a box begin here: one that is a link, or up to two beside it, its picture and date."""
    for length in range(1, 2 + _BESIDE_LINK):
        block = blocks[at + length - 1] if at + length <= len(blocks) else None
        if block is None or (chrome.is_prose(block.text) and block.links <= _MOST_LINK):
            return 0
        if block.links > _MOST_LINK:
            return length
        if len(block.text) > _LABEL:
            return 0
    return 0


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
