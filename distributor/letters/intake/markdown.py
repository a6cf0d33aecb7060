"""A letter from Markdown with front matter.

Front matter (YAML, all optional): `title`, `series` (a title, or `{title, number}`), `number`, `editor_note`, `author`
or `authors` (names, or `{name, email, bio}`), `email`, `bio`, `section`, `language`, `date`, `canonical_url`, `image`,
`share_bar` or `channels` (a list, or words with commas), `slug`. What it does not say is looked for in the text: the
first heading as the title, an editor's note, a byline, a bio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import chrome, dom, people, share_words
from distributor.letters.intake.drafts import Findings, aware, moment
from distributor.letters.intake.ordinals import value
from distributor.letters.intake.page import no_letter, read_fragment
from distributor.letters.intake.sanitise import absolute, alt_of

_DEPTH = 100  # nested quotations and lists: deeper ones are mistakes, or meant to exhaust the parser


def read_markdown(text: str, *, name: str, url: str = "") -> Findings:
    """Understand Markdown. Raises SourceError when its front matter can't be read, or no letter is in it."""
    said, content = _front_matter(text, name)
    canonical = absolute(_word(said, "canonical_url", "canonical", "url", "link"), url)
    rendered = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEPTH}).enable(["table", "strikethrough"])
    title = _word(said, "title")
    found = read_fragment(rendered.render(content), title=title, base=canonical or url, known=())
    if not found.title or not found.body_text or not (title or chrome.is_prose(found.body_text)):
        raise no_letter(name)
    found.series = _series(said) or found.series
    found.editor_note = _word(said, "editor_note", "editors_note", "editor-note", "note") or found.editor_note
    found.authors = _authors(said, found.authors)
    found.section = _word(said, "section", "category") or found.section
    found.language = _word(said, "language", "lang", "locale")
    found.published_at = _date(said, name)
    found.canonical_url, found.url = canonical, url
    found.image_url = absolute(_word(said, "image", "image_url", "cover", "og_image"), canonical or url)
    found.image_alt = _word(said, "image_alt", "cover_alt", "alt") or alt_of(
        dom.fragment(found.body_html), found.image_url
    )
    found.share_bar = _share_bar(said) or found.share_bar
    slug = _word(said, "slug", "id")
    found.key = f"slug:{slug}" if slug else ""
    return found


def _front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    try:
        # The handler is named: frontmatter would take other formats by their first character, too.
        said, content = frontmatter.parse(text, handler=YAMLHandler())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # The mark counts from 0 below the opening line of dashes.
        where = f" (line {mark.line + 2})" if mark is not None else ""
        raise SourceError(f"The front matter of {name} can't be read{where}: it must be YAML.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:  # a date that is none; nesting without end
        raise SourceError(f"The front matter of {name} can't be read: it must be YAML.") from error
    return {str(key).strip().lower(): entry for key, entry in said.items()}, content


def _word(said: Mapping[str, Any], *keys: str) -> str:
    """Return the first of these keys that holds a word or a number."""
    for key in keys:
        entry = said.get(key)
        if isinstance(entry, (str, int, float)) and not isinstance(entry, bool) and str(entry).strip():
            return str(entry).strip()
    return ""


def _series(said: Mapping[str, Any]) -> SeriesView | None:
    given = said.get("series")
    if isinstance(given, Mapping):
        title, number = _word(given, "title", "name"), _word(given, "number", "position", "part")
    else:
        title, number = _word(said, "series"), ""
    number = number or _word(said, "number", "series_number", "part")
    return SeriesView(title, value(number)) if title else None


def _authors(said: Mapping[str, Any], found: Sequence[AuthorView]) -> tuple[AuthorView, ...]:
    given = said.get("authors", said.get("author"))
    entries = given if isinstance(given, list) else [given]
    authors = [author for entry in entries[:20] for author in _people(entry)]
    if len(authors) == 1:
        email, bio = _word(said, "email", "author_email"), _word(said, "bio", "author_bio")
        authors[0] = replace(authors[0], email=authors[0].email or email, bio=authors[0].bio or bio)
    return people.merge(authors, found) if authors else tuple(found)


def _people(entry: object) -> list[AuthorView]:
    if isinstance(entry, Mapping):
        name = _word(entry, "name")
        return [AuthorView(name, _word(entry, "email"), _word(entry, "bio"))] if name else []
    if isinstance(entry, str) and entry.strip():
        names = people.names_in(entry)
        return [AuthorView(name) for name in names or (entry.strip(),)]
    return []


def _date(said: Mapping[str, Any], name: str) -> datetime | None:
    for key in ("date", "published_at", "published", "publish_date"):
        given = said.get(key)
        if isinstance(given, datetime):
            return aware(given)
        if isinstance(given, date):
            return aware(datetime.combine(given, time()))
        if isinstance(given, str) and given.strip():
            read = moment(given)
            if read is None:
                raise SourceError(
                    f"The date “{given.strip()[:40]}” of {name} can't be read: write 2026-03-02 09:00+09:00."
                )
            return read
    return None


def _share_bar(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Words for channels, as people write them: "X" is `twitter`, "email" is `mail`; others stay as they are."""
    given = said.get("share_bar", said.get("channels", said.get("share")))
    words = given if isinstance(given, list) else given.split(",") if isinstance(given, str) else []
    plain = [str(word).strip().lower() for word in words if isinstance(word, str)]
    return tuple(dict.fromkeys(share_words.CHANNEL_OF.get(word, word) for word in plain if word))
