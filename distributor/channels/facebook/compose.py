"""A letter as a post on a Facebook page."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.facebook.capabilities import CAPABILITIES
from distributor.channels.posts import compose_post
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/facebook.txt"


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/facebook.txt`; the link goes beside the message. Raises TemplateError."""
    return compose_post("facebook", TEMPLATE, letter, CAPABILITIES, options)


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post."""
    found: list[Concern] = []
    if not variant.parts and not variant.link:
        found.append(Concern("There is nothing to post: the letter has neither text nor a link.", "refuse"))
    if not variant.link and variant.data.get("link") != "none":
        found.append(Concern("The letter has no page on the web, so the post has no link and no card."))
    return tuple(found)
