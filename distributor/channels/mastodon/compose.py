"""A letter as a post on Mastodon, or as a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from distributor.channels.base import ChannelSetting, Credentials, Options
from distributor.channels.mastodon.capabilities import CAPABILITIES, LIMIT, LINK
from distributor.channels.mastodon.payload import MastodonPayload
from distributor.channels.posts import compose_post
from distributor.domain.letters import LetterView
from distributor.domain.text_length import measure, plain_length
from distributor.domain.variants import Concern, Variant

TEMPLATE = "social/mastodon.txt"
VISIBILITIES = ("public", "unlisted", "private", "direct")
_SEEN_BY = {"private": "its followers", "direct": "the people whom it mentions"}
LEAST = 50  # characters that a content warning has to leave for the text
MOST = 100_000  # characters that a publication can choose


def _length_problem(text: str) -> str:
    if LEAST <= _number(text, 0) <= MOST:
        return ""
    return f"“{text}” is not a length of a post: write a number from {LEAST} to {MOST:,}."


SETTINGS = (
    ChannelSetting("visibility", "Who sees it", choices=VISIBILITIES, default="public"),
    ChannelSetting("sensitive", "The picture is hidden until it is clicked", choices=("no", "yes"), default="no"),
    ChannelSetting("spoiler_text", "Content warning", help="A text that is shown first; the post opens at a click."),
    ChannelSetting(
        "characters",
        "Longest post",
        help="500 characters, unless your server takes more: its “About” page says so.",
        default=str(LIMIT),
        problem=_length_problem,
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/mastodon.txt`. Raises TemplateError.

    A content warning counts as text.
    """
    warning = options.setting("spoiler_text").strip()
    room = _longest(options.setting("characters")) - plain_length(warning, "graphemes")
    visibility = options.setting("visibility", "public")
    payload = MastodonPayload(
        visibility=visibility if visibility in VISIBILITIES else "private",  # rather too few see it than too many
        sensitive=options.setting("sensitive") == "yes",
        spoiler_text=warning,
    )
    capabilities = replace(CAPABILITIES, limit=max(room, 1))
    return compose_post("mastodon", TEMPLATE, letter, capabilities, options, payload=payload)


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the post or thread."""
    payload = MastodonPayload.of(variant)
    concerns: list[Concern] = []
    if not variant.parts:
        concerns.append(Concern("There is nothing to post: the letter has no text that fits Mastodon.", "refuse"))
    limit = LIMIT if variant.limit is None else variant.limit
    if payload.spoiler_text and limit < LEAST:
        concerns.append(Concern("The content warning leaves no room for the text: shorten it.", "refuse"))
    for number, part in enumerate(variant.parts, 1):
        size = characters(part)
        if size > limit:
            message = f"Mastodon won’t take post {number}: it counts {size:,} and there is room for {limit:,}."
            concerns.append(Concern(message, "refuse"))
    if not variant.link and payload.link != "none":
        concerns.append(Concern("The letter has no page on the web, so the post has no link."))
    if variant.picture and CAPABILITIES.pictures and len(variant.picture.alt) > CAPABILITIES.pictures.alt_text:
        concerns.append(Concern("The picture’s description is too long for Mastodon, so its end is left out."))
    if seen_by := _SEEN_BY.get(payload.visibility):
        concerns.append(Concern(f"Only {seen_by} will see the post.", "note"))
    return tuple(concerns)


def check_account(credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
    """Say where the account's own server takes less than the text needs, or would take what was left out."""
    limit, link = limits_of(credentials.values)
    length = max((needs(part, variant, link) for part in variant.parts), default=0)
    if length > limit:
        message = f"This account’s server takes {limit:,} characters a post and refuses this: it has {length:,}."
        return (Concern(message),)
    room = variant.limit or LIMIT
    is_full = bool(variant.dropped) and (len(variant.parts) > 1 or length > room * 2 // 3)
    if is_full and limit > max(room, LIMIT):
        return (Concern(f"This account’s server takes {limit:,}: set “Longest post” for Mastodon to use it.", "note"),)
    return ()


def needs(part: str, variant: Variant, link: int = LINK) -> int:
    """Return how much of a post's room a part takes, with the content warning that goes with it."""
    return characters(part, link) + plain_length(MastodonPayload.of(variant).spoiler_text, "graphemes")


def limits_of(values: Mapping[str, str]) -> tuple[int, int]:
    """Return an account's own limits: characters of a post, and what a link counts."""
    return _number(values.get("characters", ""), LIMIT), _number(values.get("link_length", ""), LINK)


def characters(text: str, link: int = LINK) -> int:
    """Return how long a server takes a text to be, whose links count `link`."""
    return measure(text, replace(CAPABILITIES, link_length=link))


def _longest(text: str) -> int:
    return min(_number(text, LIMIT), MOST)


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) else default
