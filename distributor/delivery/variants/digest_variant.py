"""The variant of a digest: its letters as their pages show them, composed by the mail channel."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import cast

from django.conf import settings

from distributor.channels import registry
from distributor.channels.base import AddressedChannel
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Digest
from distributor.delivery.variants.previews import options_for
from distributor.domain.digests import (
    MOST_LETTERS,
    REACH,
    Cadence,
    DigestLetter,
    DigestView,
    TopLetter,
    moment_of,
)
from distributor.domain.letters import AuthorView, SeriesView
from distributor.domain.variants import Variant
from distributor.letters.models import Page, Publication
from distributor.letters.pages import page_payload, page_url, taken_down_urls
from distributor.letters.stored_templates import template_set
from distributor.letters.top_letters import TOP_LETTERS
from distributor.rendering import phrases, pictures
from distributor.rendering.addresses import ascii_url


def new_pages(digest: Digest, *, now: datetime) -> list[Page]:
    """Return the pages that went live within the digest's reach, the newest first."""
    pages = Page.objects.select_related("letter__publication").filter(
        letter__publication=digest.publication,
        published_at__gt=now - REACH[Cadence(digest.cadence)],
        published_at__lte=digest.cutoff,
    )
    return list(pages.order_by("-published_at", "-pk")[:MOST_LETTERS])


def digest_letter(page: Page) -> DigestLetter:
    """Return a letter as its page shows it, whatever became of the letter since."""
    payload, publication = page_payload(page), page.letter.publication
    language = payload.language or publication.language
    published_at = datetime.fromisoformat(payload.published) if payload.published else page.published_at
    return DigestLetter(
        moment=moment_of(page.published_at),
        title=payload.title,
        url=ascii_url(page_url(page.letter)),
        lead=payload.description,
        series_line=phrases.series_line(
            SeriesView(payload.series, payload.number) if payload.series else None, language
        ),
        authors_line=phrases.names([AuthorView(name) for name in payload.authors], language),
        date_line=phrases.date_line(published_at, publication.time_zone, language),
        language=language,
        **pictures.digest_picture(payload.image, publication.view(site_url=settings.SITE_URL).site_url),
    )


def top_letters(publication: Publication, day: date) -> list[TopLetter]:
    """Return the publication's most read letters on a day (UTC), the most read first."""
    ids = TOP_LETTERS.get()(publication, day)
    pages = Page.objects.select_related("letter__publication").filter(letter__in=ids, letter__publication=publication)
    page_of = {page.letter_id: page for page in pages}
    return [
        TopLetter(page_payload(page_of[id_]).title, ascii_url(page_url(page_of[id_].letter)))
        for id_ in ids
        if id_ in page_of
    ]


def view(digest: Digest) -> DigestView:
    """Return the value object that rendering takes."""
    return DigestView(
        publication=digest.publication.view(site_url=settings.SITE_URL),
        cadence=Cadence(digest.cadence),
        letters=tuple(DigestLetter(**entry) for entry in digest.letters),
        top=tuple(TopLetter(**entry) for entry in digest.top),
    )


def sample(publication: Publication, cadence: Cadence, *, since: datetime, now: datetime) -> Variant | None:
    """Return the mail that would go out at `now` to someone who has had the letters up to `since`; None for no news.

    Nothing is stored. Raises TemplateError.
    """
    digest = Digest(publication=publication, cadence=cadence.value, zone=publication.time_zone, cutoff=now)
    letters = [digest_letter(page) for page in new_pages(digest, now=now) if page.published_at > since]
    if not letters:
        return None
    digest.letters = [asdict(entry) for entry in letters]
    digest.top = [asdict(entry) for entry in top_letters(publication, now.date())]
    return compose(digest)


def leave_out_taken_down(digest: Digest) -> bool:
    """Take letters out of a digest whose pages were taken down since it was planned; return whether one is left.

    To be done before it is spread: who gets it is asked by its letters. One that has none left stays as it is.
    """
    taken_down = taken_down_urls(digest.publication)
    letters = [entry for entry in digest.letters if entry["url"] not in taken_down]
    top = [entry for entry in digest.top if entry["url"] not in taken_down]
    if letters and (letters, top) != (digest.letters, digest.top):
        digest.letters, digest.top = letters, top
        digest.save(update_fields=["letters", "top"])
    return bool(letters)


def compose(digest: Digest) -> Variant:
    """Return the variant of a digest. Raises TemplateError."""
    publication = digest.publication
    channel = cast(AddressedChannel, registry.get(accounts.MAIL))
    options = options_for(template_set(publication), publication.channel_options, accounts.MAIL)
    return channel.compose_digest(view(digest), options)
