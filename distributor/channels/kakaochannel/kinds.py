"""The kinds of message that a KakaoTalk channel may send, with Kakao's rules for them.

Sources: https://developers.solapi.com/references/message-status-codes (3108: from 8 to 20 o'clock only; 3103 and 3105:
templates); https://api.ncloud-docs.com/docs/sens-brandmessage-send (Kakao itself closes at 20:50; the earlier hour
holds with every dealer); https://www.infobip.com/docs/kakaotalk/brand-message-api-migration (친구톡 ended with 2025).
"""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from distributor.domain.message_kinds import MessageKind
from distributor.domain.night_hours import NightHours
from distributor.domain.planning import QuietHours

NIGHT = NightHours(QuietHours(time(20), time(8)), ZoneInfo("Asia/Seoul"))

BRAND, NOTICE, FRIEND = "brand", "alimtalk", "friendtalk"
KINDS = {
    BRAND: MessageKind("브랜드 메시지 (brand message)", night=NIGHT),
    NOTICE: MessageKind("알림톡 (alimtalk)", template=True, advertising=False),
    FRIEND: MessageKind("친구톡 (friend talk)", night=NIGHT, ended_on=date(2026, 1, 1), instead="브랜드 메시지"),
}
OFFERED_KINDS = (BRAND, NOTICE)


def kind_of(name: str) -> MessageKind | None:
    """Return the kind of that name; None when there is none."""
    return KINDS.get(name)
