"""Each channel's variant of a letter, as an editor sees it before anything is sent. Reads no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from distributor.channels import registry
from distributor.channels.base import Channel, ChannelSetting, Options
from distributor.channels.payloads import EMPTY, AddressedPayload
from distributor.channels.posts import picture_concerns
from distributor.delivery.variants import channel_settings
from distributor.delivery.variants.letter_links import with_links
from distributor.domain import recipient_fields
from distributor.domain.errors import TemplateError, UnknownChannel
from distributor.domain.letters import LetterView, PublicationView
from distributor.domain.overrides import NO_OVERRIDE, Override
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Concern, Variant
from distributor.rendering.mail import RecipientPass, RenderedMail
from distributor.rendering.template_sets import TemplateSet


@dataclass(frozen=True, slots=True)
class Preview:
    """One channel's variant with what an editor should know; no variant where it can't be made (a concern says why)."""

    channel: str
    label: str
    variant: Variant | None
    concerns: tuple[Concern, ...]

    @property
    def refused(self) -> bool:
        """Whether it can't go out like this."""
        return any(concern.level == "refuse" for concern in self.concerns)

    def to_json(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "label": self.label,
            "variant": self.variant.to_json() if self.variant else None,
            "concerns": [{"level": concern.level, "message": concern.message} for concern in self.concerns],
        }


def previews(
    letter: LetterView, channels: Sequence[str], *, options: Mapping[str, Options] | None = None
) -> tuple[Preview, ...]:
    """Compose the letter for each channel, in the given order. A broken template or unknown channel is a concern."""
    chosen = options or {}
    return tuple(preview(letter, name, options=chosen.get(name) or options_for("", {}, name)) for name in channels)


def preview(
    letter: LetterView, name: str, *, options: Options, code: str = "", content: Override = NO_OVERRIDE
) -> Preview:
    """Compose the letter for one channel, with what an editor wrote for it.

    `code` is that of its short link, where the letter is stored.
    """
    try:
        channel = registry.get(name)
        variant = variant_of(channel, *with_content(with_links(letter, name, options, code=code), options, content))
    except (TemplateError, UnknownChannel) as error:
        return Preview(name, name, None, (Concern(str(error), "refuse"),))
    concerns = (*concerns_of(variant, channel), *_language_concerns(letter))
    return Preview(name, channel.capabilities.label, variant, concerns)


def with_content(letter: LetterView, options: Options, content: Override) -> tuple[LetterView, Options]:
    """Return a letter and the settings as a variant is made of them that an editor has written something for."""
    if content.picture is not None:
        options = replace(options, picture="own" if content.picture else "none")
    if content.link == "":
        options = replace(options, link="none")
    elif content.link is not None and options.link == "none":
        options = replace(options, link="last")  # a place for it, where the publication's settings leave it out
    return content.view(letter), options


def variant_of(channel: Channel, letter: LetterView, options: Options) -> Variant:
    """Return a channel's variant of a letter: but for mail it is for nobody in particular, which is told.

    Raises TemplateError.
    """
    is_mail = channel.capabilities.addressed
    variant = channel.compose(letter if is_mail else recipient_fields.without_fields(letter), options)
    notices = recipient_fields.notices(letter, is_mail=is_mail)
    return replace(variant, dropped=(*variant.dropped, *notices)) if notices else variant


def concerns_of(variant: Variant, channel: Channel) -> tuple[Concern, ...]:
    """Return what an editor should know of a variant: what did not fit, and what its channel and its picture say."""
    return (
        *(Concern(sentence) for sentence in variant.dropped),
        *channel.check(variant),
        *picture_concerns(variant, channel.capabilities),
    )


def _language_concerns(letter: LetterView) -> tuple[Concern, ...]:
    """Say that the letter is in a language that the publication has none of, as far as tags tell (`ko` is `ko-KR`)."""
    languages = letter.publication.languages
    if not letter.language or _primary(letter.language) in map(_primary, languages):
        return ()
    message = (
        f"The letter says that its language is “{letter.language}”, and the publication’s is {' or '.join(languages)}: "
        "screen readers and networks go by it. Correct the letter, or add the language in the publication’s settings."
    )
    return (Concern(message, "note"),)


def _primary(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]


def sample_mail(variant: Variant, publication: PublicationView, *, values: bool = True) -> RenderedMail:
    """Return a mail as a made-up subscriber gets it: with sample values of the attributes that it writes, or with none.

    Raises TemplateError where it can't be made so: somebody who lacks a value gets none then.
    """
    payload = variant.payload
    attributes = payload.attributes if isinstance(payload, AddressedPayload) else ()
    lenient = isinstance(payload, AddressedPayload) and payload.missing == EMPTY
    recipient = sample_recipient(publication, attributes if values else ())
    recipient = recipient if values else replace(recipient, name="")
    return RecipientPass(variant, lenient=lenient).render(recipient)


def mail_json(channel_preview: Preview, publication: PublicationView) -> dict[str, Any] | None:
    """Return a mail variant as a made-up subscriber gets it, as JSON types; None for other channels.

    `without_values` is there where somebody who lacks its attributes gets another one: its subject and text, or the
    problem that there is.
    """
    adapter = registry.CHANNELS.get(channel_preview.channel)
    if channel_preview.variant is None or adapter is None or not adapter.capabilities.addressed:
        return None
    mail = sample_mail(channel_preview.variant, publication)
    size = len(mail.html.encode()) + len(mail.text.encode())
    shown: dict[str, Any] = {"subject": mail.subject, "html": mail.html, "text": mail.text, "bytes": size}
    try:
        bare = sample_mail(channel_preview.variant, publication, values=False)
    except TemplateError as error:
        return {**shown, "without_values": {"problem": str(error)}}
    same = (bare.subject, bare.text) == (mail.subject, mail.text)
    return shown if same else {**shown, "without_values": {"subject": bare.subject, "text": bare.text}}


def sample_recipient(publication: PublicationView, attributes: Iterable[str] = ()) -> Recipient:
    """Return a made-up subscriber, who has these attributes: for showing a mail variant as someone gets it."""
    return Recipient(
        id=0,
        email="reader@example.com",
        name="Kim Reader",
        language=publication.language,
        attributes={name: f"({name})" for name in attributes},
        unsubscribe_url=f"{publication.site_url}/",
    )


def options_for(templates: str | TemplateSet, channel_options: object, channel: str) -> Options:
    """Return a publication's settings for one channel; what it does not say, or can't be read, is the default.

    `templates` are the publication's own ones, or its slug where none that it stores matter.
    """
    stored = channel_settings.entry_of(channel_options, channel)
    adapter = registry.CHANNELS.get(channel)
    posts = adapter is not None and not adapter.capabilities.addressed
    campaign = channel_settings.CAMPAIGN if posts else channel_settings.MAIL_CAMPAIGN

    def says(setting: ChannelSetting) -> str:
        return channel_settings.read(setting, stored.get(setting.name))

    return Options(
        thread=says(channel_settings.THREAD) == channel_settings.YES,
        link=cast(Literal["first", "last", "none"], says(channel_settings.LINK)),
        picture=cast(Literal["auto", "own", "card", "none"], says(channel_settings.PICTURE)),
        templates=templates,
        track=says(channel_settings.TRACK) == channel_settings.YES,
        campaign=says(campaign) == channel_settings.YES,
        short=says(channel_settings.SHORT) == channel_settings.YES,
        more=channel_settings.channel_values(stored),
    )
