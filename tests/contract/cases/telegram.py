"""Telegram."""

from __future__ import annotations

from distributor.channels.telegram.adapter import TelegramChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(
    TelegramChannel,
    posting("telegram"),
    too_long="long " * 820,
    wrong={"bot_token": "7000000001:wrong"},
    token="bot_token",
)
