"""What front matter says of a letter, by the names that people and site generators give its fields. Pure.

Ours, all optional: `title`, `summary`, `series` (a title, or `{title, number}`), `number`, `editor_note`, `author` or
`authors` (names, or `{name, email, bio}`), `email`, `bio`, `section`, `language`, `date`, `canonical_url`, `id`,
`slug`, `image` (an address, or `{url, alt}`), `image_alt`, `channels` or `share_bar` (a list, or words with commas),
`social` (a text for each channel), `tags` (a list, or words with commas), `draft` (see `embargoes`). Beside them the
names that Hugo, Jekyll, Zola, Eleventy, Astro, Ghost and Obsidian use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import author_names, people, share_words
from distributor.letters.intake.dates import aware, moment
from distributor.letters.intake.ordinals import value

Fields = Mapping[str, Any]

_SWITCHES: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WIKILINK: Final = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")  # as Obsidian writes a property that is a link
# The time at which it is to be public goes before the time of writing.
_DATES: Final = ("published_at", "publishdate", "publish_date", "published", "date", "pubdate", "created")
_IMAGES: Final = ("image", "image_url", "cover", "og_image", "featured_image", "feature_image", "heroimage", "images")
_MOST_AUTHORS: Final = 20


def word(fields: Fields, *names: str) -> str:
    """Return the first of these fields that holds a word, a line or a number; "" where none does."""
    for name in names:
        entry = fields.get(name)
        if isinstance(entry, (str, int, float)) and str(entry).strip():
            return " ".join(_WIKILINK.sub(r"\1", str(entry)).split())
    return ""


def title(fields: Fields) -> str:
    """Return the letter's title: any word is one, "Yes" as well."""
    return word(fields, "title")


def summary(fields: Fields) -> str:
    """Return what the newsroom says that the letter is about."""
    return _text(fields, "summary", "excerpt", "custom_excerpt", "description", "dek", "standfirst")


def section(fields: Fields) -> str:
    """Return the letter's section."""
    return _text(fields, "section", "category")


def language(fields: Fields) -> str:
    """Return the language as it is written there."""
    return _text(fields, "language", "lang", "locale")


def editor_note(fields: Fields) -> str:
    """Return the editor's note."""
    return _text(fields, "editor_note", "editors_note", "editor-note", "note")


def canonical(fields: Fields) -> str:
    """Return the letter's own address, or a path on its site."""
    return _text(fields, "canonical_url", "canonicalurl", "canonical", "url", "link")


def series(fields: Fields) -> SeriesView | None:
    """Return the series, with the letter's number in it."""
    entry = fields.get("series")
    if isinstance(entry, list) and entry:  # Hugo's taxonomies are lists
        entry = entry[0]
    if isinstance(entry, Mapping):
        name, number = word(entry, "title", "name"), word(entry, "number", "position", "part")
    else:
        name, number = _text({"series": entry}, "series"), ""
    number = number or word(fields, "number", "series_number", "series_order", "part")
    return SeriesView(name, value(number)) if name else None


def authors(fields: Fields, text_authors: Sequence[AuthorView]) -> tuple[AuthorView, ...]:
    """Return the authors, with what `text_authors`, those of the text, add to them; they alone where none are named."""
    entry = fields.get("authors", fields.get("author"))
    entries = entry if isinstance(entry, list) else [entry]
    writers = [author for entry in entries[:_MOST_AUTHORS] for author in _people(entry)]
    if len(writers) == 1:
        email, bio = word(fields, "email", "author_email"), word(fields, "bio", "author_bio")
        writers[0] = replace(writers[0], email=writers[0].email or email, bio=writers[0].bio or bio)
    return people.merge(writers, text_authors) if writers else tuple(text_authors)


def published_at(fields: Fields, source: str) -> tuple[datetime | None, str]:
    """Return the time of publication, and a sentence where something of it had to be supposed.

    Raises SourceError for a date that can't be read.
    """
    for name in _DATES:
        entry = fields.get(name)
        if isinstance(entry, datetime):
            return aware(entry), "" if entry.tzinfo else _zone_notice(entry.isoformat(" "))
        if isinstance(entry, date):
            return aware(datetime.combine(entry, time())), ""
        if not isinstance(entry, str) or not entry.strip() or switch(fields, name) is not None:
            continue
        date_text = entry.strip()
        if read := moment(date_text):
            return read, ""
        if read := moment(date_text, zone=UTC):
            return read, _zone_notice(date_text)
        raise SourceError(f"The date “{date_text[:40]}” of {source} can't be read: write 2026-03-02 09:00+09:00.")
    return None, ""


def image(fields: Fields) -> tuple[str, str]:
    """Return the picture's address, absolute or not, and what it shows."""
    alt = word(fields, "image_alt", "cover_alt", "featured_image_alt", "feature_image_alt", "heroalt", "alt")
    for name in _IMAGES:
        entry = fields.get(name)
        if isinstance(entry, list) and entry:
            entry = entry[0]
        if isinstance(entry, Mapping):
            address = _text(entry, "url", "src", "path", "image", "file")
            inner_alt = word(entry, "alt", "description", "caption")
        else:
            address, inner_alt = _text({name: entry}, name), ""
        if address:
            return address, alt or inner_alt
    return "", alt


def share_bar(fields: Fields) -> tuple[str, ...]:
    """Return words for channels, as people write them: "X" is `twitter`, "email" is `mail`; others stay as they are."""
    entry = fields.get("share_bar", fields.get("channels", fields.get("share")))
    words = entry if isinstance(entry, list) else entry.split(",") if isinstance(entry, str) else []
    plain = [str(word).strip().lower() for word in words if isinstance(word, str)]
    return tuple(dict.fromkeys(_channel(word) for word in plain if word and word not in _SWITCHES))


def social(fields: Fields) -> dict[str, str]:
    """Return the texts that the newsroom wrote for posts, by channel."""
    entry = fields.get("social")
    if not isinstance(entry, Mapping):
        return {}
    texts = {_channel(str(name).strip().lower()): entry[name] for name in entry}
    return {name: text.strip() for name, text in texts.items() if name and isinstance(text, str) and text.strip()}


def tags(fields: Fields) -> tuple[str, ...]:
    """Return the letter's topics, as its source spells them."""
    entry = fields.get("tags", fields.get("tag", fields.get("keywords")))
    if isinstance(entry, str):
        entry = [] if entry.strip().lower() in _SWITCHES else entry.split(",")
    words = entry if isinstance(entry, list) else []
    return tuple(word({"tag": tag}, "tag") for tag in words)


def switch(fields: Fields, name: str) -> bool | None:
    """Return whether a field is on, None where it is no switch or not there."""
    entry = fields.get(name)
    if isinstance(entry, bool):
        return entry
    return _SWITCHES.get(entry.strip().lower()) if isinstance(entry, str) else None


def _text(fields: Fields, *names: str) -> str:
    """Return the first of these fields that holds a word and is no switch: `image: false` names no picture."""
    return word({name: fields[name] for name in names if name in fields and switch(fields, name) is None}, *names)


def _channel(word: str) -> str:
    return share_words.channel_named(word) or word


def _people(entry: object) -> list[AuthorView]:
    if isinstance(entry, list):  # [[a link]], which YAML takes for lists
        return [author for inner in entry[:_MOST_AUTHORS] for author in _people(inner) if not isinstance(inner, list)]
    if isinstance(entry, Mapping):
        name = word(entry, "name", "display_name", "title")
        return [AuthorView(name, word(entry, "email"), word(entry, "bio"))] if name else []
    if isinstance(entry, str):
        names = author_names.names_of(_WIKILINK.sub(r"\1", entry))
        email = re.search(people.EMAIL, entry)
        return [AuthorView(name, email[0] if email and len(names) == 1 else "") for name in names]
    return []


def _zone_notice(date_text: str) -> str:
    return f"The date “{date_text}” names no time zone: it is taken as UTC. Write 2026-03-02 09:00+09:00 to be sure."
