"""A letter as a KakaoTalk message: a card with a picture, or a text, each with up to two buttons.

Source: https://developers.kakao.com/docs/latest/en/message-template/default
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from distributor.channels.base import ChannelSetting, Options
from distributor.channels.kakao.capabilities import CAPABILITIES
from distributor.channels.kakao.payload import (
    TO_FRIENDS,
    TO_ME,
    CardContent,
    KakaoPayload,
    Template,
    TemplateButton,
    TemplateLink,
)
from distributor.channels.posts import picture_for
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import fit
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post

TEMPLATE = "social/kakao.txt"
MOST_BUTTONS = 2
# A card shows two lines of its title and two of its description on a phone; what is beyond shows when it is opened.
TITLE_SHOWN, DESCRIPTION_SHOWN = 50, 80  # characters, about

SETTINGS = (
    ChannelSetting(
        "to",
        "Whom it is sent to",
        help="The account’s own chat room, or all its friends who use the newsroom’s Kakao app: 100 a day at most.",
        choices=(TO_ME, TO_FRIENDS),
        default=TO_ME,
    ),
    ChannelSetting(
        "second_button",
        "Second button",
        help="Beside “Read the letter”: all letters, a page to subscribe on (its address below), or none.",
        choices=("letters", "subscribe", "none"),
        default="letters",
    ),
    ChannelSetting(
        "subscribe_url", "Address of the page to subscribe on", help="Its domain must be registered with the app."
    ),
    ChannelSetting(
        "javascript_key",
        "JavaScript key for readers’ sharing",
        help="Public. With it the Kakao button on letters’ pages opens KakaoTalk, by a script of Kakao’s.",
    ),
)


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/kakao.txt`: a card (`feed`) with a picture, else a `text`. Raises TemplateError."""
    link = ascii_url(letter.url)
    drawn_picture = picture_for(letter, CAPABILITIES, options)
    picture = drawn_picture.url if drawn_picture else ""
    fit_result = post(
        TEMPLATE, letter, CAPABILITIES, link=link, slug=options.templates, extra={"with_title": not picture}
    )
    text = fit_result.parts[0] if fit_result.parts else ""
    title = fit(letter.title, CAPABILITIES)
    buttons = _buttons(letter, link, options)
    content = CardContent(" ".join(title.parts), text, picture, TemplateLink.to(link))
    template = Template.of_card(content, buttons) if picture else Template.of_text(text, link, buttons)
    with_card = None
    if drawn_picture and not picture:
        below = post(TEMPLATE, letter, CAPABILITIES, link=link, slug=options.templates, extra={"with_title": False})
        with_card = Template.of_card(replace(content, description="".join(below.parts[:1])), buttons)
    return Variant(
        "kakao",
        parts=fit_result.parts,
        length=longest(fit_result.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        image_url=picture,
        picture=drawn_picture if fit_result.parts or picture else None,
        language=letter.language or letter.publication.language,
        payload=KakaoPayload(options.setting("to", TO_ME), template, with_card),
        dropped=(*(title.dropped if picture else ()), *fit_result.dropped),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the message."""
    concerns: list[Concern] = []
    payload = KakaoPayload.of(variant)
    if not variant.link:
        message = "A KakaoTalk message needs a link, and the letter has no page on the web: publish it by “link” too."
        concerns.append(Concern(message, "refuse"))
    if not variant.parts and not variant.image_url:
        concerns.append(Concern("There is nothing to send: the letter has no text.", "refuse"))
    if payload.to not in (TO_ME, TO_FRIENDS):
        concerns.append(Concern(f"A KakaoTalk message goes to “{TO_ME}” or to “{TO_FRIENDS}”: choose one.", "refuse"))
    if payload.to == TO_FRIENDS:
        message = (
            "It goes to those friends of the account who use the newsroom’s Kakao app, 100 a day at most; to others "
            "only by readers’ own sharing."
        )
        concerns.append(Concern(message, "note"))
    if payload.template and payload.template.content:
        concerns.extend(_too_much_to_show(payload.template.content))
    else:
        else_card = ", or as a card with a drawn picture where that has a public address" if payload.with_card else ""
        message = f"The letter has no picture, so it goes out as a plain text{else_card}."
        concerns.append(Concern(message, "note"))
    if domains := _domains(payload.template):
        names = " and ".join(domains)
        message = f"Links in KakaoTalk work only to domains that are registered with the app (Product link): {names}."
        concerns.append(Concern(message, "note"))
    return tuple(concerns)


def _too_much_to_show(content: CardContent) -> list[Concern]:
    texts = (("title", content.title, TITLE_SHOWN), ("description", content.description, DESCRIPTION_SHOWN))
    beyond = [name for name, text, limit in texts if len(text) > limit]
    if not beyond:
        return []
    return [Concern(f"KakaoTalk shows about two lines of a card’s {' and '.join(beyond)}; the rest is cut.", "note")]


def _domains(template: Template | None) -> list[str]:
    if template is None:
        return []
    links = [template.link, template.content.link if template.content else None]
    links += [button.link for button in template.buttons]
    hosts = [urlsplit(link.web_url).hostname for link in links if link]
    return [host for host in dict.fromkeys(hosts) if host]


def _buttons(letter: LetterView, link: str, options: Options) -> tuple[TemplateButton, ...]:
    words = letter_context(letter)["words"]
    choice = options.setting("second_button", "letters")
    subscribe = ascii_url(options.setting("subscribe_url"))
    second = {
        "subscribe": (words["subscribe"], subscribe),
        "letters": (words["archive"], ascii_url(letter.publication.site_url)),
    }.get(choice, ("", ""))
    pairs = ((words["read_letter"], link), second)
    return tuple(TemplateButton(title, TemplateLink.to(url)) for title, url in pairs if url)[:MOST_BUTTONS]
