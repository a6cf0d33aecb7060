"""Cells that a spreadsheet would take for formulas, made harmless on the way out and read back on the way in.

What begins with = + - @, a tab or a line end may run as a formula where the file is opened (OWASP, “CSV Injection”):
such a cell gets an apostrophe before it, which spreadsheets take for “this is text”.
"""

from __future__ import annotations

import re

_STARTS = r"[=+@\t\r\n＝＋－＠-]"
_FORMULA = re.compile(f"'*{_STARTS}")
_HARMLESS = re.compile(f"'+{_STARTS}")

# `harmless` in SQL, for the expression of a text: COPY writes exports without a detour through Python.
SQL_HARMLESS = f"regexp_replace({{}}, '^(''*{_STARTS})', '''\\1')"


def harmless(cell: str) -> str:
    """Return a cell as text for a spreadsheet; `original` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def original(cell: str) -> str:
    """Return what a cell was before `harmless`."""
    return cell[1:] if _HARMLESS.match(cell) else cell
