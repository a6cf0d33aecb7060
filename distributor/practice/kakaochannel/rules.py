"""What the dealer takes into a group, message by message: 알림톡 in approved words, and 브랜드 메시지.

Sources: https://developers.solapi.com/references/messages/groups, …/references/message-status-codes, and its SDKs for
the limits of a 브랜드 메시지.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from distributor.practice import identities

ACCEPTED = "2000"
NOTICE_LIMIT = 1_000
BRAND_LIMIT = 1_300
BUTTONS_LIMIT = 5
BUTTON_LIMIT = 14
_VARIABLE = re.compile(r"#\{[^}]+\}")

# Each template's words and how far Kakao's inspection got. The first is the practice account's.
TEMPLATES = {
    identities.SOLAPI_TEMPLATE: ("#{title}", "APPROVED"),
    f"{identities.SOLAPI_TEMPLATE}-series": ("#{publication}: #{series} #{number}\n#{title}\n#{link}", "APPROVED"),
    f"{identities.SOLAPI_TEMPLATE}-order": ("#{title}: order #{order} is on its way.", "APPROVED"),
    f"{identities.SOLAPI_TEMPLATE}-new": ("#{title}", "INSPECTING"),
    f"{identities.SOLAPI_TEMPLATE}-no": ("#{title}", "REJECTED"),
}


def variables(words: str) -> list[str]:
    return list(dict.fromkeys(_VARIABLE.findall(words)))


def judge(message: Mapping[str, Any], recipients: set[str]) -> tuple[str, str]:
    """Return the status code of one message, and what its recipient would read. `recipients` are the group's."""
    to, options = message.get("to"), message.get("kakaoOptions")
    if not isinstance(to, str) or not re.fullmatch(r"01\d{8,9}", to):
        return "1011", ""
    if to in recipients:
        return "1026", ""
    if not isinstance(options, Mapping) or options.get("pfId") != identities.SOLAPI_CHANNEL:
        return "1041", ""
    if message.get("type") == "ATA":
        return _notice(options)
    if message.get("type") == "BMS_FREE":
        return _brand(message.get("text"), options.get("bms"))
    return "1025", ""


def _notice(options: Mapping[str, Any]) -> tuple[str, str]:
    words, status = TEMPLATES.get(str(options.get("templateId")), ("", ""))
    if status != "APPROVED":
        return "1042", ""
    values = options.get("variables")
    values = values if isinstance(values, Mapping) else {}
    if set(values) != set(variables(words)):
        return "1043", ""
    text = _VARIABLE.sub(lambda match: str(values[match.group()]), words)
    return (ACCEPTED, text) if 0 < len(text) <= NOTICE_LIMIT else ("1031", "")


def _brand(text: object, bms: object) -> tuple[str, str]:
    if (
        not isinstance(bms, Mapping)
        or bms.get("chatBubbleType") != "TEXT"
        or bms.get("targeting") not in ("I", "M", "N")
    ):
        return "1010", ""
    if not isinstance(text, str) or not 0 < len(text) <= BRAND_LIMIT:
        return "1031", ""
    buttons = bms.get("buttons", [])
    if not isinstance(buttons, list) or len(buttons) > BUTTONS_LIMIT:
        return "1050", ""
    for button in buttons:
        if not isinstance(button, Mapping) or button.get("linkType") != "WL":
            return "1044", ""
        if not 0 < len(str(button.get("name", ""))) <= BUTTON_LIMIT:
            return "1049", ""
        if not str(button.get("linkMobile", "")).startswith(("http://", "https://")):
            return "1045", ""
    return ACCEPTED, text
