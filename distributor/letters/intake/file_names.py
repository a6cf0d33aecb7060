"""What the name of a Markdown file says of its letter, in the ways of Obsidian and Jekyll. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from distributor.letters.intake.dates import moment

_TITLE: Final = re.compile(r"(?P<title>[^/\\\n]+ [^/\\\n]+)\.(?:md|markdown|mdown|mkd)", re.IGNORECASE)
_POST: Final = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})-(?P<slug>[^/\\\n ]+)\.(?:md|markdown|mdown|mkd)", re.IGNORECASE)


def title(name: str) -> str:
    """Return a file's name as a title where it is several words, as the notes of Obsidian have it; "" for others."""
    match = _TITLE.fullmatch(name)
    return match["title"].strip() if match else ""


def day(name: str) -> datetime | None:
    """Return the day of a post as Jekyll names its files: "2026-03-02-the-ice.md"."""
    match = _POST.fullmatch(name)
    return moment(match["day"]) if match else None


def slug(name: str) -> str:
    """Return the end of a post's address, as Jekyll names its files."""
    match = _POST.fullmatch(name)
    return match["slug"] if match else ""
