"""A letter as a message to a KakaoTalk channel's followers."""

from __future__ import annotations

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.kakaochannel.capabilities import CAPABILITIES
from distributor.channels.kakaochannel.gateway import Button, Message
from distributor.channels.kakaochannel.kinds import BRAND, NOTICE, OFFERED_KINDS, kind_of
from distributor.channels.kakaochannel.payload import KakaoChannelPayload
from distributor.domain import message_kinds
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post

TEMPLATE = "social/kakaochannel.txt"

SETTINGS = (
    ChannelSetting(
        "kind",
        "Kind of message",
        help="브랜드 메시지 (advertising; not from 20:00 to 8:00 in Korea), or 알림톡 (a notice in approved words).",
        choices=OFFERED_KINDS,
        default=BRAND,
    ),
    ChannelSetting(
        "template",
        "Number of the approved template",
        help="For 알림톡. Its variables may be #{title}, #{series}, #{number}, #{author}, #{publication} and #{link}.",
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/kakaochannel.txt`; an 알림톡 has its template's words and fills their variables.

    Raises TemplateError.
    """
    link, context = ascii_url(letter.url), letter_context(letter)
    kind = options.setting("kind", BRAND)
    fit_result = post(TEMPLATE, letter, CAPABILITIES, link=link, slug=options.templates)
    number = letter.series.number if letter.series else None
    variables = {
        "title": letter.title,
        "series": letter.series.title if letter.series else "",
        "number": str(number) if number else "",
        "author": context["authors_line"],
        "publication": letter.publication.name,
        "link": link,
    }
    buttons = (
        (context["words"]["read_now"], link),
        (context["words"]["archive"], ascii_url(letter.publication.site_url)),
    )
    return Variant(
        "kakaochannel",
        parts=fit_result.parts,
        length=longest(fit_result.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        language=context["language"],
        payload=KakaoChannelPayload(
            kind=kind,
            template=options.setting("template"),
            variables=variables,
            buttons=tuple((label, url) for label, url in buttons if url),
        ),
        dropped=fit_result.dropped if kind == BRAND else (),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the message."""
    concerns: list[Concern] = []
    payload = KakaoChannelPayload.of(variant)
    name, kind = payload.kind, kind_of(payload.kind)
    if kind is None:
        return (Concern(f"There is no kind of message “{name}”: choose {' or '.join(OFFERED_KINDS)}.", "refuse"),)
    if reason := message_kinds.refusal(kind, template=payload.template):
        concerns.append(Concern(reason, "refuse"))
    if not variant.link:
        message = "The message needs a link, and the letter has no page on the web: publish it by “link” too."
        concerns.append(Concern(message, "refuse"))
    if not kind.advertising:
        message = (
            "An 알림톡 may hold no advertising: Kakao approves its words, and what fills them has to keep to that."
        )
        concerns.append(Concern(message))
    if name == NOTICE:
        message = (
            "What is shown here is not what they get: that is the approved template, filled with the letter’s title."
        )
        concerns.append(Concern(message, "note"))
    if kind.night is not None:
        hours = kind.night.hours
        message = f"It is advertising: what falls between {hours.start:%H:%M} and {hours.end:%H:%M} in Korea waits."
        concerns.append(Concern(message, "note"))
    concerns.append(Concern("The dealer charges for every message.", "note"))
    return tuple(concerns)


def message_of(variant: Variant) -> Message | None:
    """Return the message to send; None when there is none."""
    payload = KakaoChannelPayload.of(variant)
    if payload.kind == NOTICE:
        return Message(template=payload.template, variables=payload.variables)
    if not variant.parts:
        return None
    return Message(text=variant.parts[0], buttons=tuple(Button(label, url) for label, url in payload.buttons))
