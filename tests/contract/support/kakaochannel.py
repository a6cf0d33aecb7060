"""What goes to the followers of a KakaoTalk channel."""

from __future__ import annotations

from distributor.channels.base import Options
from distributor.channels.kakaochannel import compose
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.unit.rendering.letters import LETTER


def brand() -> Variant:
    return compose.compose(LETTER, Options())


def notice(template: str = identities.SOLAPI_TEMPLATE) -> Variant:
    return compose.compose(LETTER, Options(more={"kind": "alimtalk", "template": template}))
