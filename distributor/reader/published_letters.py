"""A letter's page as it went out: the link channel's stored variant as a value object for the templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from distributor.channels.link.payload import LinkPayload
from distributor.domain import text_direction
from distributor.domain.text_direction import Direction
from distributor.domain.variants import Variant
from distributor.letters.models import Letter, Page
from distributor.letters.pages import page_variant
from distributor.rendering.addresses import ascii_url

# Pixels; what previews of links show whole (https://developers.facebook.com/docs/sharing/webmasters/images).
CARD_SIZE = (1200, 630)


@dataclass(frozen=True, slots=True)
class PublishedLetter:
    """What readers see of a letter.

    `url` is absolute, `path` the same within this site, `canonical` where search engines are told that it lives,
    `card_url` where its drawn card of `CARD_SIZE` is; all are ASCII. `published_at` is the letter's own date, or the
    day its page went live; `changed_at` is when it was published anew, None where it never was.
    """

    url: str
    path: str
    canonical: str
    title: str
    description: str
    body_html: str
    language: str
    published_at: datetime
    changed_at: datetime | None = None
    series_title: str = ""
    number: int | None = None
    editor_note: str = ""
    authors: tuple[str, ...] = ()
    bios: tuple[str, ...] = ()
    section: str = ""
    image_url: str = ""
    image_alt: str = ""
    card_url: str = ""
    share_bar: tuple[str, ...] = ()
    direction: Direction = "ltr"

    @property
    def feed_html(self) -> str:
        """The article as feeds carry it: on its own, so that it says by itself in which direction it reads."""
        return f'<div dir="rtl">{self.body_html}</div>' if self.direction == "rtl" else self.body_html

    @property
    def picture_url(self) -> str:
        """The picture that others show beside a link to the letter: its own, else its card."""
        return self.image_url or self.card_url


def published_letter(page: Page) -> PublishedLetter:
    """Return the letter as its page shows it, whatever became of the letter since."""
    letter_as_published = of_variant(page_variant(page), page.letter, live_since=page.published_at)
    return (
        replace(letter_as_published, changed_at=page.updated_at)
        if page.updated_at > page.published_at
        else letter_as_published
    )


def of_variant(variant: Variant, letter: Letter, *, live_since: datetime) -> PublishedLetter:
    """Return what a link variant holds (see `channels.link.payload`); the letter only says where its page is."""
    slugs = (letter.publication.slug, letter.slug)
    path = reverse("reader:letter", args=slugs)
    payload = LinkPayload.of(variant)
    url = ascii_url(f"{settings.SITE_URL}{path}")
    return PublishedLetter(
        url=url,
        path=path,
        canonical=payload.canonical or url,
        title=payload.title,
        description=payload.description,
        body_html=variant.html,
        language=payload.language,
        published_at=datetime.fromisoformat(payload.published) if payload.published else live_since,
        series_title=payload.series,
        number=payload.number,
        editor_note=payload.editor_note,
        authors=payload.authors,
        bios=payload.bios,
        section=payload.section,
        image_url=payload.image,
        image_alt=payload.image_alt,
        card_url=ascii_url(f"{settings.SITE_URL}{reverse('reader:card', args=[*slugs, *CARD_SIZE])}"),
        share_bar=payload.share_bar or tuple(letter.publication.share_bar),
        direction=text_direction.of_text(f"{payload.title}\n{variant.text}", payload.language),
    )
