"""What a publication's templates make of a letter, also of templates that nobody has saved yet. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final, Literal, cast

from distributor.channels import registry
from distributor.channels.base import AddressedChannel
from distributor.delivery.accounts import accounts
from distributor.delivery.variants.letter_links import with_links
from distributor.delivery.variants.previews import Preview, concerns_of, options_for, sample_mail, variant_of
from distributor.domain.digests import Cadence, DigestLetter, DigestView, TopLetter, moment_of
from distributor.domain.letters import LetterView, PublicationView
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.letters.models import Publication
from distributor.rendering import pictures
from distributor.rendering.context import letter_context
from distributor.rendering.template_sets import TemplateSet

Use = Literal["letter", "digest"]
_DIGEST: Final = "email/digest"
_COMMON_PARTS: Final = ("email/base.html", "email/foot.txt")
SAMPLE_RECIPIENT: Final = Recipient(0, "reader@example.com", "Kim Reader")


def channel_of(name: str) -> str:
    """Return the channel whose variants a template makes, "" for a part that no channel is named after."""
    path = PurePosixPath(name)
    if path.parts[0] == "email":
        return accounts.MAIL
    return path.stem if path.stem in registry.CHANNELS else ""


def uses_of(name: str) -> tuple[Use, ...]:
    """Return in what a template is used: letters, digests, or both."""
    if name.startswith(_DIGEST):
        return ("digest",)
    return ("letter", "digest") if name.startswith("email/") and name in _COMMON_PARTS else ("letter",)


def variant(
    name: str, letter: LetterView, publication: Publication, templates: TemplateSet, *, use: Use = "letter"
) -> Variant:
    """Return what the template of this name makes of a letter, or of a digest with it. Raises TemplateError.

    A mail is rendered for a made-up recipient, too: what can't be is an error.
    """
    channel = registry.get(channel_of(name) or accounts.MAIL)
    options = options_for(templates, publication.channel_options, channel.name)
    if use == "digest":
        result = cast(AddressedChannel, channel).compose_digest(digest_of([letter], letter.publication), options)
    else:
        result = variant_of(channel, with_links(letter, channel.name, options), options)
    if channel.capabilities.addressed:
        sample_mail(result, letter.publication)
    return result


def preview(
    name: str, letter: LetterView, publication: Publication, templates: TemplateSet, *, use: Use = "letter"
) -> Preview:
    """Return that with what an editor should know of it. Raises TemplateError."""
    channel = registry.get(channel_of(name) or accounts.MAIL)
    result = variant(name, letter, publication, templates, use=use)
    return Preview(channel.name, channel.capabilities.label, result, concerns_of(result, channel))


def digest_of(letters: Sequence[LetterView], publication: PublicationView) -> DigestView:
    """Return a digest with these letters, as if their pages had just gone live."""
    entries = tuple(_digest_letter(letter) for letter in letters)
    return DigestView(
        publication, Cadence.DAILY, entries, tuple(TopLetter(entry.title, entry.url) for entry in entries)
    )


def _digest_letter(letter: LetterView) -> DigestLetter:
    context = letter_context(letter)
    published_at = letter.published_at or datetime(2026, 1, 1, tzinfo=UTC)
    return DigestLetter(
        moment=moment_of(published_at),
        title=letter.title,
        url=context["link"],
        lead=context["lead"],
        series_line=context["series_line"],
        authors_line=context["authors_line"],
        date_line=context["date_line"],
        language=context["language"],
        **pictures.digest_picture(letter.image_url, letter.publication.site_url),
    )
