"""A letter as a post on X, or as a thread."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.twitter.capabilities import CAPABILITIES
from distributor.domain import urls
from distributor.domain.counting import measure, valid
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.social import longest, post

TEMPLATE = "social/twitter.txt"

# US dollars, pay per use (https://docs.x.com/x-api/getting-started/pricing, November 2026).
PRICE = 0.015
PRICE_WITH_URL = 0.20


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/twitter.txt`. Raises TemplateError.

    `data["link"]` says which post of a thread carries the link: `first`, `last` or `none`.
    """
    address = ascii_url(letter.url)
    link = "" if options.link == "none" else address
    fitted = post(
        TEMPLATE,
        letter,
        CAPABILITIES,
        link=link,
        own=options.templates,
        thread=options.thread,
        keep_in="first" if options.link == "first" else "last",
    )
    dropped = list(fitted.dropped)
    if options.link == "none":
        dropped.append("The post has no link: the rest of the letter can’t be reached from it.")
    if letter.image_url and not link:
        dropped.append("The letter’s picture is not in the post: X shows it on the card of a link only.")
    return Variant(
        "twitter",
        parts=fitted.parts,
        length=longest(fitted.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        image_url=letter.image_url if link else "",
        data={"link": options.link},
        dropped=tuple(dropped),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post or thread, and what it costs."""
    found: list[Concern] = []
    if not variant.parts:
        found.append(Concern("There is nothing to post: the letter has no text that fits X.", "refuse"))
    for number, part in enumerate(variant.parts, 1):
        if not valid(part, CAPABILITIES):
            size = measure(part, CAPABILITIES)
            message = f"X won’t take post {number}: it counts {size:,} and X takes {CAPABILITIES.limit:,}."
            found.append(Concern(message, "refuse"))
    if not variant.link and variant.data.get("link") != "none":
        found.append(Concern("The letter has no page on the web, so the post has no link."))
    if variant.link and not any(map(urls.links, variant.parts)):
        message = "X makes no link of the letter’s address, since that is not a public one: it counts in full."
        found.append(Concern(message, "note"))
    if variant.parts:
        found.append(Concern(_cost(variant.parts), "note"))
    return tuple(found)


def cost(parts: tuple[str, ...]) -> float:
    """Return what X charges for these posts, in US dollars. What X takes for a link makes a post a dear one."""
    return sum(PRICE_WITH_URL if urls.links(part) else PRICE for part in parts)


def _cost(parts: tuple[str, ...]) -> str:
    total, without = cost(parts), PRICE * len(parts)
    what = "This post costs" if len(parts) == 1 else f"This thread of {len(parts)} posts costs"
    if total == without:
        return f"{what} about ${total:.3f} on X; with a link it would be ${without - PRICE + PRICE_WITH_URL:.3f}."
    return f"{what} about ${total:.3f} on X; without a link it would be ${without:.3f}."
