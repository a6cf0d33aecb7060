"""Numbers of things in sentences."""

from __future__ import annotations


def count_words(number: int, noun: str, plural: str = "") -> str:
    """Return “1 letter”, “2 letters”."""
    return f"1 {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"
