"""A letter as a KakaoTalk message: a card with a picture, or a text.

Source: https://developers.kakao.com/docs/latest/en/message/message-template
"""

from __future__ import annotations

from typing import Any

from distributor.channels.base import Options
from distributor.channels.kakao.capabilities import CAPABILITIES
from distributor.domain.fitting import fit
from distributor.domain.letters import LetterView
from distributor.domain.variants import Concern, Variant
from distributor.rendering.addresses import ascii_url
from distributor.rendering.context import letter_context
from distributor.rendering.social import longest, post

TEMPLATE = "social/kakao.txt"
MOST_BUTTONS = 2  # of a card


def compose(letter: LetterView, options: Options) -> Variant:
    """Render and fit `social/kakao.txt`. `data["template_object"]` is Kakao's: a `feed` with a picture, else a `text`.

    Raises TemplateError.
    """
    link = ascii_url(letter.url)
    picture = ascii_url(letter.image_url)
    fitted = post(TEMPLATE, letter, CAPABILITIES, link=link, own=options.templates, more={"with_title": not picture})
    text = fitted.parts[0] if fitted.parts else ""
    title = fit(letter.title, CAPABILITIES)
    button = letter_context(letter)["words"]["read_letter"]
    card = {"title": " ".join(title.parts), "description": text, "image_url": picture}
    made = _feed(card, link, button) if picture else _text(text, link, button)
    return Variant(
        "kakao",
        parts=fitted.parts,
        length=longest(fitted.parts, CAPABILITIES),
        limit=CAPABILITIES.limit,
        link=link,
        image_url=picture,
        data={"template_object": made},
        dropped=(*(title.dropped if picture else ()), *fitted.dropped),
    )


def check(variant: Variant) -> tuple[Concern, ...]:
    """Say what an editor should know about the message."""
    found: list[Concern] = []
    if not variant.link:
        message = "A KakaoTalk message needs a link, and the letter has no page on the web: publish it by “link” too."
        found.append(Concern(message, "refuse"))
    if not variant.parts and not variant.image_url:
        found.append(Concern("There is nothing to send: the letter has no text.", "refuse"))
    if not variant.image_url:
        found.append(Concern("The letter has no picture, so it goes out as a plain text instead of a card.", "note"))
    return tuple(found)


def _feed(card: dict[str, str], link: str, button: str) -> dict[str, Any]:
    return {
        "object_type": "feed",
        "content": {**card, "link": _link(link)},
        "buttons": [{"title": button, "link": _link(link)}][:MOST_BUTTONS],
    }


def _text(text: str, link: str, button: str) -> dict[str, Any]:
    return {"object_type": "text", "text": text, "link": _link(link), "button_title": button}


def _link(url: str) -> dict[str, str]:
    return {"web_url": url, "mobile_web_url": url}
