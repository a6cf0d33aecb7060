"""`distributor inspect`: what intake understands of a source, and what it did not find. Needs no database."""

from __future__ import annotations

import sys
from datetime import UTC
from typing import TYPE_CHECKING

import click

from distributor.cli import output
from distributor.domain.draft_gaps import gap_words
from distributor.domain.times import stamp

if TYPE_CHECKING:
    from rich.console import Console

    from distributor.domain.letters import Draft


@click.command()
@click.argument("source")
@output.json_option
def inspect(source: str, as_json: bool) -> None:
    """Show what is understood of SOURCE: a file, a folder or zip file of files, an http(s) URL, or “-”."""
    drafts = read(source)
    if as_json:
        from distributor.letters.intake import to_json

        for draft in drafts:
            output.write_json(to_json(draft))
        return
    console = output.console()
    for draft in drafts:
        _show(draft, console)


def read(source: str, *, pictures: bool = False) -> list[Draft]:
    """Read all letters of a source, with copies of their pictures on the web where these are asked for.

    Raises SourceError, BadInput or AddressRefused.
    """
    from config.environment import allowed_networks
    from distributor.channels.addresses import ALLOWED_NETWORKS
    from distributor.letters.intake import read_sources
    from distributor.letters.intake.remote_pictures import with_remote_pictures

    ALLOWED_NETWORKS.fill("settings", allowed_networks())  # as the apps do, which this command needs not
    drafts = read_sources(source, stdin=sys.stdin.buffer)
    return list(map(with_remote_pictures, drafts)) if pictures else drafts


def _show(draft: Draft, console: Console) -> None:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in _lines(draft):
        table.add_row(label, Text(value) if value else Text("not found", style="yellow"))
    paragraphs = [line for line in draft.body_text.splitlines() if line.strip()]
    words = len(draft.body_text.split())
    table.add_row("letter", Text(f"{_count(len(paragraphs), 'paragraph')}, {_count(words, 'word')}"))
    if paragraphs:
        table.add_row("begins", Text(paragraphs[0]))
        table.add_row("ends", Text(paragraphs[-1]))
    for piece in draft.left_out:
        length = _count(piece.length, "character")
        table.add_row("left out", Text(f"{piece.what} ({length}): {piece.why}", style="yellow"))
    for sentence in (draft.withheld, *draft.notices):
        if sentence:
            table.add_row("notice", Text(sentence, style="yellow"))
    if gaps := gap_words(draft):
        table.add_row("missing", Text(gaps, style="yellow"))
    console.print(Panel(table, title=Text(draft.title, style="bold"), title_align="left", border_style="dim"))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _lines(draft: Draft) -> list[tuple[str, str]]:
    number = f", number {draft.series.number}" if draft.series and draft.series.number else ""
    authors = "\n".join(f"{author.name} ({author.email})" if author.email else author.name for author in draft.authors)
    return [
        ("series", f"{draft.series.title}{number}" if draft.series else ""),
        ("editor's note", draft.editor_note),
        ("authors", authors),
        ("bio", "\n".join(author.bio for author in draft.authors if author.bio)),
        ("section", draft.section),
        ("summary", draft.summary),
        ("tags", ", ".join(draft.tags)),
        *((f"words for {name}", text) for name, text in draft.social.items()),
        ("language", f"{draft.language} (judged by its text)" if draft.language_inferred else draft.language),
        ("published", stamp(draft.published_at, draft.published_at.tzinfo or UTC) if draft.published_at else ""),
        ("address", draft.canonical_url),
        ("image", draft.image_url),
        ("image's alt text", draft.image_alt),
        ("share bar", " · ".join(draft.share_bar)),
    ]


COMMANDS = {"inspect": inspect}
