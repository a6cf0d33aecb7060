"""What a message's variant holds: Kakao's template object, and whom it goes to.

Source: https://developers.kakao.com/docs/latest/en/message-template/default
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from distributor.domain import json_records
from distributor.domain.json_records import Sparse
from distributor.domain.variants import Payload

TO_ME, TO_FRIENDS = "me", "friends"


@dataclass(frozen=True, slots=True)
class TemplateLink:
    """Where a tap leads, on a computer and on a phone."""

    web_url: str = ""
    mobile_web_url: str = ""

    @classmethod
    def to(cls, url: str) -> TemplateLink:
        return cls(url, url)


@dataclass(frozen=True, slots=True)
class TemplateButton:
    title: str
    link: TemplateLink


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a card shows above its buttons; Kakao fetches the picture from `image_url`."""

    title: str
    description: str
    image_url: str
    link: TemplateLink


@dataclass(frozen=True, slots=True)
class Template:
    """Kakao's template object: a `text` has `text` and `link`, a `feed` (a card) has `content`."""

    object_type: str
    text: Sparse[str | None] = None
    link: Sparse[TemplateLink | None] = None
    content: Sparse[CardContent | None] = None
    buttons: tuple[TemplateButton, ...] = ()

    @classmethod
    def of_text(cls, text: str, link: str, buttons: Sequence[TemplateButton] = ()) -> Template:
        return cls("text", text=text, link=TemplateLink.to(link), buttons=tuple(buttons))

    @classmethod
    def of_card(cls, content: CardContent, buttons: Sequence[TemplateButton] = ()) -> Template:
        return cls("feed", content=content, buttons=tuple(buttons))

    def body(self) -> str:
        """Return it as Kakao takes it."""
        return json.dumps(json_records.to_json(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class KakaoPayload(Payload):
    """`to` is `me` or `friends`; what else a publication's setting says is refused by `check`.

    `with_card` takes the place of `template_object` as soon as a drawn card has a public address, `card_url`.
    """

    to: str = TO_ME
    template_object: Sparse[Template | None] = None
    with_card: Sparse[Template | None] = None
    card_url: Sparse[str] = ""

    @property
    def template(self) -> Template | None:
        """The template object to send; None where the variant holds none."""
        if self.with_card is None or self.with_card.content is None or not self.card_url:
            return self.template_object
        return replace(self.with_card, content=replace(self.with_card.content, image_url=self.card_url))
