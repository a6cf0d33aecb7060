"""HTML from Markdown: CommonMark with what letters are written with beyond it. Pure.

Tables, strikethrough, task lists, definition lists, footnotes and bare addresses, as GitHub, Hugo, Jekyll and Obsidian
have them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_DEPTH: Final = 100  # nested quotations and lists: deeper ones are mistakes, or meant to exhaust the parser
_CHECKBOX: Final = re.compile(r"<input class=\"task-list-item-checkbox\"([^>]*)>")


def render(content: str) -> str:
    """Return Markdown as HTML, of which nothing is made safe yet.

    The boxes of tasks are characters, since forms are in no mail.
    """
    return _CHECKBOX.sub(lambda box: "☑" if "checked" in box[1] else "☐", _parser().render(content))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEPTH}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(footnote_plugin).use(tasklists_plugin).use(gfm_autolink_plugin)
    parser.add_render_rule("footnote_anchor", _no_anchor)
    parser.add_render_rule("footnote_caption", _caption)
    return parser


def _caption(_renderer: object, tokens: Sequence[Token], at: int, *_: object) -> str:
    """A note's number, the same wherever it is referred to."""
    return f"[{tokens[at].meta['id'] + 1}]"


def _no_anchor(*_: object) -> str:
    """The arrow from a note back to its mark: mails and feeds have nowhere to go back to."""
    return ""
