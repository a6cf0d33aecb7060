"""KakaoTalk."""

from __future__ import annotations

from distributor.channels.kakao.adapter import KakaoChannel
from distributor.channels.kakao.payload import KakaoPayload, Template
from distributor.domain.outcomes import Deferred
from distributor.domain.variants import Variant
from tests.contract.cases.spec import LINK, Spec


def card_of(text: str) -> Variant:
    return Variant("kakao", payload=KakaoPayload(template_object=Template.of_text(text, LINK)))


SPEC = Spec(KakaoChannel, card_of, too_long="long " * 50, broken=Deferred, numbered=False)
