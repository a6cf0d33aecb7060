"""A letter as a post on Bluesky, or as a thread."""

from __future__ import annotations

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.bluesky.capabilities import CAPABILITIES
from distributor.channels.bluesky.payload import CARD, PICTURE, BlueskyPayload, CardWords
from distributor.channels.posts import compose_post
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import fit
from distributor.domain.text_length import measure, plain_length
from distributor.domain.variants import Concern, Variant
from distributor.rendering.context import letter_context

TEMPLATE = "social/bluesky.txt"

# A card shows two lines of it, more or less; the lexicon sets no limit.
_DESCRIPTION = Capabilities("The card", limit=300, counts="graphemes")

SETTINGS = (
    ChannelSetting(
        "show",
        "What the post shows",
        help="A card with the letter’s title, which leads to it; or its picture, with the link in the text.",
        choices=(CARD, PICTURE),
        default=CARD,
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/bluesky.txt`; on a card the link goes beside the text. Raises TemplateError."""
    has_link = bool(letter.url) and options.link != "none"
    show = CARD if has_link and options.setting("show", CARD) == CARD else PICTURE
    card = None
    if show == CARD:
        description = fit(letter_context(letter)["lead"], _DESCRIPTION).parts
        card = CardWords(letter.title, " ".join(description))
    extra = {"card": show == CARD}
    payload = BlueskyPayload(show=show, card=card)
    return compose_post("bluesky", TEMPLATE, letter, CAPABILITIES, options, more=extra, payload=payload)


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post or thread."""
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to post: the letter has no text that fits Bluesky.", "refuse"))
    for number, part in enumerate(variant.parts, 1):
        for size, limit, unit in (
            (measure(part, CAPABILITIES), CAPABILITIES.limit or 0, "characters"),
            (plain_length(part, "utf8-bytes"), CAPABILITIES.bytes_limit or 0, "bytes"),
        ):
            if size > limit:
                message = f"Bluesky won’t take post {number}: it has {size:,} {unit} and Bluesky takes {limit:,}."
                concerns.append(Concern(message, "refuse"))
    if not variant.link and BlueskyPayload.of(variant).link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link and no card."))
    return tuple(concerns)
