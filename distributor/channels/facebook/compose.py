"""A letter as a post on a Facebook page."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.facebook.capabilities import CAPABILITIES
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.social import longest, post

TEMPLATE = "social/facebook.txt"


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/facebook.txt`; the link goes beside the message. Raises TemplateError."""
    link = "" if options.link == "none" else ascii_url(letter.url)
    fitted = post(TEMPLATE, letter, CAPABILITIES, link=link, own=options.templates)
    dropped = list(fitted.dropped)
    if options.link == "none":
        dropped.append("The post has no link: the rest of the letter can’t be reached from it.")
    if letter.image_url and not link:
        dropped.append("The letter’s picture is not in the post: Facebook shows it on the card of a link only.")
    return Variant(
        "facebook",
        parts=fitted.parts,
        length=longest(fitted.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        image_url=letter.image_url if link else "",
        data={"link": options.link},
        dropped=tuple(dropped),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post."""
    found: list[Concern] = []
    if not variant.parts and not variant.link:
        found.append(Concern("There is nothing to post: the letter has neither text nor a link.", "refuse"))
    if not variant.link and variant.data.get("link") != "none":
        found.append(Concern("The letter has no page on the web, so the post has no link and no card."))
    return tuple(found)
