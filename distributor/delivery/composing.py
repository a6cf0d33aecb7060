"""The variant that a dispatch sends, made at the moment of release from the letter as it then is."""

from __future__ import annotations

from django.conf import settings

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.previews import options_for
from distributor.domain.errors import DistributorError
from distributor.domain.planning import LINK
from distributor.domain.variants import Variant
from distributor.letters.models import Page
from distributor.letters.publishing import page_url


class CantGoOut(DistributorError):
    """The variant has a concern that forbids sending it; the sentence is the concern's."""


def compose(dispatch: Dispatch) -> Variant:
    """Return the variant to send: the one that already went out in part, else a fresh one.

    Raises TemplateError, and CantGoOut when the channel refuses the variant.
    """
    if dispatch.variant is not None:
        return Variant.from_json(dispatch.variant)
    letter, publication = dispatch.letter, dispatch.letter.publication
    channel = registry.get(dispatch.channel)
    view = letter.view(site_url=settings.SITE_URL, url=_url(dispatch))
    variant = channel.compose(view, options_for(publication.slug, publication.channel_options, dispatch.channel))
    refusals = [concern.message for concern in channel.check(variant) if concern.level == "refuse"]
    if refusals:
        raise CantGoOut(" ".join(refusals))
    return variant


def _url(dispatch: Dispatch) -> str:
    """Return where this variant sends people: our page once it is live (or is being published), else their own."""
    letter = dispatch.letter
    if dispatch.channel == LINK or Page.objects.filter(letter=letter).exists():
        return page_url(letter)
    return letter.canonical_url
