"""What writers and editors leave in a text for themselves: comments, suggestions, properties, imports of a page. Pure.

MDX (`{/* … */}`, import, export), Jinja and its kin (`{# … #}`), Handlebars, Blade, Go and ERB templates, CriticMarkup
(`{>> … <<}`), Obsidian's comment without an end, Logseq's properties. Nothing of it is shown; all of it is named.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from distributor.letters.intake.manuscript import Manuscript

_HIDDEN: Final = r"(?P<text>(?:(?!{begin}).){{0,50000}}?)"


def _between(begin: str, end: str) -> re.Pattern[str]:
    """Not over another beginning: what never ends would be looked for again at each."""
    return re.compile(begin + _HIDDEN.format(begin=begin) + end, re.DOTALL)


_COMMENTS: Final = (
    ("Go templates show", _between(r"\{\{-?\s*/\*", r"\*/\s*-?\}\}")),
    ("Handlebars shows", _between(r"\{\{~?!(?:--)?", r"(?:--)?~?\}\}")),
    ("Blade shows", _between(r"\{\{--", r"--\}\}")),
    ("MDX shows", _between(r"\{\s*/\*", r"\*/\s*\}")),
    ("Jinja shows", _between(r"\{#-?(?=\s)", r"#\}")),
    ("ERB shows", _between(r"<%(?:#|--)", r"%>")),
    ("CriticMarkup shows", _between(r"\{>>", r"<<\}")),
    (
        "Logseq shows",
        re.compile(
            r"^[ \t]*:[A-Z]{3,20}:[ \t]*\n(?P<text>(?:(?!^[ \t]*:[A-Z]{3,20}:).){0,20000}?)^[ \t]*:END:[ \t]*$",
            re.MULTILINE | re.DOTALL,
        ),
    ),
)
_TEMPLATE_CALL: Final = re.compile(r"<%[=-]?(?P<text>(?:(?!<%).){0,2000}?)%>", re.DOTALL)
_DELETION: Final = _between(r"\{--", r"--\}")
_ADDITION: Final = _between(r"\{\+\+", r"\+\+\}")
_SUBSTITUTION: Final = re.compile(
    r"\{~~(?P<text>(?:(?!\{~~|~>).){0,5000}?)~>(?P<new>(?:(?!\{~~).){0,5000}?)~~\}", re.DOTALL
)
_HIGHLIGHT: Final = re.compile(r"\{==(?P<text>(?:(?!\{==).){0,5000}?)==\}", re.DOTALL)
_MODULE: Final = re.compile(
    r"^(?:import\s+(?:(?:[^;'\"\n]|\n(?!\n)){1,2000}?\sfrom\s+)?(?P<quote>['\"])[^'\"\n]{1,500}(?P=quote);?"
    r"|export\s+(?:const|let|var|default|async|function|class|\{|\*)(?:[^\n]|\n(?![ \t]*\n)){0,5000})[ \t]*$",
    re.MULTILINE,
)
_PROPERTY: Final = re.compile(
    r"^[ \t]*(?:[-*][ \t]+)?(?P<name>[A-Za-z][\w./-]{0,60})::(?=[ \t]|$)(?P<text>[^\n]{0,2000})$", re.MULTILINE
)
_BLOCK_REFERENCE: Final = re.compile(r"\(\([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\)\)")
_OPEN_COMMENT: Final = re.compile(r"(?<![\w%])%%(?!%)(?P<text>.*)\Z", re.DOTALL)


def read_comments(manuscript: Manuscript) -> None:
    """Leave out what is for nobody but those who write; of suggested changes, keep what is to be added."""
    for shows, pattern in _COMMENTS:
        manuscript.replace(pattern, partial(_comment, shows=shows, manuscript=manuscript))
    manuscript.replace(_SUBSTITUTION, lambda match: _deletion(match, manuscript) + match["new"])
    manuscript.replace(_DELETION, lambda match: _deletion(match, manuscript))
    manuscript.replace(_ADDITION, lambda match: match["text"])
    manuscript.replace(_HIGHLIGHT, lambda match: f"<mark>{match['text']}</mark>")
    manuscript.replace(_TEMPLATE_CALL, lambda match: _template_call(match, manuscript))
    manuscript.replace(_MODULE, lambda match: _module(match, manuscript))
    manuscript.replace(_PROPERTY, lambda match: _property(match, manuscript))
    manuscript.replace(_BLOCK_REFERENCE, lambda match: _block_reference(match, manuscript))


def read_open_comment(manuscript: Manuscript) -> None:
    """Leave out all behind a `%%` that is never closed, once those that are closed have been read."""
    manuscript.replace(_OPEN_COMMENT, lambda match: _comment(match, shows="Obsidian shows", manuscript=manuscript))


def _comment(match: re.Match[str], *, shows: str, manuscript: Manuscript) -> str:
    reason = f"{shows} it to nobody."
    if match[0].startswith("%%"):
        reason = "Obsidian shows nothing behind a “%%” that is never closed."
    return manuscript.leave_out("comment", reason, match["text"])


def _deletion(match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out("the deleted words", "CriticMarkup suggests to take them out.", match["text"])


def _template_call(match: re.Match[str], manuscript: Manuscript) -> str:
    reason = "It is a call of a template, which only the site's generator can carry out."
    return manuscript.leave_out(f"the call “{' '.join(match['text'].split())[:80]}”", reason)


def _module(match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out("import or export of MDX", "It is code of the page, and no text.", match[0])


def _property(match: re.Match[str], manuscript: Manuscript) -> str:
    reason = "It is a property of Logseq or Dataview, which is kept beside the text."
    return manuscript.leave_out(f"the property “{match['name']}”", reason, match["text"])


def _block_reference(match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out(f"the reference “{match[0]}”", "The block is in Logseq, and not in this file.")
