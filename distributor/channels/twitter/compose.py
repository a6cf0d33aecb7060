"""A letter as a post on X, or as a thread."""

from __future__ import annotations

import re

from distributor.channels.base import Options
from distributor.channels.posts import compose_post
from distributor.channels.twitter import settings
from distributor.channels.twitter.capabilities import CAPABILITIES
from distributor.channels.twitter.payload import TwitterPayload
from distributor.channels.twitter.prices import Prices, cost
from distributor.domain import urls
from distributor.domain.letters import LetterView
from distributor.domain.text_length import measure, valid
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/twitter.txt"

# X refuses more than one cashtag in a post that comes through its API
# (https://docs.x.com/x-api/posts/manage-tweets/integrate).
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?![\w$])")


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/twitter.txt`, as a thread where the publication asks for one. Raises TemplateError."""
    return compose_post("twitter", TEMPLATE, letter, CAPABILITIES, options, payload=settings.payload(options))


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post or thread, and what it costs."""
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to post: the letter has no text that fits X.", "refuse"))
    for number, part in enumerate(variant.parts, 1):
        if not valid(part, CAPABILITIES):
            size = measure(part, CAPABILITIES)
            message = f"X won’t take post {number}: it counts {size:,} and X takes {CAPABILITIES.limit:,}."
            concerns.append(Concern(message, "refuse"))
        if len(_CASHTAG.findall(part)) > 1:
            concerns.append(Concern(f"X won’t take post {number} from most apps: it names more than one share by $."))
    concerns.extend(settings.concerns(variant))
    if not variant.link and TwitterPayload.of(variant).link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link."))
    if variant.link and not any(map(urls.links, variant.parts)):
        message = "X makes no link of the letter’s address, since that is not a public one: it counts in full."
        concerns.append(Concern(message, "note"))
    if variant.parts:
        concerns.append(Concern(_cost(variant), "note"))
    return tuple(concerns)


def _cost(variant: Variant) -> str:
    prices, total, count = Prices.of(variant), cost(variant), len(variant.parts)
    dear = sum(1 for part in variant.parts if urls.links(part))
    subject = "This post costs" if count == 1 else f"This thread of {count} posts costs"
    if not dear:
        return (
            f"{subject} about ${total:.3f} on X; with a link it would be ${total - prices.post + prices.with_url:.3f}."
        )
    without = total - dear * (prices.with_url - prices.post)
    return f"{subject} about ${total:.3f} on X; without a link it would be ${without:.3f}."
