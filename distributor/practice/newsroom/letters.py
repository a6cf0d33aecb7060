"""The letters that the practice newsroom has published, and its feed as a honest site writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from distributor.practice.store import Store, now

CHANNEL = "newsroom"  # of the store's notes
NAME = "The Practice Newsroom"


@dataclass(frozen=True, slots=True)
class PublishedLetter:
    """One letter on the newsroom's site. `html` is its whole text."""

    number: int
    title: str
    html: str
    author: str
    at: datetime
    summary: str = ""

    @property
    def path(self) -> str:
        return f"/newsroom/letters/{self.number}"

    @property
    def guid(self) -> str:
        return f"tag:newsroom.practice.invalid,2026:letter-{self.number}"


def publish(store: Store, payload: dict[str, Any]) -> PublishedLetter:
    """Publish a letter of a title and HTML. Raises ValueError where it has none."""
    title, html = str(payload.get("title", "")).strip(), str(payload.get("html", "")).strip()
    if not title or not html:
        raise ValueError("A letter has a title and html.")
    number = len(store.names(CHANNEL, "letter:")) + 1
    at = datetime.fromisoformat(payload["at"]) if payload.get("at") else now()
    values = {"title": title, "html": html, "author": str(payload.get("author", "")), "at": at.isoformat()}
    store.keep(CHANNEL, f"letter:{number:06}", values)
    return _letter(number, values)


def letters(store: Store) -> list[PublishedLetter]:
    """Return what was published, the newest first, as feeds have it."""
    rows = [(int(name.partition(":")[2]), store.note(CHANNEL, name)) for name in store.names(CHANNEL, "letter:")]
    return [_letter(number, values) for number, values in sorted(rows, key=lambda row: -row[0]) if values]


def atom(
    entries: Sequence[PublishedLetter], *, site: str, feed_path: str = "/newsroom/feed.atom", hub: str = ""
) -> str:
    """Return an Atom feed (RFC 4287) of letters; `site` is the origin of their addresses."""
    update_time = entries[0].at.isoformat() if entries else "2026-01-01T00:00:00+00:00"
    hub_link = f'<link rel="hub" href="{escape(hub)}"/>' if hub else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{NAME}</title><id>tag:newsroom.practice.invalid,2026:feed</id><updated>{update_time}</updated>"
        f'<link rel="self" href="{site}{feed_path}"/><link href="{site}/newsroom"/>{hub_link}'
        f"{''.join(_entry(letter, site) for letter in entries)}</feed>\n"
    )


def _entry(letter: PublishedLetter, site: str) -> str:
    author = f"<author><name>{escape(letter.author)}</name></author>" if letter.author else ""
    at = letter.at.isoformat()
    return (
        f"<entry><title>{escape(letter.title)}</title><id>{escape(letter.guid)}</id>"
        f'<link href="{site}{letter.path}"/>{author}<published>{at}</published><updated>{at}</updated>'
        f'<content type="html">{escape(letter.html)}</content></entry>'
    )


def _letter(number: int, values: dict[str, Any]) -> PublishedLetter:
    at = datetime.fromisoformat(values["at"])
    return PublishedLetter(number, values["title"], values["html"], values["author"], at)
