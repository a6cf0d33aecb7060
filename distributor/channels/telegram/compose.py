"""A letter as a message on Telegram: with the preview of its link, or below a picture."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.posts import picture_for
from distributor.channels.telegram.capabilities import CAPABILITIES, CAPTION
from distributor.channels.telegram.entities import bold
from distributor.channels.telegram.payload import TelegramPayload
from distributor.domain.letters import LetterView
from distributor.domain.text_length import measure
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.social import longest, post

TEMPLATE = "social/telegram.txt"
PREVIEW, PICTURE = "preview", "picture"
NO, YES = "no", "yes"


def compose(letter: LetterView, options: Options) -> Variant:
    """Render `social/telegram.txt` and fit it to a message, or to the shorter text below a picture. Raises
    TemplateError.
    """
    link = "" if options.link == "none" else ascii_url(letter.url)
    picture = picture_for(letter, CAPABILITIES, options) if options.setting("show", PREVIEW) == PICTURE else None
    capabilities = CAPTION if picture else CAPABILITIES
    fit_result = post(TEMPLATE, letter, capabilities, link=link, slug=options.templates)
    losses = list(fit_result.dropped)
    if options.link == "none":
        losses.append("The message has no link: the rest of the letter can’t be reached from it.")
    if letter.image_url and not link and not (picture and picture.url):
        losses.append("The letter’s picture is not in the message: it is shown in the preview of a link only.")
    if picture and picture.url and letter.image_alt:
        losses.append("The picture’s description is not in the message: Telegram takes none.")
    return Variant(
        "telegram",
        parts=fit_result.parts,
        length=longest(fit_result.parts, capabilities),
        limit=capabilities.limit,
        link=link,
        image_url=letter.image_url if link and not picture else "",
        picture=picture if fit_result.parts else None,
        language=letter.language or letter.publication.language,
        payload=TelegramPayload(
            link=options.link,
            entities=bold(fit_result.parts[0], letter.title) if fit_result.parts else (),
            silent=options.setting("silent", NO) == YES,
            protect=options.setting("protect", NO) == YES,
            above=options.setting("above", NO) == YES,
        ),
        dropped=tuple(losses),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the message."""
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to send: the letter has no text that fits Telegram.", "refuse"))
    capabilities = CAPTION if variant.picture else CAPABILITIES
    for part in variant.parts:
        size = measure(part, capabilities)
        if size > (capabilities.limit or 0):
            message = f"Telegram won’t take the message: it counts {size:,} and may count {capabilities.limit:,}."
            concerns.append(Concern(message, "refuse"))
    if not variant.link and TelegramPayload.of(variant).link != "none":
        concerns.append(Concern("The letter has no page on the web, so the message has no link and no preview."))
    return tuple(concerns)
