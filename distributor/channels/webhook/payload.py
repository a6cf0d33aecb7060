"""What a call's variant holds beside its text: the letter in fields, for machines."""

from __future__ import annotations

from dataclasses import dataclass, field

from distributor.channels.payloads import PostPayload
from distributor.domain.json_records import Sparse


@dataclass(frozen=True, slots=True)
class AuthorFields:
    name: str = ""
    email: str = ""
    bio: str = ""


@dataclass(frozen=True, slots=True)
class SeriesFields:
    title: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PublicationFields:
    slug: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class LetterFields:
    """The letter, as a call's `data` says it; what it does not have is "" or None.

    `published_at` is ISO 8601. `body_text` and `body_html` are left out where the publication's setting `content` says
    so.
    """

    title: str = ""
    canonical_url: str = ""
    language: str = ""
    published_at: str | None = None
    section: str = ""
    authors: tuple[AuthorFields, ...] = ()
    series: SeriesFields | None = None
    editor_note: str = ""
    publication: PublicationFields = field(default_factory=PublicationFields)
    body_text: Sparse[str | None] = None
    body_html: Sparse[str | None] = None


@dataclass(frozen=True, slots=True)
class WebhookPayload(PostPayload):
    """`letter` is what the call says of the letter."""

    letter: LetterFields = field(default_factory=LetterFields)
