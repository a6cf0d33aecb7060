"""Turns sources into drafts: pages, their visible text, Markdown and feeds. Reads; stores nothing.

`read_sources` reads a file, a folder, a URL or standard input; `parse_apart` takes bytes here already, within limits
of time and memory, and `markdown_apart` just makes HTML of Markdown; `parse` is the same without limits; `to_json` is
what `inspect --json` prints. How a source's kind is told: `source_kinds`; a page's parts: `anatomy`; the share bar:
`share_bar` and `share_words`; series and ordinals: `series` and `ordinals`.
"""

from __future__ import annotations

from distributor.letters.intake.drafts import to_json
from distributor.letters.intake.parser import parse
from distributor.letters.intake.parser_processes import markdown_apart, parse_apart
from distributor.letters.intake.sources import read_sources, read_upload

__all__ = ["markdown_apart", "parse", "parse_apart", "read_sources", "read_upload", "to_json"]
