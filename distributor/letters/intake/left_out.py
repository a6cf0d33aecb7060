"""What is on a page and did not become part of its letter, as an editor is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from distributor.domain.letters import LeftOut
from distributor.letters.intake import dom, sanitise
from distributor.letters.intake.container import Cut
from distributor.letters.intake.parts import Block, one_line

MOST: Final = 40  # pieces of one source
LONGEST: Final = 200_000  # characters of their markup together: the rest is named without it
_NAME_LENGTH: Final = 60  # characters of its beginning that name a piece


def of_blocks(blocks: Sequence[Block], *, base: str) -> list[LeftOut]:
    """Return blocks as pieces; those that were left out for the same reason, one behind the other, are one."""
    pieces = []
    for reason, group in groupby(blocks, key=lambda block: block.reason):
        members = list(group)
        markup = "\n".join(block.html or dom.escape(block.text) for block in members)
        pieces.append(_piece(markup, reason, base, place=members[0].place))
    return [piece for piece in pieces if piece.length]


def of_cuts(cuts: Iterable[Cut], letter: dom.Element, *, base: str) -> list[LeftOut]:
    """Return as pieces what was cut out of the letter's own element."""
    inside = [cut for cut in cuts if cut.home is letter or any(up is letter for up in cut.home.iterancestors())]
    pieces = [_piece(dom.markup(cut.element), cut.reason, base) for cut in inside]
    return [piece for piece in pieces if piece.length]


def within_limits(pieces: Sequence[LeftOut]) -> list[LeftOut]:
    """Return at most so many pieces, and so much of their markup, as an editor can look through."""
    result: list[LeftOut] = []
    length = 0
    for piece in pieces[:MOST]:
        length += len(piece.html)
        result.append(piece if length <= LONGEST else LeftOut(piece.what, piece.why, "", piece.length))
    surplus = pieces[MOST:]
    if surplus:
        result.append(
            LeftOut(
                f"{len(surplus)} more",
                "There are more pieces than can be shown.",
                "",
                sum(piece.length for piece in surplus),
            )
        )
    return result


def _piece(markup: str, reason: str, base: str, *, place: int = -1) -> LeftOut:
    html = sanitise.safe_markup(markup, base=base).html
    text = sanitise.plain_text(html)
    line = one_line(text)
    name = line if len(line) <= _NAME_LENGTH else f"{line[: _NAME_LENGTH - 1].rstrip()}…"
    return LeftOut(name, reason, html, len(text), place)
