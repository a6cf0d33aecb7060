"""Telegram: a message of a bot in one channel or group."""

from __future__ import annotations

from distributor.channels.telegram.adapter import TelegramChannel

channel = TelegramChannel()
