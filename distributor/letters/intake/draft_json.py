"""A draft on its way between two of our processes, with all that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from distributor.domain.letters import AuthorView, Draft, LeftOut, SeriesView
from distributor.domain.source_keys import SourceKey


def write(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON has it."""
    return {**asdict(draft), "published_at": draft.published_at.isoformat() if draft.published_at else None}


def read(entry: Mapping[str, Any]) -> Draft:
    """Return the draft that `write` wrote."""
    time, series = entry["published_at"], entry["series"]
    return Draft(
        **{
            **entry,
            "published_at": datetime.fromisoformat(time) if time else None,
            "series": SeriesView(**series) if series else None,
            "authors": tuple(AuthorView(**author) for author in entry["authors"]),
            "share_bar": tuple(entry["share_bar"]),
            "tags": tuple(entry.get("tags", ())),
            "missing": tuple(entry["missing"]),
            "left_out": tuple(LeftOut(**piece) for piece in entry["left_out"]),
            "notices": tuple(entry["notices"]),
            "pictures": (),  # the parser has none: they are looked for beside the letter later
            "keys": tuple(SourceKey(**key) for key in entry["keys"]),
        }
    )
