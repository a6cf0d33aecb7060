"""A letter's parts among the blocks of its page: the rules that HTML and visible text share. Pure.

In order: title, share bar, editor's note, byline, the letter, bio, then what
the page adds. Parts are known by what the markup says of them (`Block.hint`), else by how they read. What does not
read like a part is the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from distributor.domain.letters import AuthorView
from distributor.letters.intake import chrome, people, tool_lines
from distributor.letters.intake.letter_end import tail_of, take_bios
from distributor.letters.intake.parts import NOTE_LIMIT, Block, Parts, one_line
from distributor.letters.intake.series import names_series
from distributor.letters.intake.share_words import from_label, is_only_sharing

_ED = re.compile(
    r"(?:(?<!\w)[―—–‒‐-]{1,2}|\(|\[|/)\s*(?:the\s+)?(?:ed(?:itors?)?\b\.?|eds?\.)\s*[)\]]?\W*"
    r"|[(\[〈<―—–-]\s*편집자\s*(?:주|註|글)?\s*[)\]〉>]?\W*|\s편집자\s*(?:주|註)\W*",
    re.IGNORECASE,
)
_NOTE_BEGINS = re.compile(
    r"\W*(?:editor(?:['’]?s|s['’])?\s+note\b|note from the editors?\b|ed\.?\s+note\b|편집자\s*(?:주|註|노트))",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"(?:my |our )?(?:dear|dearest|to (?:the|my|our|whom)|hello|greetings|esteemed|honou?red)\b.{0,80}[,:!…—]?$"
    r"|.{1,40}(?:에게|께|귀하|님들?께|여러분|님)[,.!…]?$",
    re.IGNORECASE,
)
_HEAD_BLOCKS = 12  # how far below the title a note or byline is looked for
_LEAST_LENGTH = 20  # characters: what is shorter, buttons and labels, is not named among what was left out
_LINK_LENGTH = 150  # characters: what is all link and no longer leads elsewhere
_LONG = 80  # characters: above the byline, what is shorter is a standfirst, a date or a caption


def dissect(blocks: Sequence[Block], *, title: str, authors: Sequence[AuthorView] = ()) -> Parts:
    """Tell the parts of a letter apart. `blocks` are those of the page; `authors` names known from elsewhere."""
    parts = Parts(section=section_of([block.text for block in blocks]))
    blocks = _below_title(blocks, title)
    end = tail_of(blocks, [author.name for author in authors])
    end_line = one_line(blocks[end].text) if end < len(blocks) else ""
    head, tail = list(blocks[:end]), list(blocks[end:])
    note_at = _note(head)
    if note_at:
        parts.note = " ".join(one_line(block.text) for block in head[note_at[0] : note_at[1]])
        if _below_letter(head, *note_at):
            for block in head[note_at[0] : note_at[1]]:
                block.hint = "note"
            note_at = None
    byline_at, byline_authors = _byline(head, after=note_at[1] if note_at else 0)
    start = max(note_at[1] if note_at else 0, byline_at + 1 if byline_at is not None else 0)
    above = [block for position, block in enumerate(head[:start]) if _belongs(block, position, note_at, byline_at)]
    body = above + head[start:]
    byline_authors = byline_authors or tuple(authors)
    body, bios = take_bios(body, tail, [author.name for author in byline_authors])
    parts.authors = people.merge(byline_authors, bios)
    names = {author.name for author in byline_authors}
    parts.body = _trim(_without_tools([block for block in body if _is_letter(block)], names), names)
    parts.left_out = _omissions(head, tail, parts, end_line)
    return parts


def _omissions(head: Sequence[Block], tail: Sequence[Block], parts: Parts, end_line: str) -> list[Block]:
    """Return the blocks in the letter's container that became no part of it, each with the reason."""
    letter_blocks = {id(block) for block in parts.body}
    texts = [parts.note, *(author.bio for author in parts.authors)]
    pieces: list[Block] = []
    place = 0
    for position, block in enumerate([*head, *tail]):
        line = one_line(block.text)
        place += id(block) in letter_blocks
        block.place = place
        is_part = (
            id(block) in letter_blocks
            or block.hint in ("byline", "title", "section")
            or any(line in text for text in texts)
        )
        if not block.inside or is_part or ((not block.reason or line in block.reason) and _is_no_loss(line)):
            continue
        if not block.reason:
            behind = f"It stands behind “{end_line[:60]}”, where the letter seems to end."
            block.reason = behind if position >= len(head) else _reason(block)
        pieces.append(block)
    return pieces


def _is_no_loss(line: str) -> bool:
    """Return whether a line is no loss: a button, a byline, a date."""
    return len(line) < _LEAST_LENGTH or bool(people.byline(line)) or chrome.is_date(line)


def _reason(block: Block) -> str:
    if block.hint == "aside":
        return "Its page calls it a subtitle, a date or the like."
    if block.hint in ("bio", "note"):
        return "Its page calls it a note or a bio."
    return "It reads like a button, a label or a list of links beside the letter."


def section_of(lines: Sequence[str]) -> str:
    """Return the section's name that stands behind "go top", on its line or the next: "LETTER"."""
    for position, line in enumerate(lines):
        behind = chrome.go_top(line)
        if behind is None:
            continue
        if chrome.is_section_name(behind):
            return behind
        next_line = lines[position + 1] if position + 1 < len(lines) and not behind else ""
        # On a line of its own it is a section only when it looks like one: a footer may follow as well.
        if chrome.is_section_name(next_line) and (next_line.isupper() or re.fullmatch(r"[가-힣]{1,8}", next_line)):
            return next_line
    return ""


def is_note(text: str) -> bool:
    """Return whether a paragraph is marked as the editor's: "… ― ED.", "Editor's note: …", "(편집자 주)"."""
    if len(text) > NOTE_LIMIT:
        return False
    return bool(_NOTE_BEGINS.match(text) or re.search(rf"(?:{_ED.pattern})$", text[-40:], re.IGNORECASE))


def begins_note(text: str) -> bool:
    """Return whether a paragraph begins by saying that it is the editor's."""
    return bool(_NOTE_BEGINS.match(text))


def is_share_line(text: str) -> bool:
    """Return whether a line is a share button's label and nothing else."""
    button = from_label(text) if len(text) <= 60 else None
    return bool(button and button.sure) or (len(text) <= 60 and is_only_sharing(text))


def _below_title(blocks: Sequence[Block], title: str) -> list[Block]:
    """Drop what is furniture anywhere, and all above the title but a note or byline that the markup names."""
    content = [block for block in blocks if not _furniture(block)]
    title_positions = {
        at for at, block in enumerate(content) if block.hint == "title" or (title and one_line(block.text) == title)
    }
    if not title_positions:
        return content
    first = min(title_positions)
    if _prose(content[:first]) > _prose(content[first:]):  # a title shown again, below the letter
        return [block for at, block in enumerate(content) if at not in title_positions]
    above = [block for block in content[:first] if block.hint in ("note", "byline", "bio")]
    return above + [block for at, block in enumerate(content) if at > first and at not in title_positions]


def _prose(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.inside and chrome.is_prose(block.text))


def _furniture(block: Block) -> bool:
    if block.hint in ("note", "byline", "bio", "figure", "title"):
        return False
    return not block.text or chrome.is_chrome(block.text) or is_share_line(one_line(block.text))


def _note(head: Sequence[Block]) -> tuple[int, int] | None:
    """Return the blocks (from, to) that are the editor's note."""
    hint_positions = [at for at, block in enumerate(head) if block.hint == "note"]
    if hint_positions:
        return hint_positions[0], hint_positions[-1] + 1 if hint_positions[-1] - hint_positions[0] == len(
            hint_positions
        ) - 1 else hint_positions[0] + 1
    position = next((at for at, block in enumerate(head[:_HEAD_BLOCKS]) if is_note(block.text)), None)
    if position is not None:
        return _whole_note(head, position), position + 1
    for at, block in enumerate(head[:_HEAD_BLOCKS]):
        if _SALUTATION.match(block.text) or block.hint == "byline" or people.byline(block.text):
            return None
        if len(block.text) <= NOTE_LIMIT and names_series(one_line(block.text)):
            return at, at + 1
    return None


def _below_letter(head: Sequence[Block], first: int, end: int) -> bool:
    """Return whether a note stands under the letter, as a correction does, and so marks no beginning."""
    before = sum(1 for block in head[:first] if chrome.is_prose(block.text) and not people.byline(block.text))
    return before >= 2 or not any(chrome.is_prose(block.text) for block in head[end:])


def _whole_note(head: Sequence[Block], end: int) -> int:
    """A note of several paragraphs has its mark at the end of the last one: go back to where it names the series."""
    if _NOTE_BEGINS.match(head[end].text):
        return end
    if len(head[end].text) < 15 and end:  # the mark stands alone
        end -= 1
    for at in range(end - 1, max(end - 4, -1), -1):
        text = head[at].text
        if _SALUTATION.match(text) or people.byline(text) or not chrome.is_prose(text) or len(text) > NOTE_LIMIT:
            break
        if names_series(one_line(text)):
            return at
    return end


def _byline(head: Sequence[Block], *, after: int) -> tuple[int | None, tuple[AuthorView, ...]]:
    """Return where the byline is and whom it names.

    The position is None where the byline stands below the letter and so marks no beginning; it is taken out of the
    letter then. A line between sentences of the letter is no byline unless the markup says so.
    """
    seen_prose = 0
    last_prose = max((at for at, block in enumerate(head) if chrome.is_prose(block.text)), default=-1)
    for at, block in enumerate(head):
        behind = head[at + 1] if at + 1 < len(head) else None
        above_date = behind is not None and chrome.is_date(one_line(behind.text)) and not seen_prose
        authors = _authors_of(block, sure=block.hint == "byline", above_date=above_date)
        if authors and seen_prose <= 1 and last_prose > at:
            return at, authors
        if authors and (block.hint == "byline" or at >= len(head) - 3):
            block.hint = "aside"
            return None, authors
        if at >= after and block.hint != "bio" and (chrome.is_prose(block.text) or _SALUTATION.match(block.text)):
            seen_prose += 1
    return None, ()


def _authors_of(block: Block, *, sure: bool, above_date: bool = False) -> tuple[AuthorView, ...]:
    """`above_date`: a date stands below, so that a name alone is a byline as well: "SEO HANEUL", "NOV 29, 2026"."""
    text = one_line(block.text)
    if block.hint not in ("", "heading", "byline") or len(text) > 200:
        return ()
    authors = people.byline(text)
    if not authors and (sure or (above_date and 2 <= len(text.split()) <= 4 and people.is_name(text))):
        authors = tuple(AuthorView(name) for name in people.names_in(text))
    return authors


def _belongs(block: Block, at: int, note_at: tuple[int, int] | None, byline_at: int | None) -> bool:
    """Return whether a block above the letter's beginning is the letter's all the same: a picture, a long paragraph."""
    if at == byline_at or (note_at and note_at[0] <= at < note_at[1]) or block.hint in ("byline", "note", "section"):
        return False
    if block.hint in ("figure", "standfirst"):
        return True
    return block.inside and len(block.text) >= _LONG and chrome.is_prose(block.text) and not block.links > 0.5


def _is_letter(block: Block) -> bool:
    if block.hint == "byline":  # one that names nobody: a date, a place
        return block.inside and len(block.text) >= _LONG
    if block.hint == "aside" and not block.reason and len(block.text) >= _LONG and chrome.is_prose(block.text):
        return block.inside  # a standfirst of whole sentences
    return block.inside and block.hint not in ("aside", "section", "bio", "note")


def _without_tools(body: Sequence[Block], names: set[str]) -> list[Block]:
    """Leave out the buttons above the first words of the letter, also those below its first picture."""
    at = next(
        (
            at
            for at, block in enumerate(body)
            if block.hint != "figure" and not _furniture_around(block, names) and not _is_tool_bar(block)
        ),
        len(body),
    )
    return [*(block for block in body[:at] if block.hint == "figure"), *body[at:]]


def _is_tool_bar(block: Block) -> bool:
    return block.hint != "heading" and tool_lines.is_tool_bar(block.text)


def _trim(body: list[Block], names: set[str]) -> list[Block]:
    """Take page furniture from both ends of the letter, where its words can't be meant."""
    first, last = 0, len(body)
    while first < last and _furniture_around(body[first], names):
        first += 1
    while last > first and (_is_bare_heading(body[last - 1]) or _furniture_around(body[last - 1], names)):
        last -= 1
    return body[first:last]


def _is_bare_heading(block: Block) -> bool:
    """Return whether a block is a heading, and no paragraph that a page shows as large as one."""
    return block.hint == "heading" and not (len(block.text) >= _LONG and chrome.is_prose(block.text))


def _furniture_around(block: Block, names: set[str]) -> bool:
    if block.hint == "figure":
        return False
    if any(author.name in names for author in _authors_of(block, sure=False)):  # the byline once more
        return True
    line = one_line(block.text)
    if chrome.is_chrome_around(line) or chrome.begins_box(line):
        return True
    return block.links > 0.8 and (not chrome.is_prose(block.text) or len(block.text) < _LINK_LENGTH)
