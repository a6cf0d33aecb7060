"""Numbers of rows and versions as forms and addresses carry them: whatever anyone may have typed there."""

from __future__ import annotations

from typing import Final

_DIGITS: Final = 9  # of an integer column of 31 bits; what is longer is the number of nothing


def row_number(text: str) -> int | None:
    """Return the number that a text says, None for what can be no row's or version's."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None
