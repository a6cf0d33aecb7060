"""Sources that cost a parser far more than their length: counted before it sees them, in one go over the text.

What is counted here is what made libraries slow or ended them; `parser_processes` bounds what nobody has thought of.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Final

import yaml

from distributor.domain.errors import SourceError

MOST_BRACKETS: Final = 1_000  # “[” in one paragraph of Markdown: each is looked at again for all that follow
MOST_SECTIONS: Final = 100  # “<!” and “<?” in one paragraph of Markdown: each is looked for to the paragraph's end
MOST_ATTRIBUTES: Final = 2_000  # of one element: libxml2 compares each with all before it
LONGEST_FRONT_MATTER: Final = 100_000  # characters
DEEPEST_FRONT_MATTER: Final = 50

_EVENTS: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARAGRAPH_ENDS: Final = re.compile(r"\n[ \t]*\n")
_LONG_TAG: Final = re.compile(r"<[A-Za-z][A-Za-z0-9:-]*[\s/][^<>]{4000,}>")
_ATTRIBUTE: Final = re.compile(r"\"[^\"]*\"|'[^']*'|(?P<begin>[\s/][^\s/='\"])")  # or a value, in which none begins


def check_markup(text: str, *, name: str) -> None:
    """Raise SourceError for an element with far more attributes than any has."""
    for tag in _LONG_TAG.finditer(text):
        if _attributes(tag[0]) > MOST_ATTRIBUTES:
            raise SourceError(
                f"{name} has an element with more than {MOST_ATTRIBUTES:,} attributes: give the letter’s page as its "
                "site shows it, or its text."
            )


def _attributes(tag: str) -> int:
    """Return how many attributes a tag has, or one more than are too many."""
    beginnings = (True for match in _ATTRIBUTE.finditer(tag) if match["begin"])
    return sum(islice(beginnings, MOST_ATTRIBUTES + 1))


def check_markdown(text: str, *, name: str) -> None:
    """Raise SourceError for a paragraph that holds far more brackets than links."""
    for paragraph in _PARAGRAPH_ENDS.split(text):
        sections = paragraph.count("<!") + paragraph.count("<?")
        if paragraph.count("[") > MOST_BRACKETS or sections > MOST_SECTIONS:
            raise SourceError(
                f"{name} has a paragraph with more than {MOST_BRACKETS:,} “[” or {MOST_SECTIONS} “<!”: part it by "
                "empty lines, or write it without them."
            )


def check_front_matter(text: str, *, name: str) -> None:
    """Raise SourceError for front matter that no letter has. `text` is what stands between its fences."""
    if len(text) > LONGEST_FRONT_MATTER:
        raise SourceError(
            f"The front matter of {name} has more than {LONGEST_FRONT_MATTER:,} characters: leave in it what is about "
            "the letter."
        )


def check_nesting(text: str, *, name: str) -> None:
    """Raise SourceError for YAML that is nested far deeper than any letter's, YAMLError for what is none.

    The library's own reader of nested values calls itself, in C, until the process is gone.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_EVENTS):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_FRONT_MATTER:
            raise SourceError(
                f"The front matter of {name} is nested more than {DEEPEST_FRONT_MATTER} deep: flatten it."
            )
