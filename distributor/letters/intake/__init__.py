"""Turns sources into drafts: pages, their visible text, Markdown and feeds. Reads; stores nothing.

`read_sources` reads a file, a folder, a URL or standard input; `parse` takes bytes here already; `to_json` is
what `inspect --json` prints. How a source's kind is told: `kinds`; a page's parts: `anatomy`; the share bar:
`share_bar` and `share_words`; series and ordinals: `series` and `ordinals`.
"""

from __future__ import annotations

from distributor.letters.intake.drafts import to_json
from distributor.letters.intake.sources import parse, read_sources

__all__ = ["parse", "read_sources", "to_json"]
