"""What a letter says at one moment: the value that a version keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from distributor.domain import media_names
from distributor.domain.letters import AuthorView, LetterView, PublicationView, SeriesView


@dataclass(frozen=True, slots=True)
class LetterContent:
    """All of a letter that its source or an editor can change, and that people can come to see.

    What the letter has by being stored here is not in it: its address (`slug`) stays, whatever it says. Neither is what
    intake had to say of the source. `language` is "" where the publication's own goes; `published_at` is aware;
    `withheld` is why its source says that it is not to go out yet, as a sentence.
    """

    title: str
    body_html: str
    body_text: str
    series: SeriesView | None = None
    editor_note: str = ""
    authors: tuple[AuthorView, ...] = ()
    section: str = ""
    language: str = ""
    published_at: datetime | None = None
    canonical_url: str = ""
    image_url: str = ""
    image_alt: str = ""
    share_bar: tuple[str, ...] = ()
    summary: str = ""
    social: Mapping[str, str] = field(default_factory=dict)
    withheld: str = ""
    tags: tuple[str, ...] = ()

    def view(self, *, publication: PublicationView, slug: str, url: str) -> LetterView:
        """Return the value object that rendering takes, stored pictures with their addresses.

        `url` is where followers are sent to.
        """
        return LetterView(
            publication=publication,
            slug=slug,
            url=url,
            title=self.title,
            body_html=media_names.with_addresses(self.body_html, publication.site_url),
            body_text=self.body_text,
            series=self.series,
            editor_note=self.editor_note,
            authors=self.authors,
            section=self.section,
            language=self.language or publication.language,
            published_at=self.published_at,
            canonical_url=self.canonical_url,
            image_url=media_names.address(self.image_url, publication.site_url),
            image_alt=self.image_alt,
            share_bar=self.share_bar,
            summary=self.summary,
            social=self.social,
            tags=self.tags,
        )


FIELDS = tuple(spec.name for spec in fields(LetterContent))


def changed_fields(before: LetterContent, after: LetterContent) -> tuple[str, ...]:
    """Return the names of the fields in which two contents differ, in the order of the class."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))
