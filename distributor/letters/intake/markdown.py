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
from distributor.letters.intake.excess import check_front_matter, check_markdown, check_markup
from distributor.letters.intake.ordinals import value
from distributor.letters.intake.page import no_letter, read_fragment
from distributor.letters.intake.sanitise import absolute, alt_of

_DEPTH = 100  # nested quotations and lists: deeper ones are mistakes, or meant to exhaust the parser


def read_markdown(text: str, *, name: str, url: str = "") -> Findings:
    """Understand Markdown. Raises SourceError when its front matter can't be read, or no letter is in it."""
    metadata, content = _front_matter(text, name)
    check_markdown(content, name=name)
    canonical = absolute(_word(metadata, "canonical_url", "canonical", "url", "link"), url)
    renderer = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEPTH}).enable(["table", "strikethrough"])
    title = _word(metadata, "title")
    markup = renderer.render(content)
    check_markup(markup, name=name)
    findings = read_fragment(markup, title=title, base=canonical or url, authors=())
    if not findings.title or not findings.body_text or not (title or chrome.is_prose(findings.body_text)):
        raise no_letter(name)
    findings.series = _series(metadata) or findings.series
    findings.editor_note = _word(metadata, "editor_note", "editors_note", "editor-note", "note") or findings.editor_note
    findings.authors = _authors(metadata, findings.authors)
    findings.section = _word(metadata, "section", "category") or findings.section
    findings.language = _word(metadata, "language", "lang", "locale")
    findings.published_at = _date(metadata, name)
    findings.canonical_url, findings.url = canonical, url
    findings.image_url = absolute(_word(metadata, "image", "image_url", "cover", "og_image"), canonical or url)
    findings.image_alt = _word(metadata, "image_alt", "cover_alt", "alt") or alt_of(
        dom.fragment(findings.body_html), findings.image_url
    )
    findings.share_bar = _share_bar(metadata) or findings.share_bar
    slug = _word(metadata, "slug", "id")
    findings.key = f"slug:{slug}" if slug else ""
    return findings


def _front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    # The handler is named: frontmatter would take other formats by their first character, too.
    handler = YAMLHandler()
    try:
        pieces = handler.FM_BOUNDARY.split(text, 2) if handler.detect(text) else []
        if len(pieces) == 3:
            check_front_matter(pieces[1], name=name)
        metadata, content = frontmatter.parse(text, handler=handler)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # The mark counts from 0 below the opening line of dashes.
        place = f" (line {mark.line + 2})" if mark is not None else ""
        raise SourceError(f"The front matter of {name} can't be read{place}: it must be YAML.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:  # a date that is none; nesting without end
        raise SourceError(f"The front matter of {name} can't be read: it must be YAML.") from error
    return {str(key).strip().lower(): entry for key, entry in metadata.items()}, content


def _word(metadata: Mapping[str, Any], *keys: str) -> str:
    """Return the first of these keys that holds a word or a number."""
    for key in keys:
        entry = metadata.get(key)
        if isinstance(entry, (str, int, float)) and not isinstance(entry, bool) and str(entry).strip():
            return str(entry).strip()
    return ""


def _series(metadata: Mapping[str, Any]) -> SeriesView | None:
    series = metadata.get("series")
    if isinstance(series, Mapping):
        title, number = _word(series, "title", "name"), _word(series, "number", "position", "part")
    else:
        title, number = _word(metadata, "series"), ""
    number = number or _word(metadata, "number", "series_number", "part")
    return SeriesView(title, value(number)) if title else None


def _authors(metadata: Mapping[str, Any], known_authors: Sequence[AuthorView]) -> tuple[AuthorView, ...]:
    value = metadata.get("authors", metadata.get("author"))
    entries = value if isinstance(value, list) else [value]
    authors = [author for entry in entries[:20] for author in _people(entry)]
    if len(authors) == 1:
        email, bio = _word(metadata, "email", "author_email"), _word(metadata, "bio", "author_bio")
        authors[0] = replace(authors[0], email=authors[0].email or email, bio=authors[0].bio or bio)
    return people.merge(authors, known_authors) if authors else tuple(known_authors)


def _people(entry: object) -> list[AuthorView]:
    if isinstance(entry, Mapping):
        name = _word(entry, "name")
        return [AuthorView(name, _word(entry, "email"), _word(entry, "bio"))] if name else []
    if isinstance(entry, str) and entry.strip():
        names = people.names_in(entry)
        return [AuthorView(name) for name in names or (entry.strip(),)]
    return []


def _date(metadata: Mapping[str, Any], name: str) -> datetime | None:
    for key in ("date", "published_at", "published", "publish_date"):
        value = metadata.get(key)
        if isinstance(value, datetime):
            return aware(value)
        if isinstance(value, date):
            return aware(datetime.combine(value, time()))
        if isinstance(value, str) and value.strip():
            read = moment(value)
            if read is None:
                raise SourceError(
                    f"The date “{value.strip()[:40]}” of {name} can't be read: write 2026-03-02 09:00+09:00."
                )
            return read
    return None


def _share_bar(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Words for channels, as people write them: "X" is `twitter`, "email" is `mail`; others stay as they are."""
    value = metadata.get("share_bar", metadata.get("channels", metadata.get("share")))
    words = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    plain = [str(word).strip().lower() for word in words if isinstance(word, str)]
    return tuple(dict.fromkeys(share_words.channel_named(word) or word for word in plain if word))
