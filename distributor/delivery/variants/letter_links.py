"""The address that a variant sends people to: made in one place, so that a preview shows what goes out.

It is the letter's page with the campaign parameters of the channel, or a short link to it. What names the letter to
machines (canonical, og:url, the ids of feeds) and what readers pass on is always the plain address.
"""

from __future__ import annotations

from dataclasses import replace

from distributor.channels import registry, share_bar
from distributor.channels.base import Options
from distributor.domain.campaigns import add_parameters
from distributor.domain.letters import LetterView
from distributor.domain.planning import LINK
from distributor.domain.recipient_fields import without_fields

SHORT_PATH = "/s/"
# As long as a code, for letters that are not stored: it leads nowhere.
NO_CODE = "preview"


def with_links(letter: LetterView, channel: str, options: Options, *, code: str = "") -> LetterView:
    """Return the letter as a channel's variant sees it: `url` is what it carries, `plain_url` the address itself, and
    `share_links` are those of its share bar.

    `code` is that of the channel's short link (`letters.short_links`), where the letter is stored. Pure.
    """
    if not takes_campaign(channel):
        return letter
    url = campaign_url(letter.url, letter.slug, channel, options)
    if is_short(letter, channel, options):
        url = f"{letter.publication.root_url}{SHORT_PATH}{code or NO_CODE}"
    return replace(letter, url=url, plain_url=letter.url, share_links=share_bar.share_links(without_fields(letter)))


def campaign_url(url: str, slug: str, channel: str, options: Options) -> str:
    """Return an address with a channel's campaign parameters where the publication asks for them."""
    if not options.campaign:
        return url
    return add_parameters(url, source=channel, medium="email" if _is_mail(channel) else "social", campaign=slug)


def is_short(letter: LetterView, channel: str, options: Options) -> bool:
    """Whether a channel's variant carries a short link: only to a page of ours.

    Mails never do: their links are counted by themselves, and readers look at where a mail's links lead.
    """
    leads_to_us = bool(letter.publication.root_url) and letter.url.startswith(f"{letter.publication.site_url}/letters/")
    return options.short and leads_to_us and takes_short(channel)


def takes_campaign(channel: str) -> bool:
    """Whether a channel's variants lead to the letter's page, and may say by which channel: all but the page itself."""
    return channel != LINK


def takes_short(channel: str) -> bool:
    """Whether a channel's variants may carry a short link."""
    return takes_campaign(channel) and not _is_mail(channel)


def _is_mail(channel: str) -> bool:
    adapter = registry.CHANNELS.get(channel)
    return adapter is not None and adapter.capabilities.addressed
