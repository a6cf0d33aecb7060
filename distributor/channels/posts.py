"""A letter as a post whose link the network shows as a card: what X and Facebook have in common."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.variants import Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.social import longest, post


def compose_post(
    channel: str, template: str, letter: LetterView, capabilities: Capabilities, options: Options
) -> Variant:
    """Render and fit one template; the letter's picture is shown by the card of its link. Raises TemplateError.

    `data["link"]` says which post of a thread carries the link: `first`, `last` or `none`.
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
    )
    dropped = list(fitted.dropped)
    if options.link == "none":
        dropped.append("The post has no link: the rest of the letter can’t be reached from it.")
    if letter.image_url and not link:
        shown = f"{capabilities.label} shows it on the card of a link only"
        dropped.append(f"The letter’s picture is not in the post: {shown}.")
    return Variant(
        channel,
        parts=fitted.parts,
        length=longest(fitted.parts, capabilities),
        limit=capabilities.limit,
        link=link,
        image_url=letter.image_url if link else "",
        data={"link": options.link},
        dropped=tuple(dropped),
    )
