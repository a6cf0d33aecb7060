"""A letter from a piece of HTML that is the letter, as feeds and Markdown give it: no page is around it.

Whatever stands in it was written by the writer, so nothing is cut as a page's furniture. An editor's note, a byline and
a bio are taken into fields of their own, by the same signs as on pages. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from distributor.domain.letters import AuthorView, LeftOut
from distributor.letters.intake import anatomy, asides, chrome, dom, embeds, people, sanitise
from distributor.letters.intake.blocks import flatten
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.parts import NOTE_LIMIT, Block, one_line
from distributor.letters.intake.series import series_of

_HEAD_BLOCKS = 6  # above the letter's beginning: a note, a byline, a picture, a standfirst
_TAIL_BLOCKS = 3  # at the letter's end: a note or a byline
_BYLINE_LIMIT = 200  # characters


def read_fragment(markup: str, *, title: str, base: str = "", authors: Sequence[AuthorView] = ()) -> Findings:
    """Understand a piece of HTML. Its title may be known from elsewhere; else its first heading is the title.

    Relative addresses hang on `base`. `authors` are those that the source names.
    """
    body = dom.fragment(markup)
    hidden = _take_hidden(body)
    embeds.settle(body, base=base, on_page=False)
    asides.settle(body, on_page=False)
    if not title:
        heading = next(iter(body.iter("h1")), None)
        title = one_line(dom.text_of(heading)) if heading is not None else ""
    blocks = [block for block in flatten(body, title=title, on_page=False) if block.text or block.hint == "figure"]
    title_at = next((at for at, block in enumerate(blocks[:_HEAD_BLOCKS]) if block.hint == "title"), None)
    if title_at is not None:
        del blocks[title_at]
    note = _take_note(blocks)
    byline = _take_byline(blocks)
    names = [author.name for author in byline or authors]
    bios = _take_bios(blocks, names)
    safe = sanitise.safe_markup("\n".join(_html(block) for block in blocks), base=base)
    return Findings(
        title=title,
        body_html=safe.html,
        body_text=sanitise.plain_text(safe.html),
        left_out=[*hidden, *safe.left_out],
        series=series_of(note),
        editor_note=note,
        authors=people.merge(byline or tuple(authors), bios),
        notices=safe.notices,
    )


def _take_hidden(body: dom.Element) -> list[LeftOut]:
    """Take out what its source shows to nobody, such as the first line that newsletters hide for mailboxes' lists."""
    elements = [element for element in body.iter() if dom.is_hidden(element)]
    texts = [one_line(dom.text_of(element)) for element in elements]
    for element in elements:
        dom.remove(element)
    reason = "Its source shows it to nobody."
    return [LeftOut("hidden text", reason, f"<p>{dom.escape(text)}</p>", len(text)) for text in texts if text]


def _html(block: Block) -> str:
    """Return a block's markup; a box with a byline's name that is no byline has only its words."""
    return block.html or f"<p>{dom.escape(block.text)}</p>"


def _take_note(blocks: list[Block]) -> str:
    """Take out the paragraph that is the editor's: one whose markup says so, or that is marked at either end."""
    ends = [*range(min(_HEAD_BLOCKS, len(blocks))), *range(max(_HEAD_BLOCKS, len(blocks) - _TAIL_BLOCKS), len(blocks))]
    position = next((at for at, block in enumerate(blocks) if block.hint == "note"), None)
    if position is None:
        position = next((at for at in ends if not blocks[at].hint and anatomy.is_note(blocks[at].text)), None)
    return one_line(blocks.pop(position).text) if position is not None else ""


def _take_byline(blocks: list[Block]) -> tuple[AuthorView, ...]:
    """Take out the line that names the authors: above the letter's second paragraph, or at its very end."""
    prose = [at for at, block in enumerate(blocks) if chrome.is_prose(block.text)]
    above = range(min(_HEAD_BLOCKS, prose[1] if len(prose) > 1 else len(blocks)))
    for at in (*above, *range(max(len(above), len(blocks) - _TAIL_BLOCKS), len(blocks))):
        line = one_line(blocks[at].text)
        if blocks[at].hint in ("", "byline") and len(line) <= _BYLINE_LIMIT and (authors := people.byline(line)):
            del blocks[at]
            return authors
    return ()


def _take_bios(blocks: list[Block], names: Sequence[str]) -> tuple[AuthorView, ...]:
    """Take out the last paragraphs that introduce the authors, with those that go on about the same person."""
    bios: list[AuthorView] = []
    lowest = max(1, len(blocks) - _TAIL_BLOCKS - 2 * len(names))
    at = next((at for at in range(lowest, len(blocks)) if _introductions(blocks[at], names)), len(blocks))
    while at < len(blocks):
        introductions = _introductions(blocks[at], names)
        if introductions:
            bios += introductions
        elif bios and not blocks[at].hint and people.goes_on(blocks[at].text):
            last = bios.pop()
            bios.append(AuthorView(last.name, last.email, f"{last.bio} {one_line(blocks[at].text)}"))
        else:
            at += 1
            continue
        del blocks[at]
    return tuple(bios)


def _introductions(block: Block, names: Sequence[str]) -> list[AuthorView]:
    text = one_line(block.text)
    if len(text) > NOTE_LIMIT or block.hint not in ("", "bio"):
        return []
    pieces = [people.bio(piece, names) for piece in people.split_bios(text, names)]
    return [author for author in pieces if author]
