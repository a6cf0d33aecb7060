"""Variants in answers: what a letter becomes on one channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from distributor.channels import registry
from distributor.delivery.models import Override as OverrideRow
from distributor.delivery.overrides import VariantState as VariantStateValue
from distributor.delivery.variants.previews import Preview as PreviewValue
from distributor.delivery.variants.previews import mail_json
from distributor.domain.errors import TemplateError
from distributor.domain.letters import PublicationView
from distributor.domain.text_length import measure
from distributor.domain.variants import Concern as ConcernValue
from distributor.domain.variants import Variant as VariantValue


class VariantConcern(Schema):
    """Something to know before it is approved."""

    level: Literal["note", "warning", "refuse"] = Field(
        description="`refuse`: it can't go out like this.", examples=["warning"]
    )
    message: str = Field(examples=["The publication has no postal address."])


class PostPart(Schema):
    """One post of a thread; most are one."""

    text: str = Field(examples=["The winter garden https://lantern.example/winter-garden"])
    length: int = Field(description="As its network counts.", examples=[43])


class VariantPicture(Schema):
    """What a post shows."""

    url: str = Field(description="Empty for a card that is drawn.", examples=["https://lantern.example/garden.jpg"])
    alt: str = Field(examples=["A garden under snow."])
    card: dict[str, str] = Field(description="What a drawn card says.", examples=[{"title": "The winter garden"}])
    width: int = Field(examples=[1200])
    height: int = Field(examples=[630])


class MailPreview(Schema):
    """A mail as a made-up subscriber gets it."""

    subject: str = Field(examples=["The winter garden"])
    html: str = Field(examples=["<html>…</html>"])
    text: str = Field(examples=["Dear reader,\n\nthe garden sleeps."])
    bytes: int = Field(description="Of both parts; Gmail cuts off above 102 kB.", examples=[11000])
    without_values: dict[str, str] | None = Field(
        None, description="What somebody gets who lacks the attributes that it writes, or the problem that is."
    )


class Variant(Schema):
    """The letter as one channel carries it."""

    parts: list[PostPart] = Field(description="Empty for mail and pages.")
    limit: int | None = Field(description="Of each part's length; null for none.", examples=[280])
    link: str = Field(examples=["https://lantern.example/winter-garden"])
    picture: VariantPicture | None
    language: str = Field(examples=["en"])
    html: str = Field(description="The page, where it is one.", examples=[""])
    mail: MailPreview | None = Field(description="The mail, where it is one.")
    data: dict[str, Any] = Field(description="What else the channel sends.", examples=[{}])


class VariantPreview(Schema):
    """One channel's variant, with what is to be known of it."""

    channel: str = Field(examples=["twitter"])
    label: str = Field(examples=["X (Twitter)"])
    ready: bool = Field(description="Nothing forbids it to go out like this.", examples=[True])
    variant: Variant | None = Field(description="Null where it can't be made: a concern says why.")
    concerns: list[VariantConcern]


class Override(Schema):
    """What somebody wrote for one variant; null where the template's is kept."""

    number: int = Field(examples=[1])
    at: datetime = Field(examples=["2026-12-01T08:00:00Z"])
    by: str = Field(examples=["maria"])
    text: str | None = Field(examples=["The garden sleeps."])
    picture: str | None = Field(description="Empty for none.", examples=[None])
    picture_alt: str | None = Field(examples=[None])
    link: str | None = Field(description="Empty for none.", examples=[None])
    letter_version: int | None = Field(description="The letter's version then.", examples=[1])


class VariantChange(Schema):
    """What changed since it was approved: what was approved goes out."""

    approved_version: int | None = Field(examples=[1])
    latest_version: int | None = Field(examples=[2])
    override: int | None = Field(examples=[None])
    outdated_override: int | None = Field(examples=[None])
    sentences: list[str] = Field(examples=[["The source has changed since it was approved."]])


class DispatchVariant(VariantPreview):
    """A dispatch's variant as it would be approved now."""

    dispatch: int = Field(examples=[41])
    own_parts: list[str] = Field(description="text, picture, link: what is not the template's.", examples=[["text"]])
    override: Override | None
    change: VariantChange | None = Field(description="Null where it is as it was approved.")


def concern_of(concern: ConcernValue) -> VariantConcern:
    """Return a concern as answers have it."""
    return VariantConcern(level=concern.level, message=concern.message)


def preview_of(preview: PreviewValue, publication: PublicationView) -> VariantPreview:
    """Return a preview as answers have it."""
    return VariantPreview(**_members(preview, publication))


def dispatch_variant_of(state: VariantStateValue, publication: PublicationView) -> DispatchVariant:
    """Return a dispatch's variant as answers have it."""
    change = state.change.to_json()
    return DispatchVariant(
        **_members(state.preview, publication),
        dispatch=state.dispatch.pk,
        own_parts=list(state.own_parts),
        override=override_of(state.override) if state.override else None,
        change=VariantChange(**change) if change else None,
    )


def override_of(row: OverrideRow) -> Override:
    """Return what somebody wrote as answers have it."""
    return Override(
        number=row.number,
        at=row.created_at,
        by=row.actor,
        text=row.text,
        picture=row.picture,
        picture_alt=row.picture_alt,
        link=row.link,
        letter_version=row.version.number if row.version else None,
    )


def _members(preview: PreviewValue, publication: PublicationView) -> dict[str, Any]:
    concerns = [concern_of(concern) for concern in preview.concerns]
    variant = None
    try:
        mail = mail_json(preview, publication)
        variant = _variant(preview.variant, mail) if preview.variant is not None else None
    except TemplateError as error:
        concerns.append(VariantConcern(level="refuse", message=str(error)))
    return {
        "channel": preview.channel,
        "label": preview.label,
        "ready": all(concern.level != "refuse" for concern in concerns),
        "variant": variant,
        "concerns": concerns,
    }


def _variant(variant: VariantValue, mail: dict[str, Any] | None) -> Variant:
    capabilities = registry.get(variant.channel).capabilities
    picture = variant.picture
    return Variant(
        parts=[PostPart(text=text, length=measure(text, capabilities)) for text in variant.parts],
        limit=variant.limit,
        link=variant.link,
        picture=VariantPicture(
            url=picture.url, alt=picture.alt, card=dict(picture.card), width=picture.width, height=picture.height
        )
        if picture
        else None,
        language=variant.language,
        html="" if mail else variant.html,
        mail=MailPreview(**mail) if mail else None,
        data=dict(variant.payload.to_json()),
    )
