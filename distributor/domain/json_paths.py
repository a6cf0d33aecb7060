"""Paths into JSON, as mappings write them: `post.current.title`, `items[0].title`, `authors[*].name`. Pure.

A small part of JSONPath (RFC 9535): names by dots, or quoted in brackets, numbers and `*` in brackets. `$.` in front is
taken and means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from distributor.domain.errors import BadInput

LONGEST: Final = 300  # characters
_STEP: Final = re.compile(r"\.?([^.\[\]\"'\s]+)|\[(\d{1,4}|\*)\]|\[(?:\"([^\"]*)\"|'([^']*)')\]")
_WILDCARD: Final = "*"

Step = str | int


def steps(path: str) -> tuple[Step, ...]:
    """Return a path's steps: names, numbers and “*” for all. Raises BadInput for what is none."""
    text = re.sub(r"^\$\.?", "", path.strip())
    parts: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or len(path) > LONGEST:
            break
        name = next((part for part in (match[1], match[3], match[4]) if part is not None), None)
        parts.append(name if name is not None else _WILDCARD if match[2] == _WILDCARD else int(match[2]))
        position = match.end()
    if not parts or position < len(text):
        raise BadInput(f"“{path[:80]}” is no path into JSON: write it as post.title or authors[0].name.")
    return tuple(parts)


def values_at(value: object, path: str) -> list[object]:
    """Return what is at a path in parsed JSON: nothing, one value, or several where it has a “*”. Raises BadInput."""
    values = [value]
    for step in steps(path):
        values = [inner for outer in values for inner in _inner(outer, step)]
    return values


def text_at(value: object, path: str) -> str:
    """Return the text or number at a path; "" for nothing, and for what is neither."""
    return next((text for entry in values_at(value, path) if (text := _text(entry))), "")


def texts_at(value: object, path: str) -> tuple[str, ...]:
    """Return the texts at a path, of a list each of its entries; objects give their `name`."""
    entries = [inner for entry in values_at(value, path) for inner in (entry if isinstance(entry, list) else [entry])]
    names = (entry.get("name") if isinstance(entry, Mapping) else entry for entry in entries)
    return tuple(text for name in names if (text := _text(name)))


def _inner(value: object, step: Step) -> Sequence[object]:
    if step == _WILDCARD and isinstance(value, list):
        return value
    if isinstance(step, int):
        return value[step : step + 1] if isinstance(value, list) else ()
    return (value[step],) if isinstance(value, Mapping) and step in value else ()


def _text(value: object) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
