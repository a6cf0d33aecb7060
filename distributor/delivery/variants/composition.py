"""The variant that a dispatch sends, made at the moment of release from the letter as it then is, or the digest."""

from __future__ import annotations

from django.conf import settings

from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import digest_variant, letter_links
from distributor.delivery.variants.previews import options_for
from distributor.domain.errors import DistributorError
from distributor.domain.letters import LetterView
from distributor.domain.planning import LINK
from distributor.domain.variants import Variant
from distributor.letters import short_links
from distributor.letters.models import Letter, Page
from distributor.letters.pages import page_url


class CantGoOut(DistributorError):
    """The variant has a concern that forbids sending it; the sentence is the concern's."""


def compose(dispatch: Dispatch) -> Variant:
    """Return the variant to send: the one that already went out in part, else a fresh one.

    A short link in it leads to the letter's page from now on. Raises TemplateError, and CantGoOut when the channel
    refuses the variant or nothing is left to send.
    """
    if dispatch.variant is None:
        _prepare(dispatch)
    variant = draft(dispatch)
    if dispatch.variant is None:
        concerns = registry.get(dispatch.channel).check(variant)
        refusals = [concern.message for concern in concerns if concern.level == "refuse"]
        if refusals:
            raise CantGoOut(" ".join(refusals))
    return variant


def draft(dispatch: Dispatch) -> Variant:
    """Return the variant as it is or would be, whether or not the channel refuses it. Raises TemplateError."""
    if dispatch.variant is not None:
        return stored_variants.read(dispatch.variant)
    if dispatch.digest:
        return digest_variant.compose(dispatch.digest)
    options = _options(dispatch)
    code = short_links.code_of(dispatch.letter, dispatch.channel) if options.short and dispatch.letter else ""
    letter = letter_links.with_links(_view(dispatch), dispatch.channel, options, code=code)
    return registry.get(dispatch.channel).compose(letter, options)


def _prepare(dispatch: Dispatch) -> None:
    """Write what a fresh variant needs in the database. Raises CantGoOut for a digest without a letter."""
    if dispatch.digest:
        if not digest_variant.leave_out_taken_down(dispatch.digest):
            raise CantGoOut("Its letters were taken down: cancel it.")
        return
    options = _options(dispatch)
    if options.short and dispatch.letter and letter_links.is_short(_view(dispatch), dispatch.channel, options):
        short_links.keep(dispatch.letter, dispatch.channel)


def _options(dispatch: Dispatch) -> Options:
    return options_for(dispatch.publication.slug, dispatch.publication.channel_options, dispatch.channel)


def _view(dispatch: Dispatch) -> LetterView:
    assert dispatch.letter is not None
    return dispatch.letter.view(site_url=settings.SITE_URL, url=_url(dispatch.letter, dispatch.channel))


def _url(letter: Letter, channel: str) -> str:
    """Return where this variant sends people: our page once it is live (or is being published), else their own."""
    if channel == LINK or Page.objects.filter(letter=letter).exists():
        return page_url(letter)
    return letter.canonical_url
