"""A letter as a post on a Facebook page: a link with its card, or a photo; its link in the post or in a comment."""

from __future__ import annotations

from dataclasses import replace

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.facebook.capabilities import CAPABILITIES
from distributor.channels.facebook.payload import FacebookPayload
from distributor.channels.posts import compose_post
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import fit
from distributor.domain.variants import Concern, Variant
from distributor.rendering.social import longest

TEMPLATE = "social/facebook.txt"

SETTINGS = (
    ChannelSetting(
        "kind",
        "Posted as",
        help="A link is shown with its card. A photo is larger; the link is then in the text.",
        choices=("link", "photo"),
        default="link",
    ),
    ChannelSetting(
        "first_comment",
        "First comment",
        help="“link”: the post has no link, and the page comments on it with the link.",
        choices=("none", "link"),
        default="none",
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/facebook.txt`. Raises TemplateError.

    The link goes beside the message, into a photo's message, or into the first comment.
    """
    photo = options.setting("kind", "link") == "photo"
    own_options = options if photo else replace(options, picture="none")
    variant = compose_post("facebook", TEMPLATE, letter, CAPABILITIES, own_options, payload=FacebookPayload())
    comment = variant.link if options.setting("first_comment", "none") == "link" else ""
    losses = variant.dropped
    if photo and variant.picture is None:
        photo = False
        losses = (*losses, "The letter has no picture of its own, so it is posted as a link instead of a photo.")
    variant = replace(
        variant,
        payload=replace(FacebookPayload.of(variant), kind="photo" if photo else "link", comment=comment),
        image_url="" if comment and not photo else variant.image_url,  # a post without a link has no card
        dropped=losses,
    )
    return _with_link_in_text(variant) if photo and variant.link and not comment else variant


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post."""
    payload = FacebookPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.parts and (not variant.link or payload.comment):
        concerns.append(Concern("There is nothing to post: the letter has neither text nor a link.", "refuse"))
    if not variant.link and payload.link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link and no card."))
    if payload.comment and payload.kind == "link":
        concerns.append(Concern("The link is in the first comment only, so Facebook shows no card of it.", "note"))
    return tuple(concerns)


def _with_link_in_text(variant: Variant) -> Variant:
    text = "\n\n".join((*variant.parts, variant.link))
    fit_result = fit(text, CAPABILITIES, keep=variant.link)
    return replace(
        variant,
        parts=fit_result.parts,
        length=longest(fit_result.parts, CAPABILITIES),
        dropped=(*variant.dropped, *fit_result.dropped),
    )
