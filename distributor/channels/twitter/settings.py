"""What a publication can choose for X: who may reply, a community, and other prices.

Source: https://docs.x.com/x-api/posts/create-posts
"""

from __future__ import annotations

import re

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.twitter.payload import TwitterPayload
from distributor.channels.twitter.prices import PRICE, PRICE_WITH_URL
from distributor.domain.costs import amount
from distributor.domain.variants import Concern, Variant

EVERYONE = "everyone"  # X's own default: it has no word for it and gets none
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")

_COMMUNITY = re.compile(r"(?:https?://(?:www\.)?(?:x|twitter)\.com/i/communities/)?([0-9]{1,19})/?", re.ASCII)
_NO_COMMUNITY = "The community is not a number: copy the address of its page on X."


def _community_problem(text: str) -> str:
    return "" if _COMMUNITY.fullmatch(text) else _NO_COMMUNITY


def _price_problem(text: str) -> str:
    return f"“{text}” is not a price: write it in US dollars, such as 0.015." if amount(text) is None else ""


SETTINGS = (
    ChannelSetting(
        "reply_settings",
        "Who can reply",
        help="“following”: accounts that you follow. “mentionedUsers”: those named in the post. "
        "“subscribers”: your paying subscribers. “verified”: verified accounts.",
        choices=(EVERYONE, *REPLY_SETTINGS),
        default=EVERYONE,
    ),
    ChannelSetting(
        "community_id",
        "Community",
        help="Post to a community that the account is a member of: its number or address.",
        problem=_community_problem,
    ),
    ChannelSetting(
        "price",
        "Price of a post",
        help="In US dollars, for reports of what posts cost.",
        default=str(PRICE),
        problem=_price_problem,
    ),
    ChannelSetting(
        "price_with_url",
        "Price of a post with a link",
        help="In US dollars.",
        default=str(PRICE_WITH_URL),
        problem=_price_problem,
    ),
)


def payload(options: Options) -> TwitterPayload:
    """Return the settings as a variant holds them: those only that differ from X's own ways."""
    values = {setting.name: options.setting(setting.name, setting.default).strip() for setting in SETTINGS}
    choices = {setting.name: values[setting.name] for setting in SETTINGS if values[setting.name] != setting.default}
    community = _COMMUNITY.fullmatch(choices.get("community_id", ""))
    return TwitterPayload(
        reply_settings=choices.get("reply_settings", ""),
        community_id=community.group(1) if community else choices.get("community_id", ""),
        price=choices.get("price", ""),
        price_with_url=choices.get("price_with_url", ""),
    )


def concerns(variant: Variant) -> list[Concern]:
    """Say which settings X would not understand. A post must never go to everybody because a community was misspelt."""
    payload = TwitterPayload.of(variant)
    concerns = []
    if payload.reply_settings and payload.reply_settings not in REPLY_SETTINGS:
        message = f"X has no such choice of who can reply: choose from {', '.join((EVERYONE, *REPLY_SETTINGS))}."
        concerns.append(Concern(message, "refuse"))
    if payload.community_id and not _COMMUNITY.fullmatch(payload.community_id):
        concerns.append(Concern(_NO_COMMUNITY, "refuse"))
    concerns.extend(
        Concern(f"“{price}” is not a price: the usual one of X is used.")
        for price in (payload.price, payload.price_with_url)
        if price and amount(price) is None
    )
    return concerns
