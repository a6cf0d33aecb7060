"""Obsidian's Markdown: comments, links between notes, embeds, callouts, highlights, blocks that plugins fill. Pure.

As its help describes them under “Obsidian Flavored Markdown”, “Internal links”, “Embed files” and “Callouts”.
"""

from __future__ import annotations

import re
from typing import Final

from distributor.letters.intake.manuscript import Manuscript

_COMMENT: Final = re.compile(r"%%(?P<text>(?:(?!%%).){0,50000})%%", re.DOTALL)
_EMBED: Final = re.compile(r"!\[\[(?P<target>[^\[\]|\n]{1,500})(?:\|(?P<label>[^\[\]\n]{0,500}))?\]\]")
_LINK: Final = re.compile(r"\[\[(?P<target>[^\[\]|\n]{1,500}?)\\?(?:\|(?P<label>[^\[\]\n]{1,500}))?\]\]")
_SIZE: Final = re.compile(r"\s*\d{1,5}(?:x\d{1,5})?\s*")
_SIZED_ALT: Final = re.compile(r"!\[(?P<alt>[^\[\]|\n]{0,500})\|\s*\d{1,5}(?:x\d{1,5})?\s*\](?=\()")
_HIGHLIGHT: Final = re.compile(r"(?<![=\w])==(?=[^\s=])(?P<text>[^=\n]{1,1000})(?<=[^\s=])==(?![=\w])")
_CALLOUT: Final = re.compile(
    r"^(?P<quote>(?:[ \t]{0,3}>)++[ \t]?)\[!(?P<kind>\w[\w-]{0,40})(?:\|[^\]\n]{0,100})?\][-+]?[ \t]*"
    r"(?P<title>[^\n]*)$",
    re.MULTILINE,
)
_BLOCK_NAME: Final = re.compile(
    r"(?<![ \t])[ \t]+\^[A-Za-z0-9-]{1,64}[ \t]*$|^\^[A-Za-z0-9-]{1,64}[ \t]*$", re.MULTILINE
)
_PICTURES: Final = ("avif", "bmp", "gif", "jpeg", "jpg", "png", "svg", "webp")
# Blocks of code that the app or its plugins fill; their source is no text for readers.
FILLED_BLOCKS: Final = frozenset(
    {"dataview", "dataviewjs", "tasks", "query", "base", "mermaid", "button", "excalidraw", "kanban", "tracker", "toc"}
)


def read_obsidian(manuscript: Manuscript) -> None:
    """Turn what is Obsidian's into Markdown; leave out comments, notes in notes and files."""
    manuscript.replace(_COMMENT, lambda match: _without_comment(match, manuscript))
    manuscript.replace(_EMBED, lambda match: _embed(match, manuscript))
    manuscript.replace(_LINK, lambda match: _link(match, manuscript))
    manuscript.replace(_SIZED_ALT, lambda match: f"![{match['alt']}]")
    manuscript.replace(_HIGHLIGHT, lambda match: f"<mark>{match['text']}</mark>")
    manuscript.replace(_CALLOUT, _callout)
    manuscript.replace(_BLOCK_NAME, lambda _: "")


def _without_comment(match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out("comment", "Obsidian shows “%% … %%” to nobody but its writer.", match["text"])


def _embed(match: re.Match[str], manuscript: Manuscript) -> str:
    target = match["target"].strip()
    label = match["label"] or ""
    file = target.partition("#")[0]
    if file.rpartition(".")[2].lower() in _PICTURES:
        return f"![{'' if _SIZE.fullmatch(label) else label.strip()}](<{file}>)"
    kind = "file" if re.search(r"\.\w{2,4}$", file) else "note"
    return manuscript.leave_out(f"the embedded {kind} “{target}”", "It is in the vault, and not in this file.")


def _link(match: re.Match[str], manuscript: Manuscript) -> str:
    """A link to a note is its label, or the note's name as Obsidian shows it: "Note > Heading"."""
    target = match["target"].strip()
    label_text = (match["label"] or re.sub(r"\s*#\^?\s*", " > ", target.removeprefix("#"))).strip()
    manuscript.leave_out(
        f"the link to the note “{target}”", f"Notes have no address of their own: “{label_text}” stays as words."
    )
    return label_text


def _callout(match: re.Match[str]) -> str:
    """The first line of a quotation with a title: GitHub's alerts and Obsidian's callouts."""
    title = match["title"].strip() or match["kind"].replace("-", " ").capitalize()
    return f"{match['quote']}**{title}**\n{match['quote'].rstrip()}"
