"""From blocks to what is known of a letter: its parts told apart, its body made safe."""

from __future__ import annotations

from collections.abc import Sequence

from distributor.domain.letters import AuthorView
from distributor.letters.intake import anatomy, left_out, sanitise
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.parts import Block, Parts
from distributor.letters.intake.series import series_of


def read_blocks(blocks: Sequence[Block], *, title: str, base: str, authors: Sequence[AuthorView] = ()) -> Findings:
    """Tell the parts apart and make the body safe."""
    return of_parts(anatomy.dissect(blocks, title=title, authors=authors), title=title, base=base)


def of_parts(parts: Parts, *, title: str, base: str) -> Findings:
    """Return what the parts of a letter say. Relative addresses hang on `base`."""
    body = sanitise.safe_markup("\n".join(block.html for block in parts.body), base=base)
    return Findings(
        title=title,
        body_html=body.html,
        body_text=sanitise.plain_text(body.html),
        notices=body.notices,
        series=series_of(parts.note),
        editor_note=parts.note,
        authors=parts.authors,
        section=parts.section,
        left_out=[*left_out.of_blocks(parts.left_out, base=base), *body.left_out],
    )
