"""A letter as a post, with its picture or the card of its link: what the networks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from distributor.channels.base import Options
from distributor.channels.payloads import PostPayload
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Picture, Variant
from distributor.rendering import cards
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post

_PLAIN = PostPayload()


def picture_for(letter: LetterView, capabilities: Capabilities, options: Options) -> Picture | None:
    """Return the picture that a post carries by the publication's setting; None where the channel takes none."""
    limits = capabilities.pictures
    if limits is None or options.picture == "none":
        return None
    own_url = "" if options.picture == "card" else ascii_url(letter.image_url)
    if not own_url and options.picture == "own":
        return None
    width, height = limits.size
    return Picture(
        alt=letter.image_alt if own_url else letter.title, url=own_url, card=card_of(letter), width=width, height=height
    )


def card_of(letter: LetterView) -> dict[str, str]:
    """Return what a letter's card says."""
    number = letter.series.number if letter.series else None
    return {
        "title": letter.title,
        "series": letter.series.title if letter.series else "",
        "number": str(number) if number else "",
        "author": letter_context(letter)["authors_line"],
        "publication": letter.publication.name,
        "language": letter.language or letter.publication.language,
        **({"colour": letter.publication.colour} if letter.publication.colour else {}),
    }


def card_url(letter: LetterView, size: tuple[int, int]) -> str:
    """Return where the letter's drawn card is served: beside its page, so "" for a letter without a page of ours.

    `size` is in pixels (width, height); the reader serves those that a channel's pictures have (`reader/cards`).
    """
    site = letter.publication.site_url
    if not site or not letter.shared_url.startswith(f"{site}/"):
        return ""
    width, height = size
    return f"{ascii_url(letter.shared_url).rstrip('/')}/card-{width}x{height}.png"


def picture_concerns(variant: Variant, capabilities: Capabilities) -> tuple[Concern, ...]:
    """Say what an editor should know about the picture of a post, whatever the network."""
    picture, limits = variant.picture, capabilities.pictures
    if picture is None or limits is None:
        return ()
    concerns: list[Concern] = []
    if limits.alt_text and picture.url and not picture.alt.strip():
        message = "The picture has no alternative text, for people who don’t see it: add it to the letter."
        concerns.append(Concern(message))
    if 0 < limits.alt_text < len(picture.alt.strip()):
        longest = f"{capabilities.label} takes {limits.alt_text:,} characters"
        concerns.append(Concern(f"The picture’s alternative text is too long: {longest}, and the rest is cut."))
    if not picture.url and (missing_words := cards.undrawable(picture.card)):
        words = " and ".join(missing_words)
        message = f"The card leaves out the {words}: no font here has all of its letters. Install the extra “fonts”."
        concerns.append(Concern(message))
    return tuple(concerns)


def compose_post(
    channel: str,
    template: str,
    letter: LetterView,
    capabilities: Capabilities,
    options: Options,
    *,
    beside: bool = False,
    more: Mapping[str, Any] = MappingProxyType({}),
    payload: PostPayload = _PLAIN,
) -> Variant:
    """Render and fit one template; the letter's picture is shown by the card of its link. Raises TemplateError.

    With `beside` the link is for a card beside the text, and the template is given none. `more` are further names for
    it. `payload` is the channel's own, for which the link's place and the card's address are filled in here.
    """
    link = "" if options.link == "none" else ascii_url(letter.url)
    fit_result = post(
        template,
        letter,
        capabilities,
        link="" if beside else link,
        slug=options.templates,
        thread=options.thread and capabilities.threads,
        keep_in="first" if options.link == "first" else "last",
        extra=more,
    )
    losses = list(fit_result.dropped)
    if options.link == "none":
        losses.append("The post has no link: the rest of the letter can’t be reached from it.")
    picture = picture_for(letter, capabilities, options)
    if letter.image_url and not link and picture is None:
        only_on_cards = f"{capabilities.label} shows it on the card of a link only"
        reason = "the publication chose so" if capabilities.pictures else only_on_cards
        losses.append(f"The letter’s picture is not in the post: {reason}.")
    limits = capabilities.pictures
    address = card_url(letter, limits.size) if picture and limits and limits.by_url else ""
    return Variant(
        channel,
        parts=fit_result.parts,
        length=longest(fit_result.parts, capabilities),
        limit=capabilities.limit,
        link=link,
        image_url=letter.image_url if link else "",
        picture=picture if fit_result.parts else None,
        language=letter.language or letter.publication.language,
        payload=replace(payload, link=options.link, card_url=address),
        dropped=tuple(losses),
    )
