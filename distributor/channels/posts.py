"""A letter as a post whose link the network shows as a card: what X and Facebook have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from distributor.channels.base import Options
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.variants import Picture, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post


def picture_for(letter: LetterView, capabilities: Capabilities, options: Options) -> Picture | None:
    """Return the picture that a post carries by the publication's wish; None where the channel takes none."""
    limits = capabilities.pictures
    if limits is None or options.picture == "none":
        return None
    own = "" if options.picture == "card" else ascii_url(letter.image_url)
    if not own and options.picture == "own":
        return None
    width, height = limits.size
    return Picture(
        alt=letter.image_alt if own else letter.title, url=own, card=card_of(letter), width=width, height=height
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
    }


def compose_post(
    channel: str,
    template: str,
    letter: LetterView,
    capabilities: Capabilities,
    options: Options,
    *,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Variant:
    """Render and fit one template; the letter's picture is shown by the card of its link. Raises TemplateError.

    `data["link"]` says which post of a thread carries the link: `first`, `last` or `none`. `more` are further names
    for the template.
    """
    link = "" if options.link == "none" else ascii_url(letter.url)
    fitted = post(
        template,
        letter,
        capabilities,
        link=link,
        own=options.templates,
        thread=options.thread and capabilities.threads,
        keep_in="first" if options.link == "first" else "last",
        more=more,
    )
    dropped = list(fitted.dropped)
    if options.link == "none":
        dropped.append("The post has no link: the rest of the letter can’t be reached from it.")
    picture = picture_for(letter, capabilities, options)
    if letter.image_url and not link and not (picture and picture.url):
        shown = f"{capabilities.label} shows it on the card of a link only"
        dropped.append(f"The letter’s picture is not in the post: {shown}.")
    return Variant(
        channel,
        parts=fitted.parts,
        length=longest(fitted.parts, capabilities),
        limit=capabilities.limit,
        link=link,
        image_url=letter.image_url if link else "",
        picture=picture if fitted.parts else None,
        language=letter.language or letter.publication.language,
        data={"link": options.link},
        dropped=tuple(dropped),
    )
