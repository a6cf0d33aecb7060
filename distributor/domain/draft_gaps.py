"""What a source does not say and its readers would miss. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from distributor.domain.letters import Draft

# By the field's name in a draft: its name in the API, and what people call it. Most letters have no series, section,
# editor's note or share bar, and miss nothing by that.
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "authors": ("authors", "author"),
    "published_at": ("published_at", "date"),
    "canonical_url": ("canonical_url", "address on the web"),
    "image_url": ("image", "picture"),
    "image_alt": ("image_alt", "what the picture shows"),
    "language": ("language", "language"),
}


def gap_fields(draft: Draft) -> tuple[str, ...]:
    """Return the fields that a draft's source lacks, by their names in the API; not what could be inferred."""
    return tuple(_NAMES[name][0] for name in _gaps(draft))


def gap_words(draft: Draft) -> str:
    """Return what a draft's source lacks, as people call it: “author, date”; "" for nothing."""
    return ", ".join(_NAMES[name][1] for name in _gaps(draft))


def _gaps(draft: Draft) -> list[str]:
    inferred_names = {"language"} if draft.language_inferred else set()
    return [name for name in draft.missing if name in _NAMES and name not in inferred_names]
