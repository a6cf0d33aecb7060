"""What whoever gives a letter says of it beside its text: these fields go before what was understood of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict

from distributor.domain.errors import BadInput
from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import share_words
from distributor.letters.intake.drafts import Findings, language_tag


class AuthorFields(TypedDict):
    """A person as `AuthorView` has them."""

    name: str
    email: str
    bio: str


class SeriesFields(TypedDict):
    """A series as `SeriesView` has it."""

    title: str
    number: int | None


class LetterFields(TypedDict, total=False):
    """Fields by the names of `Draft`, in JSON's types; what is not in it is as the text has it.

    An empty text or list says that the letter has none, and so does None where it is allowed. `published_at` is ISO
    8601 with its offset. `id` is what the source calls the letter.
    """

    id: str
    title: str
    summary: str
    editor_note: str
    authors: list[AuthorFields]
    series: SeriesFields | None
    section: str
    language: str
    published_at: str | None
    canonical_url: str
    image_url: str
    image_alt: str
    share_bar: list[str]
    social: dict[str, str]
    tags: list[str]
    slug: str


TEXTS: Final = ("id", "title", "summary", "editor_note", "section", "canonical_url", "image_url", "image_alt", "slug")


def put(fields: LetterFields, findings: Findings) -> None:
    """Let findings say what the fields say."""
    for name, value in values(fields).items():
        setattr(findings, name, value)
    findings.program_id = fields.get("id", "")
    if fields.get("image_url") and "image_alt" not in fields:
        findings.image_alt = ""  # those were another picture's words
    if fields.get("language"):
        findings.language_inferred = False


def values(fields: LetterFields) -> dict[str, Any]:
    """Return the fields in the types of `Draft`. Raises BadInput for a language that is none."""
    result: dict[str, Any] = {name: fields[name] for name in TEXTS if name in fields}
    if "authors" in fields:
        result["authors"] = tuple(AuthorView(**author) for author in fields["authors"])
    if "series" in fields:
        series = fields["series"]
        result["series"] = SeriesView(**series) if series else None
    if "language" in fields:
        result["language"] = _language(fields["language"])
    if "published_at" in fields:
        time = fields["published_at"]
        result["published_at"] = datetime.fromisoformat(time) if time else None
    if "share_bar" in fields:
        result["share_bar"] = _share_bar(fields["share_bar"])
    if "social" in fields:
        result["social"] = _social(fields["social"])
    if "tags" in fields:
        result["tags"] = tuple(fields["tags"])
    return result


def _language(text: str) -> str:
    tag = language_tag(text)
    if text.strip() and not tag:
        raise BadInput(f"“{text[:40]}” is no language: give its tag, such as ko or en-GB.")
    return tag


def _share_bar(words: Sequence[str]) -> tuple[str, ...]:
    """Return the channels that people's words for them mean; what names none stays, and is planned as blocked."""
    return tuple(dict.fromkeys(filter(None, map(_channel, words))))


def _social(texts: Mapping[str, str]) -> dict[str, str]:
    return {_channel(name): text for name, text in texts.items()}


def _channel(word: str) -> str:
    word = word.strip().lower()
    return share_words.channel_named(word) or word
