"""Which entries of a feed are news: what goes out by itself or with the feed, and what is archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

# What was published so short a time before a feed was read first may have been missing in it: feeds are cached.
GRACE: Final = timedelta(days=1)

EntryKind = Literal["news", "archive", "known"]
Choice = Literal["news", "newest", "all"]
CHOICES: Final[tuple[Choice, ...]] = ("news", "newest", "all")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed as it was read: whether it became a new letter, and when it was published (aware)."""

    created: bool
    published_at: datetime | None = None


def entry_kinds(entries: Sequence[Entry], *, connected_at: datetime | None) -> tuple[EntryKind, ...]:
    """Return what entries are, in the order of their feed, which was read first at `connected_at`, None for now.

    - What is in a feed when it is read first is archive, so that no feed floods anybody.
    - Later a new letter is news, unless it is older than that: a feed that shows more than before, or all anew. Where
      it has no date its place says so: feeds have the newest first, and behind all that was there stands older. In a
      feed that dates its entries a single one without a date is news wherever it stands.
    - A letter that was there already is known: changed or not, it does not go out again.
    """
    last_index = max((index for index, entry in enumerate(entries) if not entry.created), default=len(entries))
    tail = [entry for entry in entries[last_index + 1 :] if entry.published_at is None]
    is_dated = all(entry.published_at for entry in entries if not entry.created)
    archive_index = len(entries) if is_dated and len(tail) == 1 else last_index + 1
    return tuple(_kind(entry, index >= archive_index, connected_at) for index, entry in enumerate(entries))


def _kind(entry: Entry, is_behind: bool, connected_at: datetime | None) -> EntryKind:
    if not entry.created:
        return "known"
    if connected_at is None:
        return "archive"
    is_old = is_behind if entry.published_at is None else entry.published_at < connected_at - GRACE
    return "archive" if is_old else "news"


def selection(entries: Sequence[Entry], kinds: Sequence[EntryKind], choice: Choice) -> tuple[bool, ...]:
    """Return for each entry whether it is to go out: the news, beside them the newest one, or all.

    The newest is that of the latest date; where none has one it is the first, as feeds are ordered.
    """
    if choice == "all":
        return (True,) * len(entries)
    newest = _newest(entries) if choice == "newest" else None
    return tuple(part == "news" or index == newest for index, part in enumerate(kinds))


def _newest(entries: Sequence[Entry]) -> int:
    dates = [(entry.published_at, -index) for index, entry in enumerate(entries) if entry.published_at]
    return -max(dates)[1] if dates else 0
