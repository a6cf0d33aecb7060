"""From findings to a Draft: within what the database holds, with what is missing named; and a Draft as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from distributor.domain.letter_addresses import without_tracking
from distributor.domain.letters import ALT_LIMIT, AuthorView, Draft, LeftOut, SeriesView
from distributor.domain.source_keys import (
    FeedName,
    SourceKey,
    address_keys,
    file_keys,
    guid_keys,
    id_keys,
    program_keys,
)
from distributor.domain.text_lines import one_line
from distributor.letters.intake import dom
from distributor.letters.intake.languages import language_of
from distributor.letters.intake.people import EMAIL

# What the tables in letters/models/letters.py hold, in characters.
TITLE_LIMIT = 500
URL_LIMIT = 500
SERIES_LIMIT = 300
NAME_LIMIT = 200
SECTION_LIMIT = 100
EMAIL_LIMIT = 254
CHANNEL_LIMIT = 32
# Ours: a summary is read in one go, a post's own text fits the longest post of any network.
SUMMARY_LIMIT = 1_000
SOCIAL_LIMIT = 10_000
TAG_LIMIT = 100
MOST_TAGS = 50


@dataclass(slots=True)
class Findings:
    """What was understood so far. See `Draft` for most of it.

    What the source's keys are made of: `url` and `path` say where it was read, `id` is what it calls itself,
    `program_id` what a program calls it, `guid` its entry's id in `feed`.
    """

    title: str = ""
    body_html: str = ""
    body_text: str = ""
    series: SeriesView | None = None
    editor_note: str = ""
    authors: Sequence[AuthorView] = ()
    section: str = ""
    language: str = ""
    published_at: datetime | None = None
    canonical_url: str = ""
    image_url: str = ""
    image_alt: str = ""
    share_bar: Sequence[str] = ()
    summary: str = ""
    social: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    slug: str = ""
    language_inferred: bool = False
    left_out: Sequence[LeftOut] = ()
    notices: Sequence[str] = ()
    withheld: str = ""
    url: str = ""
    path: str = ""
    id: str = ""
    program_id: str = ""
    guid: str = ""
    feed: FeedName = FeedName()  # noqa: RUF009 - frozen


def finish(findings: Findings) -> Draft:
    """Return the Draft, with the keys by which the same letter is recognised: never its title."""
    authors = tuple(_author(author) for author in findings.authors if author.name.strip())
    canonical = without_tracking(findings.canonical_url)
    canonical = canonical if len(canonical) <= URL_LIMIT else ""
    title = shorten(_line(findings.title), TITLE_LIMIT)
    image = findings.image_url if len(findings.image_url) <= URL_LIMIT else ""
    language = language_tag(findings.language)
    judgement = "" if language else language_of(f"{title}\n{findings.body_text}")
    draft = Draft(
        source=_source(findings, canonical),
        keys=_keys(findings, canonical),
        feed=findings.feed.name,
        title=title,
        body_html=findings.body_html,
        body_text=findings.body_text,
        series=_series(findings.series),
        editor_note=dom.clean(findings.editor_note).strip(),
        authors=tuple({author.name: author for author in authors}.values()),
        section=shorten(_line(findings.section), SECTION_LIMIT),
        language=language or judgement,
        published_at=findings.published_at,
        canonical_url=canonical,
        image_url=image,
        image_alt=shorten(_line(findings.image_alt), ALT_LIMIT) if image else "",
        share_bar=tuple(dict.fromkeys(word[:CHANNEL_LIMIT] for word in findings.share_bar)),
        summary=shorten(_line(findings.summary), SUMMARY_LIMIT),
        social=_social(findings.social),
        tags=_tags(findings.tags),
        slug=_line(findings.slug),
        language_inferred=findings.language_inferred or bool(judgement),
        left_out=tuple(findings.left_out),
        notices=tuple(findings.notices),
        withheld=findings.withheld,
    )
    return replace(draft, missing=_missing_fields(draft))


def to_json(draft: Draft) -> dict[str, Any]:
    """Return a Draft as `inspect --json` prints it; `published_at` is ISO 8601 with its offset, or null."""
    series = {"title": draft.series.title, "number": draft.series.number} if draft.series else None
    return {
        "title": draft.title,
        "series": series,
        "editor_note": draft.editor_note,
        "authors": [{"name": author.name, "email": author.email, "bio": author.bio} for author in draft.authors],
        "section": draft.section,
        "language": draft.language,
        "published_at": draft.published_at.isoformat() if draft.published_at else None,
        "canonical_url": draft.canonical_url,
        "image_url": draft.image_url,
        "image_alt": draft.image_alt,
        "share_bar": list(draft.share_bar),
        "summary": draft.summary,
        "social": dict(draft.social),
        "tags": list(draft.tags),
        "slug": draft.slug,
        "language_inferred": draft.language_inferred,
        "withheld": draft.withheld,
        "left_out": [asdict(piece) for piece in draft.left_out],
        "notices": list(draft.notices),
        "body_html": draft.body_html,
        "body_text": draft.body_text,
        "missing": list(draft.missing),
        "keys": [{"kind": key.kind, "value": key.value} for key in draft.keys],
        "feed": draft.feed,
    }


def language_tag(text: str) -> str:
    """Return a language tag as BCP 47 writes it ("ko_KR" → "ko-KR"); "" for what is none."""
    match = re.fullmatch(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})", text.strip())
    if not match:
        return ""
    subtags = [
        part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower()
        for part in re.split(r"[-_]", match[2])
        if part
    ]
    return "-".join([match[1].lower(), *subtags])


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with “…” where something was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _line(text: str) -> str:
    return one_line(dom.clean(text))


def _tags(words: Sequence[str]) -> tuple[str, ...]:
    """Return topics in their order, each once however it is spelled, without the “#” of social networks."""
    tags: dict[str, str] = {}
    for tag in (shorten(_line(word).lstrip("#").strip(), TAG_LIMIT) for word in words):
        tags.setdefault(tag.casefold(), tag)
    return tuple(filter(None, tags.values()))[:MOST_TAGS]


def _social(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that say something, by the channel's name as share bars have it."""
    cleaned = {name.strip().lower()[:CHANNEL_LIMIT]: dom.clean(text).strip() for name, text in texts.items()}
    return {name: shorten(text, SOCIAL_LIMIT) for name, text in cleaned.items() if name and text}


def _author(author: AuthorView) -> AuthorView:
    email = author.email if re.fullmatch(EMAIL, author.email) and len(author.email) <= EMAIL_LIMIT else ""
    return AuthorView(shorten(_line(author.name), NAME_LIMIT), email, _line(author.bio))


def _series(series: SeriesView | None) -> SeriesView | None:
    if series is None or not _line(series.title):
        return None
    return SeriesView(shorten(_line(series.title), SERIES_LIMIT), series.number)


def _source(findings: Findings, canonical: str) -> str:
    file = f"file:{findings.path}" if findings.path.startswith("/") else findings.path
    source = canonical or findings.url or file or findings.guid or findings.id
    return shorten(_line(source), URL_LIMIT)


def _keys(findings: Findings, canonical: str) -> tuple[SourceKey, ...]:
    return (
        *guid_keys(_line(findings.guid), findings.feed),
        *program_keys(_line(findings.program_id)),
        *id_keys(_line(findings.id)),
        *address_keys((canonical, findings.url)),
        *file_keys(dom.clean(findings.path)),
    )


def _missing_fields(draft: Draft) -> tuple[str, ...]:
    names = ("series", "editor_note", "authors", "section", "language", "published_at", "canonical_url", "image_url")
    fields = [name for name in (*names, "share_bar") if not getattr(draft, name)]
    if draft.language_inferred:  # the source lacks it all the same
        fields = [name for name in (*names, "share_bar") if name in fields or name == "language"]
    if draft.image_url and not draft.image_alt:
        fields.append("image_alt")
    return tuple(fields)
