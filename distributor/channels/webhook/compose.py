"""A letter as what a webhook says of it: a ready text for people, and the letter in fields for machines."""

from __future__ import annotations

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.posts import picture_for
from distributor.channels.webhook import event
from distributor.channels.webhook.capabilities import CAPABILITIES
from distributor.channels.webhook.payload import (
    AuthorFields,
    LetterFields,
    PublicationFields,
    SeriesFields,
    WebhookPayload,
)
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering import bodies
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import base_url
from distributor.rendering.social import longest, post

TEMPLATE = "social/webhook.txt"
SIZE_ADVISED = 20_000  # bytes: “usually smaller than 20kb” (the standard, Payload size)

SETTINGS = (
    ChannelSetting(
        "content",
        "How much of the letter is sent",
        help="whole: its text, also as HTML. text: its text without HTML. post: a short text and the link only.",
        choices=("whole", "text", "post"),
        default="whole",
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render `social/webhook.txt`; the payload is the letter in fields. Raises TemplateError."""
    link = "" if options.link == "none" else ascii_url(letter.url)
    fit_result = post(TEMPLATE, letter, CAPABILITIES, link=link, slug=options.templates)
    picture = picture_for(letter, CAPABILITIES, options)
    losses = ("The call has no link: the letter’s page can’t be reached from it.",) if options.link == "none" else ()
    content = options.setting("content", "whole")
    return Variant(
        "webhook",
        parts=fit_result.parts,
        length=longest(fit_result.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        image_url=picture.url if picture else "",
        picture=picture,
        language=letter.language or letter.publication.language,
        payload=WebhookPayload(link=options.link, letter=fields(letter, content)),
        dropped=(*fit_result.dropped, *losses),
    )


def fields(letter: LetterView, content: str) -> LetterFields:
    """Return the letter as a call says it; `content` is the setting of that name."""
    brand, series = letter.publication, letter.series
    return LetterFields(
        title=letter.title,
        canonical_url=letter.canonical_url,
        language=letter.language or brand.language,
        published_at=letter.published_at.isoformat() if letter.published_at else None,
        section=letter.section,
        authors=tuple(AuthorFields(author.name, author.email, author.bio) for author in letter.authors),
        series=SeriesFields(series.title, series.number) if series else None,
        editor_note=letter.editor_note,
        publication=PublicationFields(brand.slug, brand.name, brand.site_url),
        body_text=letter.body_text if content != "post" else None,
        body_html=bodies.safe_html(letter.body_html, base=base_url(letter)) if content == "whole" else None,
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the call."""
    payload = WebhookPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.parts and not variant.link:
        concerns.append(Concern("There is nothing to send: the letter has neither text nor a link.", "refuse"))
    if not variant.link and payload.link != "none":
        concerns.append(Concern("The letter has no page on the web, so the call has no link."))
    size = len(event.body(variant, key="0" * 36, at="0" * 25))
    if size > SIZE_ADVISED:
        shorter = "" if payload.letter.body_text is None else " The setting “content” makes it shorter."
        concerns.append(Concern(f"The call has {size / 1000:,.0f} kB; 20 at most are advised.{shorter}", "note"))
    return tuple(concerns)
