"""Markdown that an editor writes here: the letter's text and nothing else, as it stands. Pure.

Title, authors and note have fields of their own beside it. So no heading is taken as the title, no line as a byline,
and no paragraph as the note: a writer finds each word where they wrote it.
"""

from __future__ import annotations

from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.excess import check_markdown, check_markup
from distributor.letters.intake.markdown_html import render
from distributor.letters.intake.sanitise import plain_text, safe_markup


def read_editor_markdown(text: str, *, name: str, title: str) -> Findings:
    """Return what an editor wrote; `name` is for messages. Raises SourceError for what costs too much to read."""
    check_markdown(text, name=name)
    markup = render(text)
    check_markup(markup, name=name)
    safe = safe_markup(markup)
    return Findings(
        title=title,
        body_html=safe.html,
        body_text=plain_text(safe.html),
        left_out=safe.left_out,
        notices=safe.notices,
    )
