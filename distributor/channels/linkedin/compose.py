"""A letter as a post on LinkedIn: with the card of its link, or with a picture."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.linkedin.capabilities import CAPABILITIES, CARD_DESCRIPTION, CARD_TITLE
from distributor.channels.linkedin.payload import CARD, CONNECTIONS, PICTURE, PUBLIC, LinkedInPayload
from distributor.channels.posts import picture_for
from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import fit
from distributor.domain.text_length import measure
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post

TEMPLATE = "social/linkedin.txt"


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/linkedin.txt`. Raises TemplateError. A post without a link has no card."""
    link = "" if options.link == "none" else ascii_url(letter.url)
    show = CARD if link and options.setting("show", CARD) == CARD else PICTURE
    fit_result = post(TEMPLATE, letter, CAPABILITIES, link="" if show == CARD else link, slug=options.templates)
    picture = picture_for(letter, CAPABILITIES, options)
    losses = list(fit_result.dropped)
    if options.link == "none":
        losses.append("The post has no link: the rest of the letter can’t be reached from it.")
    if letter.image_url and not (picture and picture.url):
        losses.append("The letter’s picture is not in the post: LinkedIn takes none from the linked page.")
    title = fit(letter.title, CARD_TITLE)
    return Variant(
        "linkedin",
        parts=fit_result.parts,
        length=longest(fit_result.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        picture=picture if fit_result.parts else None,
        language=letter.language or letter.publication.language,
        payload=LinkedInPayload(
            link=options.link,
            show=show,
            title=_one_line(title.parts),
            description=_one_line(fit(letter_context(letter)["lead"], CARD_DESCRIPTION).parts),
            visibility=CONNECTIONS if options.setting("visibility", PUBLIC).upper() == CONNECTIONS else PUBLIC,
        ),
        dropped=(*losses, *(title.dropped if show == CARD else ())),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post."""
    payload = LinkedInPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to post: the letter has no text that fits LinkedIn.", "refuse"))
    concerns.extend(_too_long(part, CAPABILITIES) for part in variant.parts if not _fits(part, CAPABILITIES))
    if not variant.link and payload.link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link and no card."))
    if payload.visibility == CONNECTIONS:
        concerns.append(Concern("Only the member’s own connections will see the post.", "note"))
    return tuple(concerns)


def _fits(text: str, capabilities: Capabilities) -> bool:
    return measure(text, capabilities) <= (capabilities.limit or 0)


def _too_long(text: str, capabilities: Capabilities) -> Concern:
    size = measure(text, capabilities)
    message = f"LinkedIn won’t take the post: it counts {size:,} and LinkedIn takes {capabilities.limit:,}."
    return Concern(message, "refuse")


def _one_line(parts: tuple[str, ...]) -> str:
    return " ".join(" ".join(parts).split())
