"""A letter as a post on X, or as a thread."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.posts import compose_post
from distributor.channels.twitter.capabilities import CAPABILITIES
from distributor.domain import urls
from distributor.domain.counting import measure, valid
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/twitter.txt"

# US dollars, pay per use (https://docs.x.com/x-api/getting-started/pricing, November 2026).
PRICE = 0.015
PRICE_WITH_URL = 0.20


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/twitter.txt`, as a thread where the publication asks for one. Raises TemplateError."""
    return compose_post("twitter", TEMPLATE, letter, CAPABILITIES, options)


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
