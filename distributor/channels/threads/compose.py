"""A letter as a post on Threads, or as several."""

from __future__ import annotations

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.posts import compose_post, picture_for
from distributor.channels.threads.capabilities import CAPABILITIES, MOST_LINKS
from distributor.channels.threads.payload import EVERYONE, ThreadsPayload
from distributor.domain import urls
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/threads.txt"

SETTINGS = (
    ChannelSetting(
        "reply_control",
        "Who may reply",
        choices=(EVERYONE, "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only"),
        default=EVERYONE,
        says={
            "accounts_you_follow": "accounts that you follow",
            "mentioned_only": "only those mentioned",
            "parent_post_author_only": "nobody but the author above",
            "followers_only": "only followers",
        },
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/threads.txt`. Raises TemplateError.

    With a picture the link is in the text; without one it goes beside it, as a card: a post has the one or the other.
    """
    beside = picture_for(letter, CAPABILITIES, options) is None
    payload = ThreadsPayload(reply_control=options.setting("reply_control", EVERYONE))
    return compose_post("threads", TEMPLATE, letter, CAPABILITIES, options, beside=beside, payload=payload)


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post."""
    payload = ThreadsPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to post: the letter has no text.", "refuse"))
    if not variant.link and payload.link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link."))
    for number, part in enumerate(variant.parts, 1):
        links = {part[start:end] for start, end in urls.links(part)} | ({variant.link} if variant.link else set())
        if len(links) > MOST_LINKS:
            name = f"post {number}" if len(variant.parts) > 1 else "the post"
            concerns.append(
                Concern(f"Threads takes at most {MOST_LINKS} links, and {name} has {len(links)}.", "refuse")
            )
    if variant.picture is not None and not variant.picture.url and not payload.card_url:
        message = "Threads fetches pictures from the web: until the card can be reached there, the link’s own is shown."
        concerns.append(Concern(message, "note"))
    return tuple(concerns)


def picture_url(variant: Variant) -> str:
    """Return the public address of the picture that goes with the first post, "" for none."""
    if variant.picture is None:
        return ""
    return variant.picture.url or ThreadsPayload.of(variant).card_url


def card_of(variant: Variant) -> tuple[int, str]:
    """Return which post shows the link as a card beside its text, and the link; "" where it is in a text already."""
    index = 0 if ThreadsPayload.of(variant).link == "first" else len(variant.parts) - 1
    in_text = any(variant.link in part for part in variant.parts)
    return index, "" if in_text else variant.link
