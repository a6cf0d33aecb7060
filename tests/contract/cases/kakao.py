"""KakaoTalk."""

from __future__ import annotations

from distributor.channels.kakao.adapter import KakaoChannel
from distributor.domain.outcomes import Deferred
from distributor.domain.variants import Variant
from tests.contract.cases.spec import LINK, Spec


def card_of(text: str) -> Variant:
    link = {"web_url": LINK, "mobile_web_url": LINK}
    return Variant("kakao", data={"template_object": {"object_type": "text", "text": text, "link": link}})


SPEC = Spec(KakaoChannel, card_of, too_long="long " * 50, broken=Deferred, numbered=False)
