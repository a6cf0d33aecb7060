"""The page store: where the `link` channel puts a letter's page, and what a letter's public address is."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from distributor.channels.base import Intent
from distributor.channels.link.page_store import PageRefused
from distributor.channels.link.payload import LinkPayload
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant
from distributor.letters import pings
from distributor.letters.models import Letter, Page, Publication, TakenDown
from distributor.rendering.addresses import ascii_url


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


class DatabasePageStore:
    """Publishes pages as rows that the reader's door serves. Putting the same intent again changes nothing."""

    @transaction.atomic
    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page of one letter and return its receipt; the same intent again changes nothing.

        Raises PageRefused when the variant's address is not that of a letter here.
        """
        letter = _letter(variant)
        if letter is None:
            raise PageRefused(f"{variant.link} is not the address of a letter here.")
        page = Page.objects.filter(intent=intent.key).first()
        if page is None:
            now = timezone.now()
            values = {
                "intent": UUID(intent.key),
                "path": page_path(letter),
                "variant": variant.to_json(),
                "updated_at": now,
            }
            # A page that is published anew keeps its time: its letter is no new one, in feeds or for digests.
            before = TakenDown.objects.filter(letter=letter).first()
            first = before.published_at if before else now
            page, _ = Page.objects.update_or_create(
                letter=letter, defaults=values, create_defaults={**values, "published_at": first}
            )
            TakenDown.objects.filter(letter=letter).delete()
            pings.note(letter)
        return _receipt(page)

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, if it is there."""
        page = Page.objects.filter(intent=intent.key).first()
        return _receipt(page) if page else None

    @transaction.atomic
    def remove(self, variant: Variant, receipt: Receipt) -> None:
        """Take down the page that a receipt is for; one that is gone already stays so.

        Raises PageRefused where another dispatch has published the letter since.
        """
        pages = Page.objects.select_for_update(of=("self",)).select_related("letter__publication", "letter__series")
        page = pages.filter(intent=receipt.remote_id).first() if _is_intent(receipt.remote_id) else None
        if page is None:
            page = pages.filter(letter=_letter(variant)).first()
            if page is None:
                return
            if _is_intent(receipt.remote_id):
                raise PageRefused("The letter was published anew since: delete the page of the dispatch that did so.")
        TakenDown.objects.update_or_create(
            letter=page.letter, defaults={"published_at": page.published_at, "at": timezone.now()}
        )
        page.delete()
        pings.note(page.letter)


def page_variant(page: Page) -> Variant:
    """Return the variant that a page shows, as it was published. Raises BadRecord."""
    return Variant.from_json(page.variant, payload=LinkPayload)


def page_payload(page: Page) -> LinkPayload:
    """Return what others are told of a page's letter, as it was published. Raises BadRecord."""
    return LinkPayload.of(page_variant(page))


def taken_down_urls(publication: Publication) -> frozenset[str]:
    """Return the addresses of the publication's pages that were taken down, as mails and feeds write them."""
    letters = Letter.objects.filter(publication=publication, taken_down__isnull=False).select_related("publication")
    return frozenset(ascii_url(page_url(letter)) for letter in letters)


def _letter(variant: Variant) -> Letter | None:
    path = variant.link.removeprefix(settings.SITE_URL)
    publication, _, slug = path.strip("/").partition("/letters/")
    letters = Letter.objects.select_related("publication", "series")
    return letters.filter(publication__slug=publication, slug=slug).first()


def _is_intent(remote_id: str) -> bool:
    """Whether a receipt names its intent; those from before, and those that an editor confirmed, don't."""
    try:
        return bool(UUID(remote_id))
    except ValueError:
        return False


def _receipt(page: Page) -> Receipt:
    return Receipt(remote_id=str(page.intent), url=f"{settings.SITE_URL}{page.path}", at=page.published_at)
