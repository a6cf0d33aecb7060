"""The web shelf: where the `link` channel puts a letter's page, and what a letter's public address is."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from distributor.channels.base import Intent
from distributor.channels.link.shelf import ShelfRefused
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant
from distributor.letters.models import Letter, Page


def page_url(letter: Letter) -> str:
    """Return the address of the letter's own page here, whether or not it is published yet."""
    return f"{settings.SITE_URL}{page_path(letter)}"


def page_path(letter: Letter) -> str:
    """Return the path of the letter's own page."""
    return f"/{letter.publication.slug}/letters/{letter.slug}/"


def public_url(letter: Letter, *, with_link: bool) -> str:
    """Return where followers are sent to: our page where it is or will be published, else the newsroom's own page.

    `with_link` says that the link channel is in the letter's share bar, so that the page is or will be there.
    """
    return page_url(letter) if with_link else letter.canonical_url


class PageShelf:
    """Publishes pages as rows that the reader's door serves. Putting the same intent again changes nothing."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page of one letter and return its receipt; the same intent again changes nothing.

        Raises ShelfRefused when the variant's address is not that of a letter here.
        """
        path = variant.link.removeprefix(settings.SITE_URL)
        publication, _, slug = path.strip("/").partition("/letters/")
        letter = Letter.objects.filter(publication__slug=publication, slug=slug).first()
        if letter is None:
            raise ShelfRefused(f"{variant.link} is not the address of a letter here.")
        page = Page.objects.filter(intent=intent.key).first()
        if page is None:
            made = {"intent": UUID(intent.key), "path": path, "variant": variant.to_json()}
            # A page that is published anew keeps its time: its letter is no new one, in feeds or for digests.
            page, _ = Page.objects.update_or_create(
                letter=letter, defaults=made, create_defaults={**made, "published_at": timezone.now()}
            )
        return _receipt(page)

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, if it is there."""
        page = Page.objects.filter(intent=intent.key).first()
        return _receipt(page) if page else None


def _receipt(page: Page) -> Receipt:
    return Receipt(remote_id=str(page.pk), url=f"{settings.SITE_URL}{page.path}", at=page.published_at)
