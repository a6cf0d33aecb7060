"""A stored letter's variants as they would go out now, before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from django.conf import settings

from distributor.channels import registry
from distributor.delivery.variants import concerns
from distributor.delivery.variants.previews import Preview, options_for, preview
from distributor.domain.letters import PublicationView
from distributor.domain.overrides import NO_OVERRIDE, Override
from distributor.domain.planning import LINK
from distributor.domain.variants import Concern
from distributor.letters import short_links
from distributor.letters.models import Letter, Page
from distributor.letters.pages import public_url
from distributor.letters.stored_templates import template_set

NO_CONTENTS: Final[Mapping[str, Override]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """One channel's variant of a letter; `about_account` are those of its concerns that are about the account."""

    preview: Preview
    publication: PublicationView
    about_account: tuple[Concern, ...]


def channels_of(letter: Letter) -> tuple[list[str], list[str]]:
    """Return the channels that a letter goes to, in the order of its share bar, and all others."""
    bar = letter.share_bar or letter.publication.share_bar
    names = dict.fromkeys([*bar, *(dispatch.channel for dispatch in letter.dispatches.all())])
    bar_channels = [name for name in names if name in registry.names()]
    return bar_channels, [name for name in registry.names() if name not in bar_channels]


def of_letter(letter: Letter, channel: str) -> LetterPreview:
    """Return one channel's variant of a letter, with what its accounts can't do for it among the concerns."""
    return of_channels(letter, [channel])[0]


def of_channels(
    letter: Letter, channels: Sequence[str], contents: Mapping[str, Override] = NO_CONTENTS
) -> list[LetterPreview]:
    """Return the variants of these channels, with what an editor wrote for each, by channel."""
    brand = letter.publication
    with_link = LINK in channels_of(letter)[0] or Page.objects.filter(letter=letter).exists()
    view = letter.view(site_url=settings.SITE_URL, url=public_url(letter, with_link=with_link))
    results = []
    for channel in channels:
        options = options_for(template_set(brand), brand.channel_options, channel)
        code = short_links.code_of(letter, channel) if options.short else ""
        content = contents.get(channel, NO_OVERRIDE)
        channel_preview = preview(view, channel, options=options, code=code, content=content)
        about_account = concerns.of_accounts(channel_preview, brand)
        whole = replace(channel_preview, concerns=(*channel_preview.concerns, *about_account))
        results.append(LetterPreview(whole, view.publication, about_account))
    return results
