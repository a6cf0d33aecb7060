"""A letter as a message for any service."""

from __future__ import annotations

from dataclasses import replace

from distributor.channels.apprise.capabilities import CAPABILITIES
from distributor.channels.apprise.payload import ApprisePayload
from distributor.channels.base import Options
from distributor.channels.posts import compose_post
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/apprise.txt"


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/apprise.txt`. Raises TemplateError."""
    variant = compose_post("apprise", TEMPLATE, letter, CAPABILITIES, options, payload=ApprisePayload())
    first = variant.parts[0].partition("\n")[0] if variant.parts else ""
    title = first if first and first == letter.title.strip() else ""
    return replace(variant, payload=replace(ApprisePayload.of(variant), title=title))


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the message."""
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to send: the letter has no text.", "refuse"))
    if not variant.link and ApprisePayload.of(variant).link != "none":
        concerns.append(Concern("The letter has no page on the web, so the message has no link."))
    return tuple(concerns)
