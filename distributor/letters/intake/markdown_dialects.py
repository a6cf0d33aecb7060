"""What Markdown is written in beyond CommonMark, turned into it: Obsidian's, Hugo's, Jekyll's and others'. Pure.

What can't be turned is left out and named, so that no template call, comment or mark of an editor reaches a reader.
Which dialect a file is written in is not asked: their signs are told apart by themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any, Final

from distributor.domain.letters import LeftOut
from distributor.letters.intake.manuscript import Manuscript
from distributor.letters.intake.markdown_boxes import read_boxes
from distributor.letters.intake.markdown_comments import read_comments, read_open_comment
from distributor.letters.intake.markdown_hugo import read_hugo, shown_literally
from distributor.letters.intake.markdown_jekyll import read_jekyll, set_raw_aside, table_of_contents
from distributor.letters.intake.markdown_obsidian import FILLED_BLOCKS, read_obsidian

_CONTENTS: Final = re.compile(
    r"^[ \t]*(?:\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}|@\[toc\])[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_CONTAINER: Final = re.compile(
    r"^[ \t]*:{3,}[ \t]*(?P<name>[A-Za-z][\w-]{0,40})?[ \t]*(?:\[(?P<label>[^\]\n]*)\])?(?P<title>[^{}\n]*)"
    r"(?:\{[^{}\n]*\})?[ \t]*$",
    re.MULTILINE,
)
_NOTE_MARK: Final = re.compile(r"\[\^(?P<name>[^\[\]\s^]{1,100})\](?!:)")
_NOTE_BEGINS: Final = re.compile(r"(?<!\n)\n(?= {0,3}\[\^[^\[\]\s^]{1,100}\]:)")
_NOTE: Final = re.compile(
    r"^ {0,3}\[\^(?P<name>[^\[\]\s^]{1,100})\]:[ \t]*(?P<text>[^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*(?=\n[ \t]+\S)))*)",
    re.MULTILINE,
)


def to_commonmark(content: str, fields: dict[str, Any]) -> tuple[str, list[LeftOut]]:
    """Return a text as CommonMark with footnotes, and what was left out of it. `fields` is its front matter."""
    manuscript = Manuscript(content, fields)
    manuscript.set_code_aside(lambda language, body: _code_block(manuscript, language, body))
    set_raw_aside(manuscript)
    read_comments(manuscript)
    read_hugo(manuscript)
    read_jekyll(manuscript)
    manuscript.replace(_CONTENTS, lambda _: table_of_contents(manuscript))
    read_obsidian(manuscript)
    read_open_comment(manuscript)
    manuscript.replace(_CONTAINER, _container)
    read_boxes(manuscript)
    _read_notes(manuscript)
    return shown_literally(manuscript.whole(manuscript.text)), _by_count(manuscript.omissions)


def _code_block(manuscript: Manuscript, language: str, body: str) -> str | None:
    name = re.match(r"\{?\.?([\w-]*)", language)
    if name and name[1].lower() in FILLED_BLOCKS:
        reason = "It is no text: the app that it was written in makes something of it."
        return manuscript.leave_out(f"the block “{name[1]}”", reason, body)
    return None


def _container(match: re.Match[str]) -> str:
    """A box between lines of colons: its title stays, in bold."""
    title = (match["label"] or match["title"] or "").strip(" :")
    return f"\n**{title or match['name'].replace('-', ' ').capitalize()}**\n" if match["name"] else ""


def _read_notes(manuscript: Manuscript) -> None:
    """Leave out marks without a note and notes without a mark: the first would be seen as written, the second not."""
    manuscript.replace(_NOTE_BEGINS, lambda _: "\n\n")  # right below a paragraph it would be the paragraph's
    marks = {match["name"].lower() for match in _NOTE_MARK.finditer(manuscript.text)}
    notes = {match["name"].lower() for match in _NOTE.finditer(manuscript.text)}
    if marks - notes:
        manuscript.replace(_NOTE_MARK, lambda match: _mark(match, notes, manuscript))
    if notes - marks:
        manuscript.replace(_NOTE, lambda match: _note(match, marks, manuscript))


def _mark(match: re.Match[str], notes: set[str], manuscript: Manuscript) -> str:
    if match["name"].lower() in notes:
        return match[0]
    return manuscript.leave_out(f"the footnote's mark “{match[0]}”", "The file has no note of this name.")


def _note(match: re.Match[str], marks: set[str], manuscript: Manuscript) -> str:
    if match["name"].lower() in marks:
        return match[0]
    return manuscript.leave_out(f"the footnote “{match['name']}”", "Nothing in the letter refers to it.", match["text"])


def _by_count(pieces: list[LeftOut]) -> list[LeftOut]:
    """Return each piece once, with how often it was left out where that is more than once."""
    counts = Counter(pieces)
    return [
        piece if count == 1 else replace(piece, what=f"{piece.what} ({count} times)", length=piece.length * count)
        for piece, count in counts.items()
    ]
